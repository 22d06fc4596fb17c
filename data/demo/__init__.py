"""A fictional street office that knows its own truth and writes messy files."""
