"""The page of notices and bulletins."""
