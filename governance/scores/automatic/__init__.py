"""Scoring by itself, and what is then deleted."""
