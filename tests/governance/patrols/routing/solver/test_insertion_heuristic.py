"""Rules of plans made by a plain rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.patrols.routing.solver.feasibility import check_solution
from governance.patrols.routing.solver.insertion_heuristic import ORDERS, solve_greedily
from governance.patrols.routing.solver.schedule import over_minutes
from tests.governance.patrols.routing.small_streets import (
    best_by_trying,
    drawn_street,
    few,
    shift,
    street,
)

HOME = {"lon": 120.0, "lat": 30.0}


@few
@given(st.integers(0, 10**6), st.sampled_from(ORDERS), st.sampled_from([0.0, 0.4]))
def test_every_rule_is_kept(seed: int, order: str, locked: float) -> None:
    problem = drawn_street(seed, candidates=12, shifts=3, locked=locked)
    solution = solve_greedily(problem, order=order, seed=seed)
    assert check_solution(problem, solution) == []
    assert solution.method == f"greedy:{order}"


@few
@given(st.integers(0, 10**6), st.sampled_from(ORDERS))
def test_nothing_beats_the_best_of_all_plans(seed: int, order: str) -> None:
    problem = drawn_street(seed, candidates=4, shifts=2)
    assert solve_greedily(problem, order=order).objective <= best_by_trying(problem) + 1e-9


def test_worth_per_minute_goes_before_worth() -> None:
    problem = street(
        [0.0, 0.0, 0.0],
        shifts=(shift(0, minutes=30),),
        minutes=[30, 15, 15],
        value=[[1.0], [0.8], [0.7]],
    )
    assert solve_greedily(problem).left.tolist() == [0]
    assert solve_greedily(problem, order="given").left.tolist() == [1, 2]


def test_nearest_first_walks_on_to_the_nearest_door() -> None:
    problem = street([900.0, 300.0, 500.0], shifts=(shift(0, **HOME),), value=[[9.0], [1.0], [1.0]])
    assert solve_greedily(problem, order="nearest").routes[0].stops.tolist() == [1, 2, 0]


def test_a_ranking_says_who_goes_first_and_who_is_not_asked_at_all() -> None:
    problem = street([0.0, 0.0, 0.0], shifts=(shift(0, minutes=10),))
    ranked = solve_greedily(problem, order="given", ranking=np.array([2, 0]))
    assert ranked.left.tolist() == [0, 1]
    wide = street([0.0, 0.0, 0.0])
    ranked = solve_greedily(wide, order="given", ranking=np.array([2, 0]))
    assert ranked.left.tolist() == [1]


def test_a_drawn_ranking_is_the_same_for_the_same_seed() -> None:
    problem = drawn_street(5, candidates=30, shifts=2)
    first, again = (solve_greedily(problem, order="random", seed=4) for _ in range(2))
    assert first.left.tolist() == again.left.tolist()
    other = solve_greedily(problem, order="random", seed=5)
    assert first.left.tolist() != other.left.tolist()


def test_a_shift_over_its_time_by_locked_stops_gets_nothing_more() -> None:
    problem = street([0.0] * 4, shifts=(shift(0, minutes=15), shift(1)), locked=[0, 0, -1, -1])
    for order in ORDERS:
        solution = solve_greedily(problem, order=order)
        assert [sorted(route.stops) for route in solution.routes] == [[0, 1], [2, 3]]
        assert over_minutes(problem, solution.routes[0]) == 5
        assert check_solution(problem, solution) == []


def test_a_visit_that_is_not_worth_its_walk_is_left() -> None:
    problem = street([5000.0], shifts=(shift(0, **HOME, minutes=180),), km_worth=0.5)
    assert solve_greedily(problem).left.tolist() == [0]


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of worth"):
        solve_greedily(street([0.0]), order="best")


def test_nobody_to_visit_and_nobody_to_go_is_an_empty_plan() -> None:
    nobody = street([], value=np.zeros((0, 1)))
    nowhere = replace(
        street([0.0]), shifts=(), value=np.zeros((1, 0)), start_metres=np.zeros((0, 1))
    )
    for order in ORDERS:
        assert solve_greedily(nobody, order=order).routes == ()
        assert solve_greedily(nowhere, order=order).left.tolist() == [0]
