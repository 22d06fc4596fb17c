"""The page Lead material."""
