"""Answers that follow from all rows of an engine, and are kept: names, ways, what visits change."""
