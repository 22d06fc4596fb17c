"""Holidays, working days, school terms."""
