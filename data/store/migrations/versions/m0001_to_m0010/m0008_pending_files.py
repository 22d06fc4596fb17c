"""Make the table of changes of files that were begun and not yet written into the audit log."""

from data.store.migrations.tables import make_table

revision = "0008_pending_files"
down_revision = "0007_patrols"


def upgrade() -> None:
    """Make the table."""
    make_table(
        "pending_files",
        "token text, kind text, key text, actor text, action text, facts json, at time",
    )
