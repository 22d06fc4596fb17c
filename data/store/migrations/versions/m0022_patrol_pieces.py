"""Make the table of the rows that versions of plans share."""

from data.store.migrations.tables import make_table

revision = "0022_patrol_pieces"
down_revision = "0021_visits_by_time"


def upgrade() -> None:
    """Make the table; plans of before keep all their rows in their content."""
    make_table("patrol_pieces", "id int, digest text, rows bytes", unique=["digest"])
