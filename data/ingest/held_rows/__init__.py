"""New rows beside those that the lake holds."""
