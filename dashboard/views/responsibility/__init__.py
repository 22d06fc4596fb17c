"""The page Responsibility."""
