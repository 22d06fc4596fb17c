"""Walking order and walking distances."""
