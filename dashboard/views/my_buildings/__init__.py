"""The page My buildings."""
