"""Rules of how many stops a plan's shifts have time for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from governance.patrols.routing.make_plan import make_plan
from governance.patrols.routing.model.settings import PatrolRules
from governance.patrols.routing.selection.capacity import count_stops
from tests.governance.patrols.routing.small_office import (
    buildings,
    plan_inputs,
    planning_base_of,
    team,
)

RULES = PatrolRules(random_share=0.0, jitter=0.0, floor_share=0.0)


def count(*rows: dict[str, Any], ordinary: int = 0, **facts: Any) -> int:
    inputs = plan_inputs(buildings(*rows, ordinary=ordinary), **{"rules": RULES} | facts)
    ground = planning_base_of(inputs)
    return count_stops(inputs, ground.candidates, ground.shifts, ground.worths)


def test_the_farther_apart_buildings_are_the_fewer_stops_there_is_time_for() -> None:
    near, far = ([{"at": step * number} for number in range(60)] for step in (1, 8))
    assert count(*near) > count(*far) > 0


def test_few_buildings_leave_room_for_others() -> None:
    assert count(ordinary=3) == pytest.approx(count(ordinary=60), abs=3)


def test_without_a_place_to_go_to_a_look_is_all_that_takes_time() -> None:
    minutes = 2 * RULES.shift_minutes
    assert count({"lon": None}) == minutes // RULES.minutes.look


def test_chance_has_its_share_of_the_stops_that_are_made() -> None:
    rng = np.random.default_rng(5)
    rows = [{"at": int(at), "chance": rng.uniform(0, 0.1)} for at in rng.permutation(300)]
    teams = tuple(team(number) for number in range(1, 5))
    rules = PatrolRules(random_share=0.2, floor_share=0.0)
    totals = make_plan(plan_inputs(buildings(*rows), teams=teams, rules=rules)).totals
    assert totals.random_stops / totals.stops == pytest.approx(0.2, abs=0.03)
