"""Lead material: files by content, their custody, and what leaves as a pack."""
