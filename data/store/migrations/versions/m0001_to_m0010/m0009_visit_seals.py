"""Let every version of a visit carry a seal; those recorded before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0009_visit_seals"
down_revision = "0008_pending_files"


def upgrade() -> None:
    """Add the column."""
    op.add_column("visits", sa.Column("seal", sa.Text(), nullable=True))
