"""The page Building."""
