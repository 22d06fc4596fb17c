"""Make the tables of the ledger: lines, their history, proposals, rules, key lists."""

from data.store.migrations.tables import make_table, refers

revision = "0016_ledger"
down_revision = "0015_public_reports"


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "ledger_entries",
        "id int, ledger_no text, subject text, kind text, name text, address text,"
        "building_id text?, community text, grid text, in_on date, in_reason text, tier text,"
        "cadence text, owner_id text?, rule_version int, status text, former_status text?,"
        "exit_asked_by text?, approvers json, out_on date?, out_reason text?, hold_reason text?,"
        "reopened int, version int, last_on date?, next_on date?",
        unique=["ledger_no", "subject"],
        indexes=["status next_on", "status in_on", "status community", "building_id",
                 "next_on id", "in_on id", "owner_id"],
    )  # fmt: skip
    make_table(
        "ledger_events",
        "id int, entry_id int, seq int, action text, from_status text?, to_status text,"
        "actor text, at time, note text, facts json",
        refers("fk_ledger_events_entry_id_ledger_entries", "entry_id", "ledger_entries"),
        unique=["entry_id seq"],
        indexes=["action at"],
    )
    make_table(
        "ledger_proposals",
        "id int, kind text, state text, subject text, entry_id int?, building_id text,"
        "community text, grid text, reason text, tier text, facts json, told json,"
        "rule_version int, made_at time, decided_at time?, decided_by text?, note text",
        refers("fk_ledger_proposals_entry_id_ledger_entries", "entry_id", "ledger_entries"),
        indexes=["state kind id", "subject kind", "entry_id"],
    )
    _make_rules_and_key_lists()


def _make_rules_and_key_lists() -> None:
    make_table(
        "ledger_rules",
        "id int, valid_from date, set_at time, set_by text, why text, content json",
    )
    make_table(
        "ledger_key_subjects",
        "id int, key_list text, name text, address text, building_id text, community text,"
        "grid text, note text, added_on date, added_by text, ended_on date?, ended_by text?,"
        "end_reason text",
        indexes=["key_list ended_on", "building_id"],
    )
