"""Which row is the header, and which column is which field."""
