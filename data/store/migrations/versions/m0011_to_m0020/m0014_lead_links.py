"""Make the tables of what people said about leads of one event."""

import sqlalchemy as sa

from data.store.migrations.tables import make_table

revision = "0014_lead_links"
down_revision = "0013_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "lead_merges",
        "id int, at time, by text, into text?, moved json, before json, undone_at time?,"
        "undone_by text?",
        indexes=["into"],
    )
    make_table(
        "leads_apart",
        "id int, first_lead int, second_lead int, merge_id int",
        *(_refers(*pair) for pair in (("first_lead", "leads"), ("second_lead", "leads"),
                                      ("merge_id", "lead_merges"))),
        indexes=["merge_id", "first_lead second_lead"],
    )  # fmt: skip


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_leads_apart_{column}"
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name)
