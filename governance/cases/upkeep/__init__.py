"""What follows by itself for cases: tickets, decisions, and looks at what was closed."""
