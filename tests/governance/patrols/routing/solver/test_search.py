"""Rules of plans that the search makes."""

import math
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.patrols.routing.model.problem import FREE, PatrolProblem, Solution
from governance.patrols.routing.solver import search as solver_search
from governance.patrols.routing.solver.feasibility import check_solution
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily
from governance.patrols.routing.solver.schedule import late_stops, over_minutes
from governance.patrols.routing.solver.search import promising, solve
from tests.governance.patrols.routing.small_streets import (
    best_by_trying,
    drawn_street,
    few,
    shift,
    street,
)

needs_pyvrp = pytest.mark.skipif(find_spec("pyvrp") is None, reason="PyVRP is not installed")
HOME = {"lon": 120.0, "lat": 30.0}


def search(problem: PatrolProblem, *, iterations: int = 60, seed: int = 1) -> Solution:
    """Search for so many iterations, however long they take."""
    return solve(problem, seconds=math.inf, seed=seed, iterations=iterations)


def stops_of(solution: Solution) -> dict[int, list[int]]:
    return {route.shift: route.stops.tolist() for route in solution.routes}


@few
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.3]))
def test_every_rule_is_kept_and_greed_is_not_better(seed: int, locked: float) -> None:
    problem = drawn_street(seed, candidates=14, shifts=3, locked=locked)
    solution = search(problem, iterations=30, seed=seed)
    assert check_solution(problem, solution) == []
    assert solution.objective >= solve_greedily(problem).objective


@needs_pyvrp
@pytest.mark.parametrize("seed", [0, 3, 10, 13, 1, 2, 4])  # greed misses it in the first four
def test_the_best_of_all_plans_of_a_few_streets_is_found(seed: int) -> None:
    problem = drawn_street(seed, candidates=5, shifts=2)
    assert search(problem, iterations=200).objective == pytest.approx(best_by_trying(problem))


@needs_pyvrp
def test_it_finds_what_greed_does_not() -> None:
    # worth most per minute is the short visit, which leaves no time for the two others
    problem = street(
        [0.0, 0.0, 0.0],
        shifts=(shift(0, minutes=30),),
        minutes=[10, 15, 15],
        value=[[0.8], [1.0], [1.0]],
    )
    assert solve_greedily(problem).objective == pytest.approx(1.8)
    found = search(problem)
    assert (found.method, found.objective) == ("pyvrp", pytest.approx(2.0))


@pytest.mark.parametrize("seed", range(3))
def test_what_must_be_is_on_the_plan_while_it_can_be(seed: int) -> None:
    drawn = drawn_street(seed, candidates=30, shifts=3, hours=False)
    must = np.where(np.arange(30) % 10 == 0, 20.0, 0.0)
    problem = replace(
        drawn,
        must=must,
        value=np.nan_to_num(drawn.value),
        shifts=tuple(replace(one, minutes=90) for one in drawn.shifts),
    )
    assert not set(np.flatnonzero(must)) & set(search(problem).left.tolist())


def test_what_a_person_fixed_stays_in_its_shift() -> None:
    problem = street(
        [0.0, 60.0, 120.0, 5000.0],
        shifts=(shift(0), shift(1)),
        value=[[1.0, 0.1], [1.0, 0.1], [1.0, 0.1], [0.0, np.nan]],
        locked=[1, FREE, FREE, 1],
        km_worth=0.5,
    )
    assert set(stops_of(search(problem))[1]) == {0, 3}


def test_a_shift_over_its_time_by_fixed_stops_keeps_them_and_shows_it() -> None:
    problem = street(
        [0.0] * 5,
        shifts=(shift(0, minutes=15), shift(1)),
        locked=[0, 0, FREE, FREE, 1],
        open_until=[1439, 14 * 60 - 1, 1439, 1439, 14 * 60 - 1],
    )
    solution = search(problem)
    over, late = solution.routes
    assert (sorted(over.stops), over_minutes(problem, over)) == ([0, 1], 5)
    assert late.stops.tolist() == [4]
    assert late_stops(problem, late).all()
    assert solution.left.tolist() == [2, 3]
    assert check_solution(problem, solution) == []


@needs_pyvrp
def test_the_same_seed_and_iterations_give_the_same_plan() -> None:
    problem = drawn_street(3, candidates=60, shifts=4)
    first, again = search(problem, seed=5), search(problem, seed=5)
    assert stops_of(first) == stops_of(again)
    assert any(stops_of(first) != stops_of(search(problem, seed=seed)) for seed in (6, 7, 8))


def test_where_pyvrp_is_missing_the_plan_is_the_greedy_one(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = drawn_street(4, candidates=20, shifts=3, locked=0.2)
    monkeypatch.setattr(solver_search, "find_spec", lambda _: None)
    solution, greedy = search(problem), solve_greedily(problem)
    assert (solution.method, stops_of(solution)) == ("greedy:worth", stops_of(greedy))


def test_without_time_the_plan_is_the_greedy_one() -> None:
    solution = solve(drawn_street(4, candidates=20, shifts=3), seconds=0.0, seed=1)
    assert solution.method == "greedy:worth"


@needs_pyvrp
def test_that_few_plans_keep_the_hours_is_nobodys_warning() -> None:
    # What pytest would make an error of: PyVRP's penalty for time too long is as high as it goes.
    worth = np.random.default_rng(0).lognormal(0, 3, (40, 1)) * 1e6
    problem = street(list(np.linspace(0, 3000, 40)), shifts=(shift(minutes=30),), value=worth)
    assert check_solution(problem, search(problem, iterations=4000)) == []


def test_a_search_that_nothing_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="needs seconds"):
        solve(street([0.0]), seconds=math.inf, seed=1)


@needs_pyvrp
def test_progress_grows_and_a_refusal_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver_search, "ASK_S", 0.0)
    told: list[float] = []

    def tell(part: float) -> bool:
        told.append(part)
        return len(told) < 5

    problem = drawn_street(4, candidates=20, shifts=3)
    solution = solve(problem, seconds=math.inf, seed=1, iterations=10**9, progress=tell)
    assert told == sorted(told)
    assert (len(told), check_solution(problem, solution)) == (5, [])


def test_nobody_to_visit_and_nobody_to_go_is_an_empty_plan() -> None:
    assert search(street([], value=np.zeros((0, 1)))).routes == ()
    idle = replace(street([0.0]), shifts=(), value=np.zeros((1, 0)), start_metres=np.zeros((0, 1)))
    assert search(idle).left.tolist() == [0]
    assert search(street([0.0], value=[[np.nan]])).left.tolist() == [0]


def test_those_that_bring_most_per_minute_are_offered_to_each_kind_of_shift() -> None:
    problem = street(
        [0.0] * 6,
        shifts=(shift(0, minutes=20), shift(1, minutes=20), shift(2, minutes=10)),
        value=[
            *([0.1, 0.1, 0.9], [0.9, 0.9, 0.1], [0.8, 0.8, 0.2], [0.7, 0.7, 0.3]),
            *([0.6, 0.6, np.nan], [0.5, 0.5, np.nan]),
        ],
    )
    chosen = promising(problem, np.arange(3), offered=1.0)
    assert np.flatnonzero(chosen).tolist() == [0, 1, 2, 3, 4]
    assert np.flatnonzero(promising(problem, np.array([2]), offered=2.0)).tolist() == [0, 3]
