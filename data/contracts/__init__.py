"""One module per table: which fields it has, what real sheets call them, what they may hold."""
