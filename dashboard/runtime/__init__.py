"""The office that is served, background tasks, the directory's client."""
