"""Rules of how a visit was made, derived from what is known anyway."""

from datetime import datetime, timedelta

import pytest

from governance.visits.rules.settings import VisitRules
from governance.visits.rules.visit_kind import kind_of_visit, minutes_since

RULES = VisitRules()
TEN = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001 -- local times throughout


@pytest.mark.parametrize(
    ("hour", "origin", "joint", "kind"),
    [
        (10, "own", False, "日查"),
        (19, "own", False, "夜查"),
        (5, "own", False, "夜查"),
        (20, "plan", True, "联检"),
        (10, "random", True, "抽检"),
        (20, "revisit", True, "回头看"),
        (10, "lead", False, "日查"),
    ],
)
def test_why_comes_before_with_whom_and_that_before_when(
    hour: int,
    origin: str,
    joint: bool,  # noqa: FBT001 -- a table of cases
    kind: str,
) -> None:
    at = TEN.replace(hour=hour)
    assert kind_of_visit(at, origin=origin, joint=joint, rules=RULES) == kind


@pytest.mark.parametrize(
    ("gap", "minutes"), [(None, None), (0, None), (0.4, 1), (6, 6), (60, 60), (61, None)]
)
def test_a_gap_is_a_duration_until_it_is_a_pause(gap: float | None, minutes: int | None) -> None:
    before = None if gap is None else TEN - timedelta(minutes=gap)
    assert minutes_since(before, TEN, rules=RULES) == minutes
