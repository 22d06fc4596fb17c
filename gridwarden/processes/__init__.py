"""Several processes behind one address: the front, what it hands requests to, and who starts it."""
