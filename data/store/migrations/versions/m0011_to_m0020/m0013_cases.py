"""Make the tables of leads and cases."""

from data.store.migrations.tables import make_table, refers

revision = "0013_cases"
down_revision = "0012_export_selection"


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "cases",
        "id int, case_no text, opened_at time, channel text, nature text, received_at time,"
        "title text, address text, building_id text?, community text, grid text, leads int,"
        "version int, stage text, former_stage text?, merged_into text?, holder_id text?,"
        "clock text?, due_at time?, days_left int?, extended_days int, extend_basis text?,"
        "finding text?, verified_by text?, verified_at time?, visit_id text?, referral text?,"
        "sent_to text?, sent_at time?, receipt_no text?, outcome text?, decision_no text?,"
        "decided_on date?, recorded_at time?, replied_at time?, reply_by text?, reply text?,"
        "satisfaction text?, return_reason text?, hold_reason text?, hold_asked_by text?,"
        "hold_approver text?, closed_at time?, closed_by text?, reopened int",
        unique=["case_no"],
        indexes=["stage due_at", "building_id", "community", "holder_id", "due_at id",
                 "opened_at", "decided_on"],
    )  # fmt: skip
    _make_tables_of_cases()


def _make_tables_of_cases() -> None:
    make_table(
        "case_events",
        "id int, case_id int, seq int, action text, from_stage text?, to_stage text, actor text,"
        "at time, note text, facts json",
        refers("fk_case_events_case_id", "case_id", "cases"),
        unique=["case_id seq"],
        indexes=["action at"],
    )
    make_table(
        "leads",
        "id int, channel text, origin_table text, origin_key text, ticket_no text, nature text,"
        "received_at time, due_at time?, status text, returned int, satisfaction text, title text,"
        "text text, address text, building_id text?, community text, grid text, forms json,"
        "reporter_hash text?, case_id int, opened_case_id int?",
        refers("fk_leads_case_id", "case_id", "cases"),
        refers("fk_leads_opened_case_id", "opened_case_id", "cases"),
        unique=["origin_table origin_key"],
        indexes=["case_id", "ticket_no", "building_id received_at", "reporter_hash"],
    )
