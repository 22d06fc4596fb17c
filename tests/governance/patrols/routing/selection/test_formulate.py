"""Rules of what is put to the solver: worths, a bounded number, chance within a tier only."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.patrols.routing.model.settings import PatrolRules
from governance.patrols.routing.model.shifts import UsualWorth
from governance.patrols.routing.selection.formulate import Formulation, formulate_pool, jittered
from tests.governance.patrols.routing.small_office import (
    buildings,
    days_ago,
    plan_inputs,
    planning_base_of,
)

INPUTS = plan_inputs(buildings({}), rules=PatrolRules(jitter=0.5))
FEW = PatrolRules(random_share=0.0, jitter=0.0, most_candidates=10, floor_share=0.1)


def posed_of(frame: pd.DataFrame, **facts: Any) -> tuple[Formulation, list[str]]:
    """Return a problem and the codes of its candidates."""
    posed = formulate_pool(planning_base_of(plan_inputs(frame, **{"rules": FEW} | facts)))
    return posed, posed.rows["building_id"].tolist()


def test_the_solver_is_given_what_is_worth_most() -> None:
    rising = [{"chance": number / 100} for number in range(30)]
    _, ids = posed_of(buildings(*rising))
    assert ids == [f"B{number:03}" for number in range(20, 30)]


def test_what_must_be_visited_is_given_before_what_is_likely() -> None:
    likely = [{"chance": 0.9} for _ in range(20)]
    waiting = {"next_step": "again", "retry_at": days_ago(1), "chance": 0.0}
    due = {"last_at": None, "chance": 0.0}
    _, ids = posed_of(buildings(waiting, *likely, due))
    assert ids[0] == "B000"
    assert len(ids) == 10


def test_what_is_locked_is_given_beside_those() -> None:
    locked = pd.DataFrame(
        {"building_id": ["B025"], "shift_id": ["T1/2026-12-01/day"], "arm": ["list"]}
    )
    falling = [{"chance": (30 - number) / 100} for number in range(30)]
    posed, ids = posed_of(buildings(*falling), locked=locked)
    assert ids == [*(f"B{number:03}" for number in range(10)), "B025"]
    assert posed.problem.locked.tolist() == [-1] * 10 + [0]


def test_a_visit_is_worth_its_chance_at_that_time_beside_the_usual() -> None:
    usual = UsualWorth(day=0.8, evening=0.5)
    posed, _ = posed_of(buildings({"chance": 0.1}), usual_worth=usual)
    rates = -np.log1p(-posed.problem.value[0])
    assert rates == pytest.approx(-np.log1p(-0.1) * np.array([0.6 / 0.8, 1.0 / 0.5]))
    sure, _ = posed_of(buildings({"chance": 1.0}), usual_worth=usual)
    assert sure.problem.value[0].tolist() == [1.0, 1.0]


def test_known_ways_are_walked_and_others_are_straight_lines_times_a_factor() -> None:
    frame = buildings({"at": 0}, {"at": 3})
    straight, _ = posed_of(frame)
    assert straight.problem.metres[0, 1] == pytest.approx(300 * FEW.walk_factor, rel=0.01)
    known, _ = posed_of(frame, walk=lambda lon, _lat, _ids: 77.0 * (1 - np.eye(len(lon))))
    assert known.problem.metres[0, 1] == 77.0


chances = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12)


@settings(max_examples=40)
@given(chances, chances, st.text(min_size=1, max_size=3))
def test_chance_moves_what_a_building_is_worth_within_its_tier_only(
    red: list[float], blue: list[float], seed: str
) -> None:
    tiers = ["红"] * len(red) + ["蓝"] * len(blue)
    codes = [f"B{number}" for number in range(len(tiers))]
    rows = pd.DataFrame({"building_id": codes, "tier": tiers, "find_chance": red + blue})
    moved = jittered(replace(INPUTS, seed=seed), rows)
    for own, had in ((moved[: len(red)], red), (moved[len(red) :], blue)):
        assert own.min() >= min(had)
        assert own.max() <= max(had)
        assert (np.abs(own - had) <= 0.5 * np.array(had) + 1e-12).all()


def test_within_a_tier_the_seed_changes_who_is_worth_more() -> None:
    close = [{"tier": "红", "chance": 0.1 + number / 1000} for number in range(20)]
    upper = set()
    for seed in "abcdefgh":
        inputs = plan_inputs(buildings(*close), rules=PatrolRules(jitter=0.15), seed=seed)
        moved = jittered(inputs, planning_base_of(inputs).rows)
        upper.add(frozenset(np.argsort(moved)[10:].tolist()))
    assert len(upper) > 4
