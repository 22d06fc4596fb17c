"""Keep with each asked-for unmasked export which rows it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0012_export_selection"
down_revision = "0011_replaced_reviews"


def upgrade() -> None:
    """Add the column; a request of before is about all rows of its scope."""
    op.add_column("export_requests", sa.Column("selection", sa.JSON(), nullable=True))
