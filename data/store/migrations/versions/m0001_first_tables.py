"""Make the first tables: header mappings, address reviews, audit events, settings."""

import sqlalchemy as sa
from alembic import op

revision = "0001_first_tables"  # at most 32 characters: alembic keeps it in such a column
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _make_header_mappings()
    _make_address_reviews()
    _make_audit_events()
    op.create_table(
        "settings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )


def _make_header_mappings() -> None:
    op.create_table(
        "header_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_header_mappings"),
        sa.UniqueConstraint(
            "sender", "table", "field", name="uq_header_mappings_sender_table_field"
        ),
    )


def _make_address_reviews() -> None:
    op.create_table(
        "address_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("building_id", sa.Text(), nullable=True),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_address_reviews"),
        sa.UniqueConstraint("address", name="uq_address_reviews_address"),
    )


def _make_audit_events() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("settings", "audit_events", "address_reviews", "header_mappings"):
        op.drop_table(table)
