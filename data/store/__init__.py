"""The store of decisions and records, in SQLite or PostgreSQL."""
