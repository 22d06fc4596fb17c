"""Make the table of the persons that accounts belong to and ever belonged to."""

import sqlalchemy as sa
from alembic import op

from data.store.migrations.tables import make_table

revision = "0020_account_persons"
down_revision = "0019_day_of_service"


def upgrade() -> None:
    """Make the table; what is known of before are the persons that accounts have now."""
    make_table(
        "account_persons", "id int, login text, person_id text", unique=["login person_id"],
        indexes=["person_id"],
    )  # fmt: skip
    op.execute(
        sa.text(
            "INSERT INTO account_persons (login, person_id) "
            "SELECT login, person_id FROM accounts WHERE person_id IS NOT NULL"
        )
    )
