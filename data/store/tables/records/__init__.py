"""Tables of what an office keeps on paper."""
