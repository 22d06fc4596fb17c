"""Build the demonstration office."""
