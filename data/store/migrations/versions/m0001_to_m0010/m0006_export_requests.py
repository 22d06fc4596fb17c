"""Make the table of asked-for unmasked exports."""

from data.store.migrations.tables import make_table

revision = "0006_export_requests"
down_revision = "0005_visits"


def upgrade() -> None:
    """Make the table."""
    make_table(
        "export_requests",
        "id int, table text, reason text, scope json, asker text, asker_name text,"
        "asker_person text?, asked_at time, approved bool?, approver text?, approver_name text?,"
        "decided_at time?, used_at time?, file text?",
    )
