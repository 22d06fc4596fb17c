"""The coordinates of a file: what they are in, and which of them cannot be right."""
