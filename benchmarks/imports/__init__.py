"""Reading files, placing their rows, matching their addresses."""
