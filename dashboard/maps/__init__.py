"""Map layers, one-file maps and territories."""
