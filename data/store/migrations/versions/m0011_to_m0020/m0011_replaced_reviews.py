"""Make the table of decisions about addresses that no longer hold, with the time they held."""

from data.store.migrations.tables import make_table

revision = "0011_replaced_reviews"
down_revision = "0010_field_trials"


def upgrade() -> None:
    """Make the table."""
    make_table(
        "replaced_reviews",
        "id int, address text, building_id text?, at time, until time",
        indexes=["address"],
    )
