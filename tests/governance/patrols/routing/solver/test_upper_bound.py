"""No plan exceeds the bound."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.patrols.routing.model.problem import FREE
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily
from governance.patrols.routing.solver.upper_bound import least_price, shifts_bound
from tests.governance.patrols.routing.small_streets import (
    best_by_trying,
    drawn_street,
    few,
    shift,
    street,
)


@few
@given(st.integers(0, 10**6), st.booleans())
def test_the_best_of_all_plans_is_not_above_it(seed: int, hours: bool) -> None:  # noqa: FBT001
    problem = drawn_street(seed, candidates=4, shifts=2, hours=hours)
    best = best_by_trying(problem)
    assert best <= shifts_bound(problem) + 1e-9


@few
@given(st.integers(0, 10**6))
def test_plans_with_locked_stops_are_not_above_it(seed: int) -> None:
    problem = drawn_street(seed, candidates=10, shifts=3, locked=0.5)
    greedy = solve_greedily(problem).objective
    assert greedy <= shifts_bound(problem) + 1e-9


def test_it_is_the_knapsack_that_one_works_out_by_hand() -> None:
    there = shift(0, lon=120.0, lat=30.0, minutes=30)
    problem = street([120.0, 420.0], shifts=(there,), value=[[1.0], [1.8]], km_worth=1.0)
    # the first: 2 min + 10; the second: from the first 5 min + 10; it brings more per minute
    second, first = 1.8 - 0.3, 1.0 - 0.12
    assert shifts_bound(problem) == pytest.approx(second + first)
    short = replace(problem, shifts=(replace(there, minutes=18),))
    assert shifts_bound(short) == pytest.approx(second + first * 3 / 12)


def test_a_team_that_starts_where_it_likes_has_its_first_walk_back() -> None:
    problem = street([0.0, 600.0], shifts=(shift(0, minutes=10),))
    assert shifts_bound(problem) == pytest.approx(1.0)


def test_the_least_walk_is_from_a_neighbour_or_from_a_start_that_may_go_there() -> None:
    there = shift(0, lon=120.0, lat=30.0)
    problem = street([60.0, 240.0], shifts=(there,))
    assert least_price(problem).seconds.tolist() == [660, 780]
    never = replace(problem, value=np.array([[np.nan], [1.0]]))
    assert least_price(never).seconds.tolist() == [780, 780]


def test_without_shifts_that_can_go_it_is_nothing() -> None:
    problem = street([0.0], value=[[np.nan]])
    assert shifts_bound(problem) == 0.0
    assert problem.locked[0] == FREE
