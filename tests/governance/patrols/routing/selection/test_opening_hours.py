"""Rules of when a building can be visited, and by whom."""

from datetime import datetime
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.patrols.routing.model.problem import Shift
from governance.patrols.routing.model.settings import DAY, EVENING, Hours, PatrolRules
from governance.patrols.routing.model.shifts import Team, shifts_of
from governance.patrols.routing.selection.opening_hours import opening_hours_of
from tests.governance.patrols.routing.small_office import (
    CALENDAR,
    MONDAY,
    SUNDAY,
    buildings,
    days_ago,
    plan_inputs,
    planning_base_of,
    team,
)

ALWAYS = team(
    officers=0, shifts=tuple((on, p) for on in ("working", "rest") for p in (DAY, EVENING))
)
"""Out every day of the week, from Monday's afternoon to Sunday's evening."""


def when(row: dict[str, Any], *, rules: PatrolRules | None = None, who: Team = ALWAYS) -> list[str]:
    """Return the shifts in which a building can be visited."""
    facts = {"rules": rules} if rules else {}
    base = planning_base_of(plan_inputs(buildings(row), teams=(who,), **facts))
    allowed = base.candidates.allowed[0]
    return [f"{s.day.isoweekday()}/{s.part}" for s, can in zip(base.shifts, allowed, strict=True)
            if can]  # fmt: skip


def why_not(row: dict[str, Any], who: Team = ALWAYS) -> str:
    rows = planning_base_of(plan_inputs(buildings(row), teams=(who,))).rows
    return str(rows["why_not"].iloc[0])


def test_homes_are_visited_in_the_evening_and_on_rest_days() -> None:
    assert when({"kind": "住宅"}) == [
        "1/evening", "2/evening", "3/evening", "4/evening", "5/evening",
        "6/day", "6/evening", "7/day", "7/evening",
    ]  # fmt: skip


def test_offices_are_not_visited_on_the_evening_of_a_rest_day() -> None:
    assert {"6/day", "7/day", "1/day", "1/evening"} <= {*when({"kind": "商务楼宇"})}
    assert not {"6/evening", "7/evening"} & {*when({"kind": "商务楼宇"})}


def test_hours_are_the_office_s_to_set() -> None:
    rules = PatrolRules(hours=Hours(shop=(14, 17, 9, 10)))
    assert when({}, rules=rules) == [f"{day}/day" for day in range(1, 6)]


def test_who_was_out_is_visited_at_another_hour_or_on_another_kind_of_day() -> None:
    again = {"next_step": "again", "retry_at": days_ago(1), "last_result": "无人"}
    in_vain_by_day = when(again | {"last_at": days_ago(3, hour=15)})  # a Friday
    assert in_vain_by_day == [
        "1/evening", "2/evening", "3/evening", "4/evening", "5/evening",
        "6/day", "6/evening", "7/day", "7/evening",
    ]  # fmt: skip
    in_vain_at_night = when(again | {"last_at": days_ago(3, hour=19)})
    assert not any(slot in in_vain_at_night for slot in ("1/evening", "5/evening"))
    assert {"1/day", "6/day", "6/evening"} <= {*in_vain_at_night}
    in_vain_on_sunday = when(again | {"last_at": days_ago(1, hour=15)})
    assert {"6/evening", "1/day"} <= {*in_vain_on_sunday}
    assert not {"6/day", "7/day"} & {*in_vain_on_sunday}


def test_nobody_comes_before_the_day_of_an_appointment() -> None:
    thursday = datetime(2026, 12, 3, 19)  # noqa: DTZ001 -- local times
    slots = when({"next_step": "again", "retry_at": thursday, "last_at": days_ago(3)})
    assert slots[0] == "4/evening"
    assert min(when({"next_step": "joint_team", "retry_at": thursday},
                    who=team(officers=2, shifts=ALWAYS.shifts))) == "4/day"  # fmt: skip


def test_where_law_needs_officers_only_they_go() -> None:
    refused = {"next_step": "joint_team"}
    police = team(2, officers=2, shifts=((3, DAY),))
    base = planning_base_of(plan_inputs(buildings(refused), teams=(ALWAYS, police)))
    allowed = base.candidates.allowed[0]
    assert [s.team_id for s, can in zip(base.shifts, allowed, strict=True) if can] == ["T2"]


def test_why_a_building_can_never_be_visited_is_said_truly() -> None:
    weekdays = team(shifts=((2, DAY),))
    assert why_not({"lon": None}) == "no_coordinates"
    assert why_not({"next_step": "joint_team"}) == "needs_joint_team"
    assert why_not({"kind": "住宅"}, weekdays) == "hours_do_not_fit"
    assert why_not({"kind": "住宅", "lat": None, "next_step": "joint_team"}) == "no_coordinates"
    assert why_not({}, team(shifts=())) == "no_capacity"
    assert why_not({}) == ""


hours = st.tuples(st.integers(8, 22), st.integers(1, 8)).map(
    lambda pair: (float(pair[0]), min(24.0, float(sum(pair))))
)


@settings(max_examples=40)
@given(hours, hours, st.integers(13, 16), st.integers(17, 20))
def test_a_visit_within_a_door_s_one_pair_of_hours_is_within_those_of_its_day(
    working: tuple[float, float], rest: tuple[float, float], day_from: int, evening_from: int
) -> None:
    rules = PatrolRules(day_from_hour=float(day_from), evening_from_hour=float(evening_from))
    shifts = shifts_of((ALWAYS,), MONDAY, SUNDAY, CALENDAR, rules)
    resting = np.array([shift.day.isoweekday() > 5 for shift in shifts])
    door = opening_hours_of("商铺", shifts, resting, Hours(shop=(*working, *rest)))
    for shift, on_rest, can in zip(shifts, resting, door.allowed, strict=True):
        begins, ends = (round(hour * 60) for hour in (rest if on_rest else working))
        here = _minutes(shift, door.open_from, door.open_until)
        assert not can or here <= _minutes(shift, begins, ends)
        assert not can or len(here) >= len(_minutes(shift, 0, 1440)) // 2
        whole = begins <= shift.from_minute and ends >= shift.until_minute
        assert can or not whole


def _minutes(shift: Shift, begins: int, ends: int) -> set[int]:
    return {*range(max(shift.from_minute, begins), min(shift.until_minute, ends) + 1)}
