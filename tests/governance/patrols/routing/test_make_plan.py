"""Rules of a made plan: every rule of patrols holds at once, and it can be made again."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.patrols.routing.make_plan import STAGES, find_routes, make_plan
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import FREE
from governance.patrols.routing.model.settings import DAY, EVENING, PatrolRules
from governance.patrols.routing.privacy.add_decoys import decoy_search
from governance.patrols.routing.privacy.decoys import stops_alone
from governance.patrols.routing.selection.candidates import SENT
from governance.patrols.routing.solver.feasibility import check_solution
from governance.patrols.routing.solver.schedule import assemble
from tests.governance.patrols.routing.small_office import (
    UNSURE,
    buildings,
    days_ago,
    plan_inputs,
    team,
)

KINDS = ("住宅", "商铺", "商务楼宇", "公建")
RESULTS = ("未发现异常", "属实", "无人")
POLICE = team(2, officers=2, shifts=((2, DAY), (6, DAY)))
TEAMS = (team(shifts=((2, DAY), (3, EVENING), (4, DAY))), POLICE)


def drawn_office(seed: int, **facts: Any) -> PlanInputs:
    """Draw an office of thirty buildings of all kinds, some with appointments or a complaint."""
    rng = np.random.default_rng(seed)
    rows = [_drawn_building(rng) for _ in range(30)]
    plain = {"teams": TEAMS, "rules": PatrolRules(random_share=0.15), "iterations": 5}
    return plan_inputs(buildings(*rows), seed=str(seed), **plain | facts)


def _drawn_building(rng: np.random.Generator) -> dict[str, Any]:
    step = str(rng.choice(["none", "again", "joint_team"], p=[0.8, 0.12, 0.08]))
    last = None if rng.random() < 0.2 else days_ago(int(rng.integers(1, 300)))
    return {
        "kind": str(rng.choice(KINDS)),
        "tier": str(rng.choice(["红", "橙", "黄", "蓝", ""])),
        "chance": float(rng.uniform(0, 0.3)),
        "at": float(rng.uniform(0, 40)),
        "sensitive": bool(rng.random() < 0.25),
        "last_at": last,
        "last_result": "" if last is None else str(rng.choice(RESULTS)),
        "next_step": step,
        "retry_at": days_ago(int(rng.integers(-4, 9))) if step != "none" else None,
    }


def told(plan: Plan, *columns: str) -> pd.DataFrame:
    """Return stops with their shift's facts."""
    shifts = plan.shifts.set_index("shift_id")
    return plan.stops.join(shifts[["team_id", "day", "part", "joint"]], on="shift_id")[
        ["building_id", *columns]
    ]


@settings(max_examples=10)
@given(st.integers(0, 10**6))
def test_every_made_plan_keeps_every_rule(seed: int) -> None:
    made = find_routes(drawn_office(seed), progress=lambda *_: None)
    problem = made.formulation.problem
    assert check_solution(problem, assemble(problem, made.orders, method="x")) == []
    assert (problem.locked == FREE).all(), "nothing is locked but what a person locked"
    rows = made.formulation.rows.reset_index(drop=True)
    lonely = stops_alone(made.orders, decoy_search(made.formulation))
    assert sorted(rows["building_id"][stop] for _, stop in lonely) == made.alone
    for number, order in made.orders.items():
        shift = problem.shifts[number]
        assert rows["open"][order].all()
        assert shift.joint or not rows["next_step"][order].eq("joint_team").any()
        assert (
            rows["retry_at"][order].dropna() < pd.Timestamp(shift.day) + pd.Timedelta("1D")
        ).all()


@settings(max_examples=5)
@given(st.integers(0, 10**6))
def test_what_a_plan_tells_is_so(seed: int) -> None:
    inputs = drawn_office(seed)
    plan = make_plan(inputs)
    stops, shifts, totals = plan.stops, plan.shifts, plan.totals
    assert stops["building_id"].is_unique
    assert not {*stops["building_id"]} & {*plan.uncovered["building_id"]}
    assert (shifts["over_minutes"] == 0).all()
    assert (shifts["minutes"] <= shifts["most_minutes"]).all()
    assert totals.stops == len(stops) == shifts["stops"].sum()
    assert totals.expected_finds == pytest.approx(stops["find_chance"].sum(), abs=1e-4)
    assert totals.uncovered == len(plan.uncovered)
    assert 0 <= totals.floor_kept <= totals.floor_due
    assert totals.objective <= totals.bound + 1e-3
    assert totals.bound_gap is None or 0 <= totals.bound_gap <= 1
    drawn = stops["arm"].eq("random")
    assert totals.random_stops == drawn.sum()
    assert stops["mode"][drawn].isin(["抽检", "联检"]).all()
    assert [*stops.groupby("shift_id")["place"].max()] == [*stops.groupby("shift_id").size()]


def test_the_same_inputs_give_the_same_plan() -> None:
    one, again = (make_plan(drawn_office(7)) for _ in range(2))
    pd.testing.assert_frame_equal(one.stops, again.stops)
    assert replace(one.totals, seconds=0) == replace(again.totals, seconds=0)


def test_another_seed_draws_others_and_goes_in_another_order() -> None:
    frame = buildings(ordinary=80)
    plans = [make_plan(plan_inputs(frame, seed=seed)) for seed in "abc"]
    drawn = [tuple(plan.stops["building_id"][plan.stops["arm"] == "random"]) for plan in plans]
    assert len({*drawn}) == 3
    assert len({tuple(plan.stops["building_id"]) for plan in plans}) == 3


def test_what_a_person_locked_stays_in_its_shift_when_the_rest_is_planned_anew() -> None:
    inputs = drawn_office(11)
    before = make_plan(inputs)
    locked = before.stops.iloc[::3][["building_id", "shift_id", "arm"]].reset_index(drop=True)
    after = make_plan(replace(inputs, locked=locked, seed="another"))
    where = after.stops.set_index("building_id")
    assert len(locked) >= 4
    assert (where["shift_id"][locked["building_id"]] == locked["shift_id"].to_numpy()).all()
    assert after.locked == {*locked["building_id"]}
    assert where["locked"].sum() == len(locked)
    arms = where["arm"][locked["building_id"]]
    assert (arms.eq("random") | locked["arm"].ne("random").to_numpy()).all()


def test_locked_stops_count_against_the_shift_s_time() -> None:
    locked = pd.DataFrame({"building_id": [f"B{number:03}" for number in range(0, 60, 5)],
                           "shift_id": "T1/2026-12-01/day", "arm": "list"})  # fmt: skip
    plan = make_plan(plan_inputs(buildings(ordinary=60), locked=locked))
    full = plan.shifts.set_index("shift_id").loc["T1/2026-12-01/day"]
    assert (full["stops"], full["over_minutes"] > 0) == (12, True)
    assert plan.totals.over_time == 1
    others = plan.shifts.set_index("shift_id").drop("T1/2026-12-01/day")
    assert (others["over_minutes"] == 0).all()


def test_a_random_arm_of_a_tenth_is_a_tenth_of_the_stops() -> None:
    many = team(shifts=tuple((day, part) for day in range(1, 7) for part in (DAY, EVENING)))
    plan = make_plan(plan_inputs(buildings(ordinary=200), teams=(many,), rules=PatrolRules()))
    assert plan.totals.random_stops == pytest.approx(plan.totals.stops / 10, abs=2)
    none = make_plan(plan_inputs(buildings(ordinary=40), random_share=0.0))
    assert none.totals.random_stops == 0


def test_a_visit_for_a_complaint_has_an_ordinary_neighbour_from_among_all_buildings() -> None:
    frame = buildings({"sensitive": True, "chance": 0.5, "at": 0}, {"chance": 0.0001, "at": 1},
                      *[{"at": 4 + number, "chance": 0.3} for number in range(30)])  # fmt: skip
    rules = PatrolRules(random_share=0.0, jitter=0.0, most_candidates=20)
    plan = make_plan(plan_inputs(frame, rules=rules))
    rounds = plan.stops.groupby("shift_id")["building_id"].agg(set)
    assert any({"B000", "B001"} <= each for each in rounds)
    company = plan.stops.set_index("building_id").loc["B001"]
    assert company["reasons"] == ["ordinary"]
    assert "visits_alone" not in plan.notes
    assert plan.totals.ordinary_stops == 1


def test_of_what_is_due_the_plan_takes_first_what_is_company_to_another_stop() -> None:
    due = {"last_at": days_ago(200), "chance": 0.0001}
    frame = buildings({"sensitive": True, "chance": 0.9, "at": 0}, due | {"at": 1},
                      *[due | {"last_at": None, "at": 10 + n} for n in range(40)])  # fmt: skip
    rules = PatrolRules(random_share=0.0, jitter=0.0, floor_share=0.2)
    plan = make_plan(plan_inputs(frame, rules=rules))
    stops = plan.stops.set_index("building_id")
    assert stops.loc["B001", "reasons"] == ["floor"], "not for company alone"
    assert stops.loc["B001", "shift_id"] == stops.loc["B000", "shift_id"]
    assert "visits_alone" not in plan.notes


def test_a_better_time_is_worth_going_at() -> None:
    week = (team(shifts=((2, DAY), (2, EVENING))),)
    likely = [{"chance": 0.5} for _ in range(6)]
    plan = make_plan(plan_inputs(buildings(*likely, ordinary=30), teams=week,
                                 rules=PatrolRules(random_share=0.0, jitter=0.0)))  # fmt: skip
    parts = told(plan, "part").set_index("building_id")["part"]
    assert {parts[f"B{number:03}"] for number in range(6)} == {EVENING}


def test_one_more_team_adds_finds_while_there_are_buildings_left() -> None:
    many, few = (buildings(ordinary=count) for count in (120, 8))
    more = [
        make_plan(plan_inputs(each, one_more=True)).totals.one_more_finds for each in (many, few)
    ]
    assert more[0] > 0.5
    assert more[1] == 0


def test_whoever_waits_is_told_every_stage_and_can_stop_it() -> None:
    seen: list[str] = []
    make_plan(
        plan_inputs(buildings(ordinary=9), one_more=True, floor_cost=True),
        progress=lambda stage, _done, _total: seen.append(stage),
    )
    assert list(dict.fromkeys(seen)) == [*STAGES]

    def stop(stage: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt(stage)

    with pytest.raises(KeyboardInterrupt):
        make_plan(plan_inputs(buildings(ordinary=9)), progress=stop)


def test_the_bound_s_gap_does_not_hide_behind_what_is_sure() -> None:
    plan = make_plan(plan_inputs(buildings(ordinary=80), rules=replace(UNSURE, random_share=0.2)))
    totals = plan.totals
    sure = SENT * totals.random_stops
    assert totals.random_stops >= 3
    expected = (totals.bound - totals.objective) / (totals.bound - sure)
    assert totals.bound_gap == pytest.approx(expected, abs=1e-3)
    assert totals.bound_gap > 2 * (1 - totals.objective / totals.bound)
    assert make_plan(plan_inputs(buildings())).totals.bound_gap is None


def test_what_floor_and_company_cost_is_worked_out_against_going_only_where_it_is_likely() -> None:
    likely = [{"chance": 0.5, "at": 200 + number} for number in range(20)]
    due = [{"chance": 0.01, "last_at": None, "at": number} for number in range(20)]
    rules = PatrolRules(random_share=0.0, jitter=0.0, floor_share=0.5, due_worth=5.0)
    plan = make_plan(plan_inputs(buildings(*likely, *due), rules=rules, floor_cost=True))
    free = make_plan(plan_inputs(buildings(*likely, *due), rules=rules, floor_share=0.0))
    assert plan.totals.likely_finds is not None
    assert plan.totals.expected_finds < 0.9 * plan.totals.likely_finds
    assert plan.totals.likely_finds == pytest.approx(free.totals.expected_finds, rel=0.1)
    assert plan.totals.one_more_finds is None
    assert free.totals.likely_finds is None  # not asked for


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_sent_again_too_soon_after_a_visit_or_a_stop_but_where_that_was_agreed(
    seed: int,
) -> None:
    inputs = drawn_office(seed)
    frame = inputs.buildings
    rng = np.random.default_rng(seed)
    told, on_plan = rng.random((2, len(frame))) < [[0.5], [0.3]]
    lately = frame["last_at"].where(~told, pd.Timestamp(days_ago(0)))
    stop = pd.Series(pd.Timestamp(days_ago(5, hour=0)), index=frame.index).where(on_plan)
    inputs = replace(
        inputs, trial=frozenset(frame["building_id"][:10]),
        buildings=frame.assign(
            last_at=lately, reported_at=lately.where(told), last_stop_on=stop
        ),
    )  # fmt: skip
    plan = make_plan(inputs)
    stops = plan.stops[["building_id", "shift_id"]].merge(plan.shifts[["shift_id", "day"]])
    stops = stops.merge(inputs.buildings)
    for name, days in inputs.rules.rest_days.items():
        soon = (stops["day"] - stops[name].dt.normalize()).dt.days < days
        assert set(stops["next_step"][soon]) <= {"again", "joint_team"}
