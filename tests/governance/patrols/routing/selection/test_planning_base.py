"""Rules of what a plan is based on: which teams go out, and how many stops they have time for."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo.shapes.projection import distances_m
from governance.patrols.routing.model.settings import DAY, EVENING, PatrolRules
from governance.patrols.routing.privacy.decoys import within_decoy_range
from governance.patrols.routing.selection.formulate import start_metres
from governance.patrols.routing.selection.planning_base import count_stops, teams_of, typical_team
from tests.governance.patrols.routing.small_office import (
    STEP_M,
    buildings,
    plan_inputs,
    planning_base_of,
    team,
)

IDLE = team(1, shifts=())
BUSY = team(2, shifts=((1, DAY), (2, DAY), (3, EVENING)), officers=2, lon=117.3, lat=36.0)
RULES = PatrolRules(random_share=0.0, jitter=0.0, floor_share=0.0)
USUAL = team(3, shifts=((6, DAY),), members=("p1",))


def test_the_first_so_many_of_the_named_teams_go_out() -> None:
    named = (IDLE, BUSY, USUAL)
    assert teams_of(plan_inputs(buildings({}), teams=named)) == named
    asked = plan_inputs(buildings({}), teams=named)
    assert teams_of(replace(asked, options=replace(asked.options, teams=2))) == named[:2]


def test_where_none_is_named_so_many_go_out_as_the_settings_say() -> None:
    inputs = plan_inputs(buildings({}), teams=(), rules=PatrolRules(teams=4))
    assert [each.team_id for each in teams_of(inputs)] == ["T1", "T2", "T3", "T4"]


def test_one_more_team_is_like_the_one_in_the_middle_and_starts_where_it_likes() -> None:
    more = typical_team((BUSY, IDLE, USUAL))
    assert (more.shifts, more.members, more.lon) == (USUAL.shifts, (), None)
    assert more.team_id not in {"T1", "T2", "T3"}
    assert typical_team((BUSY, more)).team_id not in {BUSY.team_id, more.team_id}
    assert typical_team((BUSY,)).officers == 2


def test_a_team_with_a_start_walks_from_there_and_another_from_nowhere() -> None:
    base = planning_base_of(plan_inputs(buildings({"at": 0}, {"at": 5}), teams=(BUSY, IDLE, USUAL)))
    rows = base.rows
    metres = start_metres(
        base.shifts, rows["lon"].to_numpy(float), rows["lat"].to_numpy(float), factor=1.5
    )
    assert metres[0] == pytest.approx([0, 5 * STEP_M * 1.5], abs=1)
    assert (metres[-1] == 0).all()


def test_company_is_near_and_never_oneself() -> None:
    lon, lat = buildings({"at": 0}, {"at": 1}, {"at": 4})[["lon", "lat"]].to_numpy().T
    assert within_decoy_range(lon, lat, within_m=150.0).tolist() == [
        [False, True, False],
        [True, False, False],
        [False, False, False],
    ]
    assert distances_m(lon[0], lat[0], lon, lat) == pytest.approx([0, STEP_M, 4 * STEP_M], rel=1e-3)
    assert within_decoy_range(np.zeros(0), np.zeros(0), within_m=1.0).shape == (0, 0)


def count(*rows: dict[str, Any], ordinary: int = 0, **facts: Any) -> int:
    inputs = plan_inputs(buildings(*rows, ordinary=ordinary), **{"rules": RULES} | facts)
    return count_stops(planning_base_of(inputs))


def test_the_farther_apart_buildings_are_the_fewer_stops_there_is_time_for() -> None:
    near, far = ([{"at": step * number} for number in range(60)] for step in (1, 8))
    assert count(*near) > count(*far) > 0


def test_few_buildings_leave_room_for_others() -> None:
    assert count(ordinary=3) == pytest.approx(count(ordinary=60), abs=3)


def test_without_a_place_to_go_to_a_look_is_all_that_takes_time() -> None:
    minutes = 2 * RULES.shift_minutes
    assert count({"lon": None}) == minutes // RULES.minutes.look
