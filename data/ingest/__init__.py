"""From a messy office file to checked, placed, counted rows in the lake."""
