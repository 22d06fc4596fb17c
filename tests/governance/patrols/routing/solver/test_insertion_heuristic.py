"""Rules of plans made by a plain rule."""

from hypothesis import given
from hypothesis import strategies as st

from governance.patrols.routing.solver.feasibility import check_solution
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily
from governance.patrols.routing.solver.schedule import over_minutes
from tests.governance.patrols.routing.small_streets import drawn_street, few, shift, street

HOME = {"lon": 120.0, "lat": 30.0}


@few
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.4]))
def test_every_rule_is_kept(seed: int, locked: float) -> None:
    problem = drawn_street(seed, candidates=12, shifts=3, locked=locked)
    solution = solve_greedily(problem)
    assert check_solution(problem, solution) == []
    assert solution.method == "greedy:worth"


def test_worth_per_minute_goes_before_worth() -> None:
    problem = street(
        [0.0, 0.0, 0.0],
        shifts=(shift(0, minutes=30),),
        minutes=[30, 15, 15],
        value=[[1.0], [0.8], [0.7]],
    )
    assert solve_greedily(problem).left.tolist() == [0]


def test_a_shift_over_its_time_by_locked_stops_gets_nothing_more() -> None:
    problem = street([0.0] * 4, shifts=(shift(0, minutes=15), shift(1)), locked=[0, 0, -1, -1])
    solution = solve_greedily(problem)
    assert [sorted(route.stops) for route in solution.routes] == [[0, 1], [2, 3]]
    assert over_minutes(problem, solution.routes[0]) == 5
    assert check_solution(problem, solution) == []


def test_a_visit_that_is_not_worth_its_walk_is_left() -> None:
    problem = street([5000.0], shifts=(shift(0, **HOME, minutes=180),), km_worth=0.5)
    assert solve_greedily(problem).left.tolist() == [0]
