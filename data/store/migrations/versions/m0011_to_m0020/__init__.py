"""One module per migration, named by its order and what it does."""
