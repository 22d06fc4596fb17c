"""Scoring results and evaluations, append-only."""
