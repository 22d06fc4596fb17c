"""Buildings with signals that are on no list."""
