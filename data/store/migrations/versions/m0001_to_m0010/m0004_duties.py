"""Make the tables of responsibility: who answers for which building, and proposals."""

import sqlalchemy as sa

from data.store.migrations.tables import make_table

revision = "0004_duties"
down_revision = "0003_audit_chain"
branch_labels = None
depends_on = None


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
        *(
            sa.ForeignKeyConstraint([column], ["duty_changes.id"], name=f"fk_duties_{column}")
            for column in ("change_id", "withdrawn_by")
        ),
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
