"""Bulletins as files, for the page and for the command line."""
