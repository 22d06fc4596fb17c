"""Make the tables of responsibility: who answers for which building, and proposals."""

from data.store.migrations.tables import make_table, refers

revision = "0004_duties"
down_revision = "0003_audit_chain"


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "duty_changes",
        "id int, at time, by text, kind text, reason text, proposal_id text?, undoes int?",
        indexes=["at", "proposal_id"],
    )
    make_table(
        "duties",
        "id int, target_kind text, target_id text, duty text, person_id text?, org text?,"
        "pledge_on date?, valid_from date, valid_to date?, change_id int, withdrawn_by int?",
        refers("fk_duties_change_id", "change_id", "duty_changes"),
        refers("fk_duties_withdrawn_by", "withdrawn_by", "duty_changes"),
        indexes=["target_kind target_id duty", "person_id", "change_id", "withdrawn_by"],
    )
    make_table(
        "assignment_proposals", "id text, made_at time, made_by text, valid_from date, content json"
    )
    make_table("warden_limits", "person_id text, max_stairs int?, languages json")
    make_table(
        "building_needs", "building_id text, languages json, lift bool?, fixed_person_id text?"
    )
    make_table("absences", "id int, person_id text, since date, until date?", indexes=["person_id"])
