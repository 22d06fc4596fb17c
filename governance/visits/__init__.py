"""Recording visits, the list of the day, coverage and photos."""
