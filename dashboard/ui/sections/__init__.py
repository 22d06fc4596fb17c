"""Sections that several pages show: of a unit, of a score, of an office without data."""
