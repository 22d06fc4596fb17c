"""Make the tables of public reports: what was reported, contacts, photos, rewards, allowances."""

from sqlalchemy import Constraint

from data.store.migrations.tables import make_table, refers

revision = "0015_public_reports"
down_revision = "0014_lead_links"


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "public_reports",
        "id int, receipt text, pin_hash text, key_hash text, content_hash text, received_at time,"
        "way text, text text, address text, lon float?, lat float?, sealed text,"
        "reward_wanted bool, seal text",
        unique=["receipt", "key_hash"],
    )
    make_table("public_contacts", "report_id int, sealed text", _of_a_report("public_contacts"))
    make_table(
        "public_photos",
        "id int, report_id int, sha256 text, bytes int, width int, height int",
        _of_a_report("public_photos"),
        unique=["report_id sha256"],
        indexes=["sha256"],
    )
    make_table(
        "public_rewards",
        "report_id int, eligible bool, note text, decided_by text, decided_at time,"
        "paid_by text?, paid_at time?",
        _of_a_report("public_rewards"),
    )
    make_table("public_uses", "subject text, used float, at time", indexes=["at"])


def _of_a_report(table: str) -> Constraint:
    name = f"fk_{table}_report_id_public_reports"
    return refers(name, "report_id", "public_reports", cascade=True)
