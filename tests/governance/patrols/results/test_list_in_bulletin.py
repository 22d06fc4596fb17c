"""The bulletin tells how far the list beat chance by the very visits that were made."""

from datetime import timedelta

from dashboard.i18n import translator
from dashboard.views.records.bulletins.papers import chance
from governance.access.permissions import local_owner
from governance.office import Office
from tests.governance.patrols.results.afterwards_street import (
    FOUND,
    MONDAY,
    NOTHING,
    SUNDAY,
    keep,
    plan_of,
    visit,
)

WEEKS = 12
"""In each the list finds something at one door of three, chance once in all at 24."""


def run_weeks(desk: Office) -> None:
    """Publish so many weekly plans, the last one of `MONDAY`, and visit every stop."""
    for before in range(WEEKS - 1, -1, -1):
        monday = MONDAY - timedelta(weeks=before)
        keep(desk, plan_of(first=monday, last=SUNDAY - timedelta(weeks=before),
                           plan_id=f"P{before}"))  # fmt: skip
        for building in ("B1", "B2", "B3"):
            visit(desk, building, f"{monday} 18:30", FOUND if building == "B1" else NOTHING)
        for building in ("B4", "B5"):
            found = before == 0 and building == "B4"
            visit(desk, building, f"{monday + timedelta(days=4)} 18:30",
                  FOUND if found else NOTHING)  # fmt: skip


def test_the_list_against_chance_is_told_of_all_weeks_that_were_walked(after: Office) -> None:
    run_weeks(after)
    bulletin = after.bulletins.bulletin(local_owner(), "weekly", "2026-W53")
    told = chance(after, local_owner(), bulletin, say=translator("en"))
    assert f"{WEEKS} weekly plans" in told
    assert "33.3" in told
    assert "4.2" in told
    assert "8.0 times as many" in told
