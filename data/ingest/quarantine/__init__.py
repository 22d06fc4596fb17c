"""Rows that could not be used, and how they come back corrected."""
