"""Make the tables of what people said about leads of one event."""

from data.store.migrations.tables import make_table, refers

revision = "0014_lead_links"
down_revision = "0013_cases"


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
        refers("fk_leads_apart_first_lead", "first_lead", "leads"),
        refers("fk_leads_apart_second_lead", "second_lead", "leads"),
        refers("fk_leads_apart_merge_id", "merge_id", "lead_merges"),
        indexes=["merge_id", "first_lead second_lead"],
    )
