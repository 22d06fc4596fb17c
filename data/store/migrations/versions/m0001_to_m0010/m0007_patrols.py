"""Make the tables of patrols: teams, versions of plans, published stops."""

from data.store.migrations.tables import make_table

revision = "0007_patrols"
down_revision = "0006_export_requests"


def upgrade() -> None:
    """Make the tables."""
    make_table(
        "patrol_teams",
        "team_id text, name text, members json, people int, officers int, departments json,"
        "lon float?, lat float?, shifts json, active bool, changed_at time, changed_by text",
    )
    make_table(
        "patrol_plans",
        "id int, plan_id text, version int, kind text, title text, first date, last date,"
        "state text, made_at time, made_by text, seed text, note text, restores int?, stops int,"
        "expected_finds float, content json",
        unique=["plan_id version"],
        indexes=["first"],
    )
    make_table(
        "patrol_stops",
        "id int, plan_id text, version int, first date, last date, shift_id text, team_id text,"
        "day date, part text, place int, building_id text, arm text, arrive int, minutes int,"
        "mode text",
        indexes=["building_id day", "team_id day", "plan_id"],
    )
