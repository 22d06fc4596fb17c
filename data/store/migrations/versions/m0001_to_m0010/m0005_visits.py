"""Make the tables of visits: every version of what was found at a door, and photos."""

from data.store.migrations.tables import make_table

revision = "0005_visits"
down_revision = "0004_duties"


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "visits",
        "id int, visit_id text, version int, key text, withdrawn bool, recorded_at time,"
        "recorded_by text, person_id text?, building_id text, unit text, at time, result text,"
        "signs json, pupils int?, teachers int?, note text, next_step text, retry_at time?,"
        "origin text, kind text, minutes int?",
        unique=["recorded_by key", "visit_id version"],
        indexes=["building_id at", "recorded_by at"],
    )
    make_table(
        "visit_photos",
        "id int, visit_id text, sha256 text, bytes int, width int, height int, added_at time,"
        "added_by text",
        unique=["visit_id sha256"],
        indexes=["sha256"],
    )
