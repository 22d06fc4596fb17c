"""Make the first tables: header mappings, address reviews, audit events, settings."""

from data.store.migrations.tables import make_table

revision = "0001_first_tables"  # at most 32 characters: alembic keeps it in such a column
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "header_mappings",
        "id int, sender text, table text, field text, column text",
        unique=["sender table field"],
    )
    make_table(
        "address_reviews",
        "id int, table text, address text, building_id text?, reviewer text, at time",
        unique=["address"],
    )
    make_table(
        "audit_events", "id int, at time, actor text, action text, facts json", indexes=["at"]
    )
    make_table("settings", "name text, value json")
