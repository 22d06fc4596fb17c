"""Make the index by which the newest visits are found without reading all of them."""

from alembic import op

revision = "0021_visits_by_time"
down_revision = "0020_account_persons"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_visits_at_id", "visits", ["at", "id"])
