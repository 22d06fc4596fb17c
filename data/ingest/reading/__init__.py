"""Read any file as batches of text."""
