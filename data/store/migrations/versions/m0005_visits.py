"""Make the table of visits."""

revision = "0005_visits"
down_revision = "0004_duties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what is new."""


def downgrade() -> None:
    """Take it back."""
