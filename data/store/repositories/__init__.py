"""Reading and writing the store's tables within a unit of work."""
