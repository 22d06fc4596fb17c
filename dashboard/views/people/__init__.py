"""The page People and audit."""
