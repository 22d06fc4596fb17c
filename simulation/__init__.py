"""Invent a street office: its city, its hidden truth, and the messy files it keeps."""
