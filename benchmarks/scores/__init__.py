"""What a score costs and whether it holds in other offices."""
