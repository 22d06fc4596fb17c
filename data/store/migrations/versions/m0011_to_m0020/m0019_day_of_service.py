"""Keep with each case on which day its decision was served."""

import sqlalchemy as sa
from alembic import op

revision = "0019_day_of_service"
down_revision = "0018_notices"


def upgrade() -> None:
    """Add the column; of a decision of before nobody knows the day."""
    op.add_column("cases", sa.Column("served_on", sa.Date(), nullable=True))
