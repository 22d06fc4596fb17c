"""Make the table of asked-for unmasked exports."""

revision = "0006_export_requests"
down_revision = "0005_visits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what is new."""


def downgrade() -> None:
    """Take it back."""
