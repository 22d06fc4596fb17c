"""For those who watch the server: whether it works, figures, a line for each request."""
