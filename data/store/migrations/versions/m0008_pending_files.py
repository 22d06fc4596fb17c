"""Make the table of changes of files that were begun and not yet written into the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0008_pending_files"
down_revision = "0007_patrols"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "pending_files",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_pending_files"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("pending_files")
