"""Links between buildings by who is named there."""
