"""What is done: every use case, authorised for an acting user."""
