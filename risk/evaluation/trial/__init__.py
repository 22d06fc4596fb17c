"""A field trial of the score: its size, its draw, and what its result says. Pure functions."""
