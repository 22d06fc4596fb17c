"""Rules of a plan as it is kept."""

import json
from datetime import date
from typing import Any

import pandas as pd
import pytest

from governance.patrols.routing.make_plan import make_plan
from governance.patrols.routing.model.plan import (
    SHIFT_COLUMNS,
    STOP_COLUMNS,
    UNCOVERED_COLUMNS,
    Plan,
    PlanError,
    PlanOptions,
    frame_of,
)
from tests.governance.patrols.routing.small_office import MONDAY, SUNDAY, buildings, plan_inputs


def test_a_plan_is_kept_whole_but_for_its_seed() -> None:
    frame = buildings({"last_at": None}, {"lon": None}, {"next_step": "joint_team"}, ordinary=9)
    plan = make_plan(plan_inputs(frame, floor_days={"blue": 20}, title="周计划", kinds=("商铺",)))
    kept = json.dumps(plan.content(), ensure_ascii=False, allow_nan=False)
    back = Plan.of_content(json.loads(kept))
    for name in ("shifts", "stops", "uncovered"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(plan, name))
    assert back.totals == plan.totals
    assert (back.teams, back.notes, back.locked) == (plan.teams, plan.notes, plan.locked)
    assert (back.kind, back.title, back.first, back.last) == ("week", "周计划", MONDAY, SUNDAY)
    assert "seed" not in kept.replace('"seed": null', "")


def test_a_plan_that_was_kept_before_the_floor_was_told_is_read() -> None:
    content = make_plan(plan_inputs(buildings({"last_at": None}, ordinary=9))).content()
    for name in ("floor_share", "iterations"):
        del content["options"][name]
    for name in ("floor_due", "floor_kept", "floor_weeks", "bound_gap"):
        del content["totals"][name]
    old = Plan.of_content(content).totals
    assert (old.floor_due, old.floor_kept, old.floor_weeks, old.bound_gap) == (None,) * 4
    assert old.stops == content["totals"]["stops"]


def test_a_plan_has_its_columns_even_where_nobody_goes_anywhere() -> None:
    plan = make_plan(plan_inputs(buildings()))
    assert tuple(plan.shifts) == SHIFT_COLUMNS
    assert tuple(plan.stops) == STOP_COLUMNS
    assert tuple(plan.uncovered) == UNCOVERED_COLUMNS
    assert (plan.totals.stops, plan.totals.expected_finds, plan.totals.bound) == (0, 0.0, 0.0)
    full = make_plan(plan_inputs(buildings(ordinary=9)))
    assert (full.stops.dtypes == frame_of({}, STOP_COLUMNS).dtypes).all()


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"last": date(2026, 11, 29)}, "the last day"),
        ({"last": date(2027, 11, 29)}, "365 days"),
        ({"kind": "month"}, "kind"),
        ({"teams": 0}, "teams"),
        ({"seconds": -1.0}, "seconds"),
        ({"iterations": 0}, "iterations"),
        ({"random_share": 1.1}, "random_share"),
        ({"floor_share": -0.1}, "floor_share"),
        ({"floor_days": {"red": 0}}, "floor_days of red"),
    ],
)
def test_options_that_cannot_be_are_refused(facts: dict[str, Any], named: str) -> None:
    with pytest.raises(PlanError) as refused:
        PlanOptions(**({"first": MONDAY, "last": SUNDAY} | facts))
    assert any(named in problem for problem in refused.value.facts["problems"])


@pytest.mark.parametrize(
    "facts",
    [{"find_chance": [0.1]}, {"find_chance": [float("nan")] * 3}, {"seed": ""},
     {"buildings": buildings(ordinary=3)[["building_id"]]}],
)  # fmt: skip
def test_inputs_that_cannot_be_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(PlanError):
        plan_inputs(buildings(ordinary=3), **facts)
