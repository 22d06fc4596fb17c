"""The map and the pages of a large office."""
