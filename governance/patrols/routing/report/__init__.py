"""A plan as rows and as a report of what it covers."""
