"""Dates and times in cells."""
