"""Figures of what was done, by period and community, and what becomes a bulletin."""
