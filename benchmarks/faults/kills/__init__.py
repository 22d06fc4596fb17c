"""Processes killed in the middle of their work, and what must hold when they start again."""
