"""What is known: table contracts, importing, the lake, the store and the demonstration city."""
