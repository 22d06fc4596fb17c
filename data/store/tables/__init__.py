"""Tables of the store as SQLAlchemy metadata."""
