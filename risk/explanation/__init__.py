"""The rows and points behind a score."""
