"""Regressions, their selection on earlier windows, and what is fitted by them."""
