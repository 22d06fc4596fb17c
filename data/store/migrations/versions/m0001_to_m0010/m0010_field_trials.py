"""Make the table of field trials."""

from data.store.migrations.tables import make_table

revision = "0010_field_trials"
down_revision = "0009_visit_seals"


def upgrade() -> None:
    """Make the table."""
    make_table(
        "field_trials",
        "id int, trial_id text, made_at time, made_by text, design json, first date, last date,"
        "sealed_at time?, sealed_by text?, protocol json?, sha256 text?, seal text?, looks json,"
        "cancelled_at time?, cancelled_by text?, reason text?",
        unique=["trial_id"],
    )
