"""Rules of a plan told anew after a person changed it: everything follows, nothing is refused."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from governance.patrols.routing.make_plan import make_plan
from governance.patrols.routing.model.plan import Plan, PlanError
from governance.patrols.routing.model.settings import DAY, PatrolRules
from governance.patrols.routing.rebuild_plan import rebuild
from tests.governance.patrols.routing.small_office import buildings, days_ago, plan_inputs, team

TUESDAY, WEDNESDAY = "T1/2026-12-01/day", "T1/2026-12-02/evening"
RULES = PatrolRules(random_share=0.15, jitter=0.0, floor_share=0.2)
FRAME = buildings(
    *[{"last_at": None, "at": number} for number in range(12)],
    {"kind": "商务楼宇", "at": 12},
    {"sensitive": True, "at": 13},
    ordinary=30,
)
INPUTS = plan_inputs(FRAME, rules=RULES)


@pytest.fixture(scope="module", name="plan")
def made() -> Plan:
    """Make a plan whose floor is out of reach, with a random arm; to be read only."""
    return make_plan(INPUTS)


def again(plan: Plan, stops: pd.DataFrame) -> Plan:
    return rebuild(INPUTS, plan, stops)


def edited(plan: Plan, **facts: Any) -> pd.DataFrame:
    """Return the plan's stops as a person has them who changed nothing yet."""
    return plan.stops[["building_id", "shift_id"]].assign(**facts)


def test_whoever_changes_nothing_has_the_same_plan(plan: Plan) -> None:
    same = again(plan, edited(plan))
    pd.testing.assert_frame_equal(same.stops, plan.stops)
    pd.testing.assert_frame_equal(same.shifts, plan.shifts)
    pd.testing.assert_frame_equal(same.uncovered, plan.uncovered)
    assert same.totals == replace(plan.totals, bound_gap=None)
    assert same.notes == plan.notes


def test_a_stop_that_is_taken_off_is_uncovered_if_it_was_due(plan: Plan) -> None:
    due = plan.stops["reasons"].map(lambda reasons: "floor" in reasons)
    gone = plan.stops["building_id"][due].iloc[0]
    left = again(plan, edited(plan)[plan.stops["building_id"] != gone])
    assert gone in {*left.uncovered["building_id"]}
    assert left.totals.stops == plan.totals.stops - 1
    assert left.totals.floor_kept == plan.totals.floor_kept - 1
    assert left.totals.floor_due == plan.totals.floor_due


def test_what_is_new_is_on_the_list_and_not_in_the_random_arm(plan: Plan) -> None:
    new = next(each for each in FRAME["building_id"] if each not in {*plan.stops["building_id"]})
    more = pd.DataFrame({"building_id": [new], "shift_id": [WEDNESDAY]})
    told = again(plan, pd.concat([edited(plan), more])).stops.set_index("building_id")
    assert told.loc[new, "arm"] == "list"
    assert "random" not in told.loc[new, "reasons"]
    assert told["arm"].eq("random").sum() == plan.totals.random_stops


def test_a_stop_keeps_its_arm_and_reasons_wherever_it_is_moved(plan: Plan) -> None:
    stops = edited(plan).assign(shift_id=WEDNESDAY)
    told = again(plan, stops).stops.set_index("building_id")
    before = plan.stops.set_index("building_id")
    for name in ("arm", "reasons"):
        assert told[name].to_dict() == before[name].to_dict()
    assert {*told["mode"]} <= {"夜查", "抽检"}


def test_a_shift_with_too_much_says_by_how_much(plan: Plan) -> None:
    told = again(plan, edited(plan).assign(shift_id=TUESDAY))
    over = told.shifts.set_index("shift_id")["over_minutes"]
    assert over[TUESDAY] > 60
    assert over[WEDNESDAY] == 0
    assert told.totals.over_time == 1


def test_a_visit_at_an_hour_that_makes_no_sense_is_noted_and_left(plan: Plan) -> None:
    home = buildings({"kind": "住宅"}, ordinary=5)
    inputs = plan_inputs(home, teams=(team(shifts=((2, DAY), (6, DAY))),), rules=RULES)
    made = make_plan(inputs)
    moved = pd.DataFrame({"building_id": ["B000"], "shift_id": [TUESDAY]})
    told = rebuild(inputs, made, moved)
    assert "visits_out_of_hours" in told.notes
    assert told.stops["shift_id"].tolist() == [TUESDAY]
    assert "visits_out_of_hours" not in plan.notes


def test_company_that_is_taken_away_is_missed() -> None:
    frame = buildings({"sensitive": True, "chance": 0.5}, {"at": 1}, ordinary=3)
    inputs = plan_inputs(frame, rules=replace(RULES, random_share=0.0, company_m=150.0))
    made = make_plan(inputs)
    assert "visits_alone" not in made.notes
    told = rebuild(inputs, made, edited(made)[~made.stops["building_id"].isin(["B001", "B002"])])
    assert "visits_alone" in told.notes


def test_company_that_is_due_besides_is_worth_no_more_told_anew() -> None:
    waiting = {"next_step": "again", "retry_at": days_ago(1), "last_at": days_ago(20)}
    rows = [waiting | {"sensitive": True}, {"at": 1, "last_at": None}]
    hours = [15] * 4 + [19] * 5  # by day in vain: in the evening now, and the other way round
    others = [
        waiting | {"at": 5 + number, "last_at": days_ago(20, hour=hour)}
        for number, hour in enumerate(hours)
    ]
    rules = replace(RULES, random_share=0.0, floor_share=1.0, most_candidates=10)
    inputs = plan_inputs(buildings(*rows, *others), rules=rules)
    made = make_plan(inputs)
    company = made.stops.set_index("building_id").loc["B001"]
    assert company["reasons"] == ["ordinary"]
    assert rebuild(inputs, made, edited(made)).totals.objective == made.totals.objective


def test_an_appointment_that_was_kept_since_is_told_of_with_what_is_known_now() -> None:
    waiting = {"next_step": "again", "retry_at": days_ago(1), "last_at": days_ago(20)}
    inputs = plan_inputs(buildings(waiting, ordinary=5), rules=RULES)
    made = make_plan(inputs)
    visited = inputs.buildings.assign(next_step="none", retry_at=pd.NaT)
    gone = rebuild(replace(inputs, buildings=visited), made, edited(made).iloc[1:])
    assert "B000" not in {*gone.uncovered["building_id"]}


@pytest.mark.parametrize(
    ("stops", "named"),
    [
        ({"building_id": ["B001", "B001"], "shift_id": [TUESDAY, WEDNESDAY]}, "there twice"),
        ({"building_id": ["B999"], "shift_id": [TUESDAY]}, "B999 is unknown"),
        ({"building_id": ["B001"], "shift_id": ["T9/2026-12-01/day"]}, "shift T9"),
    ],
)
def test_what_is_no_plan_is_refused(plan: Plan, stops: dict[str, Any], named: str) -> None:
    with pytest.raises(PlanError) as refused:
        again(plan, pd.DataFrame(stops))
    assert any(named in problem for problem in refused.value.facts["problems"])
