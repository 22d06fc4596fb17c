"""Rules of stops that are handed over to other shifts: where they go, and what stays as it was."""

from dataclasses import replace
from datetime import datetime

import pandas as pd
import pytest

from governance.patrols.routing.begun_day import BegunDay
from governance.patrols.routing.hand_over import extra_shifts, hand_over, with_shifts
from governance.patrols.routing.make_plan import make_plan
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.settings import DAY, PatrolRules
from governance.patrols.routing.model.shifts import Team
from governance.patrols.routing.rebuild_plan import rebuild
from tests.governance.patrols.routing.small_office import buildings, plan_inputs, team

ILL, WELL, LATER = "T1/2026-12-01/day", "T2/2026-12-01/day", "T2/2026-12-04/day"
RULES = PatrolRules(random_share=0.0, jitter=0.0, floor_share=0.0, top_share=0.0, shift_minutes=90)
TEAMS = (team(1, shifts=((2, DAY),)), team(2, shifts=((2, DAY), (5, DAY))))


def street(*rows: dict[str, object], ordinary: int = 0) -> PlanInputs:
    return plan_inputs(buildings(*rows, ordinary=ordinary), rules=RULES, teams=TEAMS)


def planned(inputs: PlanInputs, shifts: dict[str, list[int]]) -> Plan:
    """Return a plan that goes to these buildings, in this order."""
    rows = [(f"B{each:03}", shift) for shift, stops in shifts.items() for each in stops]
    stops = pd.DataFrame(rows, columns=["building_id", "shift_id"])
    return rebuild(inputs, make_plan(replace(inputs, teams=TEAMS)), stops)


def handed_over(
    inputs: PlanInputs, plan: Plan, given: list[str], to: list[str], *, now: str = "2026-11-30",
    visited: dict[str, str] | None = None, over_time: bool = False,
) -> pd.DataFrame:  # fmt: skip
    """Hand over, by default before the week begins."""
    last_at = pd.Series(visited or {}, dtype="datetime64[us]")
    begun = BegunDay.of(plan, last_at, now=datetime.fromisoformat(now))
    return hand_over(inputs, plan, given, to, begun=begun, over_time=over_time)


def routes(stops: pd.DataFrame) -> dict[str, list[str]]:
    return {str(shift): list(rows["building_id"]) for shift, rows in stops.groupby("shift_id")}


def test_stops_go_where_they_lengthen_the_way_least_and_are_locked_there() -> None:
    inputs = street(ordinary=8)
    plan = planned(inputs, {ILL: [3], WELL: [0, 4], LATER: [6]})
    stops = handed_over(inputs, plan, ["B003"], [WELL])
    assert routes(stops) == {WELL: ["B000", "B003", "B004"], LATER: ["B006"]}
    assert stops.set_index("building_id")["locked"].to_dict() == {
        "B000": False, "B003": True, "B004": False, "B006": False,
    }  # fmt: skip


def test_a_stop_that_is_worth_less_than_its_way_finds_a_place_all_the_same() -> None:
    inputs = street(*({} for _ in range(4)), {"chance": 0.0, "at": 12})
    plan = planned(inputs, {ILL: [4], WELL: [0]})
    told = routes(handed_over(inputs, plan, ["B004"], [WELL]))
    assert {shift: {*route} for shift, route in told.items()} == {WELL: {"B000", "B004"}}


def test_what_fits_nowhere_stays_where_it_is_in_its_order() -> None:
    inputs = street(ordinary=30)
    given, full = [0, 1, 2], [10, 11, 12, 13]
    plan = planned(inputs, {ILL: given, WELL: full})
    assert plan.totals.over_time == 0
    stops = handed_over(inputs, plan, [f"B{each:03}" for each in given], [WELL])
    told = routes(stops)
    taken = len(told[WELL]) - len(full)
    assert taken < len(given)
    assert told[ILL] == [each for each in plan.stops["building_id"] if each in told[ILL]]
    assert rebuild(inputs, plan, stops).totals.over_time == 0
    all_of_it = handed_over(inputs, plan, [f"B{each:03}" for each in given], [WELL], over_time=True)
    assert {*routes(all_of_it)} == {WELL}
    assert rebuild(inputs, plan, all_of_it).totals.over_time == 1


def test_where_not_all_have_room_what_must_be_visited_has_it_first() -> None:
    agreed = {"next_step": "again", "retry_at": pd.Timestamp("2026-12-01"), "at": 12}
    inputs = street(*({} for _ in range(12)), agreed, ordinary=10)
    plan = planned(inputs, {ILL: [11, 12], WELL: [6, 7, 8, 9, 10]})
    told = routes(handed_over(inputs, plan, ["B011", "B012"], [WELL]))
    assert told[ILL] == ["B011"]
    assert {*told[WELL]} == {"B006", "B007", "B008", "B009", "B010", "B012"}


@pytest.mark.parametrize("to", [[LATER], [WELL, LATER, ILL]])
def test_only_the_shifts_that_are_named_change_and_never_the_one_that_gives(to: list[str]) -> None:
    inputs = street(ordinary=12)
    plan = planned(inputs, {ILL: [0, 1], WELL: [2, 3], LATER: [8]})
    told = routes(handed_over(inputs, plan, ["B000"], to))
    assert told[ILL] == ["B001"]
    assert sum("B000" in route for route in told.values()) == 1
    if WELL not in to:
        assert told[WELL] == ["B002", "B003"]


def test_a_stop_that_was_locked_to_its_shift_is_handed_over_too() -> None:
    inputs = street(ordinary=8)
    plan = planned(inputs, {ILL: [3], WELL: [0, 4]})
    plan = replace(plan, stops=plan.stops.assign(locked=True))
    assert routes(handed_over(inputs, plan, ["B003"], [WELL]))[WELL] == ["B000", "B003", "B004"]


def test_a_team_that_is_free_takes_the_whole_route_over_as_it_is() -> None:
    inputs = street(ordinary=10)
    given = [7, 1, 4]
    plan = planned(inputs, {ILL: given, LATER: [6]})
    free = "T2/2026-12-01/evening"
    teams = with_shifts(plan.teams, extra_shifts(plan, [free]))
    stops = handed_over(
        replace(inputs, teams=teams), replace(plan, teams=teams),
        [f"B{each:03}" for each in given], [free],
    )  # fmt: skip
    assert routes(stops)[free] == ["B007", "B001", "B004"]


def test_only_a_team_of_the_plan_goes_out_once_more_and_only_on_its_days() -> None:
    plan = planned(street(ordinary=4), {ILL: [0]})
    possible = ["T1/2026-12-02/day", "T2/2026-12-01/evening"]
    others = [WELL, "T9/2026-12-01/day", "T1/2026-12-07/day", "T1/2026-12-02/night", "T1"]
    assert extra_shifts(plan, [*possible, *others]) == possible
    first, second = with_shifts(plan.teams, possible)
    assert first.shifts == (*TEAMS[0].shifts, ("2026-12-02", "day"))
    assert second.shifts == (*TEAMS[1].shifts, ("2026-12-01", "evening"))
    assert Team.of_content(second.content()) == second


@pytest.mark.parametrize("officers", [0, 2])
def test_where_law_needs_officers_no_team_without_any_takes_a_stop_over(officers: int) -> None:
    joint = {"next_step": "joint_team", "retry_at": pd.Timestamp("2026-12-01")}
    teams = (
        team(1, shifts=((2, DAY),), officers=2),
        team(2, shifts=((2, DAY), (5, DAY)), officers=officers),
    )
    inputs = plan_inputs(buildings({}, joint, ordinary=4), rules=RULES, teams=teams)
    stops = pd.DataFrame({"building_id": ["B001", "B000"], "shift_id": [ILL, WELL]})
    plan = rebuild(inputs, make_plan(inputs), stops)
    told = routes(handed_over(inputs, plan, ["B001"], [WELL], over_time=True))
    assert ("B001" in told[WELL]) == (officers > 0)


def test_nothing_is_handed_over_on_a_plan_without_stops() -> None:
    inputs = street(ordinary=4)
    assert handed_over(inputs, planned(inputs, {}), [], [WELL]).empty


TODAY_VISITS = {"B004": "2026-12-01T14:05", "B000": "2026-12-01T14:40"}
"""Of the team that is well, the second of its stops first."""


def open_day(now: str, *, over_time: bool = False) -> tuple[pd.DataFrame, Plan]:
    """Hand B003 and B005 over to a team that visited two of its three stops; return what becomes.

    Returns the stops, and the plan with its times.
    """
    inputs = street(ordinary=9)
    plan = planned(inputs, {ILL: [3, 5], WELL: [0, 4, 6], LATER: [8]})
    given = ["B003", "B005"]
    moment = f"2026-12-01T{now}"
    stops = handed_over(
        inputs, plan, given, [WELL], now=moment, visited=TODAY_VISITS, over_time=over_time
    )
    last_at = pd.Series(TODAY_VISITS, dtype="datetime64[us]")
    begun = BegunDay.of(plan, last_at, now=datetime.fromisoformat(moment))
    return stops, rebuild(inputs, plan, stops, begun=begun, shift_ids=[WELL])


def test_today_stops_go_after_what_the_team_visited_and_not_before_now() -> None:
    stops, after = open_day("15:07")
    route = routes(stops)[WELL]
    assert route[:2] == ["B004", "B000"]
    assert {*route[2:]} == {"B003", "B005", "B006"}
    arrive = after.stops[after.stops["shift_id"] == WELL].set_index("place")["arrive"]
    assert arrive[[1, 2]].tolist() == [14 * 60 + 5, 14 * 60 + 40]
    assert arrive[3] >= 15 * 60 + 7
    assert arrive.is_monotonic_increasing
    assert after.totals.over_time == 0
    assert after.shifts.set_index("shift_id").loc[WELL, "from_minute"] == 14 * 60


def test_today_what_does_not_fit_before_the_end_of_the_shift_stays() -> None:
    _, whole = open_day("15:07")
    until = int(whole.shifts.set_index("shift_id").loc[WELL, "until_minute"])
    late = f"{(until - 26) // 60:02}:{(until - 26) % 60:02}"
    stops, after = open_day(late)
    assert 0 < len(routes(stops)[ILL]) < 3
    pressed, over = open_day(late, over_time=True)
    assert ILL not in routes(pressed)
    assert over.totals.over_time == 1
    assert after.stops.loc[after.stops["shift_id"] == WELL, "arrive"].iloc[2] >= until - 26


def test_a_shift_that_is_over_takes_nothing_even_over_time() -> None:
    for over_time in (False, True):
        stops, _ = open_day("23:00", over_time=over_time)
        assert routes(stops)[ILL] == ["B003", "B005"]


def test_of_another_day_nothing_depends_on_the_time() -> None:
    inputs = street(ordinary=9)
    plan = planned(inputs, {ILL: [3], WELL: [0, 4], LATER: [6]})
    early, late = (
        handed_over(inputs, plan, ["B003"], [LATER], now=f"2026-12-01T{hour}:00")
        for hour in ("08", "20")
    )
    assert routes(early) == routes(late)
    assert {*routes(early)[LATER]} == {"B003", "B006"}
