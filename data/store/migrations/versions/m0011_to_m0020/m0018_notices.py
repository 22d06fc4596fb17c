"""Make the tables of notices: the papers, their histories, the places that they tell of."""

from data.store.migrations.tables import make_table, refers

revision = "0018_notices"
down_revision = "0017_evidence"


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "notices",
        "id int, notice_no text, drafted_by text, drafted_at time, version int, stage text,"
        "kind text, period text, title text, body text, audience text, addressee text,"
        "building_id text?, duty text?, case_nos json, entries json, template_hash text?,"
        "authors text, clock text?, due_at time?, submitted_by text?, submitted_at time?,"
        "previewed_by text?, previewed_hash text?, return_reason text?, approver text?,"
        "approved_at time?, approved_hash text?, published_by text?, published_at time?,"
        "expires_on date?, appeal text?, appealed_at time?, answer text?, answered_by text?,"
        "answered_at time?, doubted text?, end_reason text?, ended_by text?, ended_at time?,"
        "taken_down_at time?, replaces text?, replaced_by text?, credit_status text?,"
        "pledge_on date?",
        unique=["notice_no"],
        indexes=["stage due_at", "kind drafted_at", "drafted_at id", "due_at id", "expires_on",
                 "replaces"],
    )  # fmt: skip
    make_table(
        "notice_events",
        "id int, notice_id int, seq int, action text, from_stage text?, to_stage text,"
        "actor text, at time, note text, facts json",
        refers("fk_notice_events_notice_id_notices", "notice_id", "notices"),
        unique=["notice_id seq"],
    )
    make_table(
        "notice_places",
        "id int, notice_id int, case_no text?, building_id text?, community text, grid text",
        refers("fk_notice_places_notice_id_notices", "notice_id", "notices"),
        indexes=["notice_id", "case_no"],
    )
