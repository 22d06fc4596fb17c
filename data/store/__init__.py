"""What people do, kept in SQLite or PostgreSQL."""
