"""Scoring, the risk map, monitoring and the evaluation."""
