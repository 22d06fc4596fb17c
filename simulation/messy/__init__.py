"""Write the demonstration city's events as an office's untidy files."""
