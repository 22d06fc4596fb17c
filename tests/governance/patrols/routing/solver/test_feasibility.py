"""Every broken rule is found by the plain check."""

from dataclasses import replace

import numpy as np
import pytest

from governance.patrols.routing.model.problem import PatrolProblem, Solution
from governance.patrols.routing.solver.feasibility import check_solution
from governance.patrols.routing.solver.schedule import assemble
from tests.governance.patrols.routing.small_streets import shift, street

TWO = (shift(0, minutes=25), shift(1, minutes=25))


def plan(problem: PatrolProblem, **orders: list[int]) -> Solution:
    """Return the plan in which shift s0 and s1 make these visits."""
    return assemble(problem, {int(name[1:]): order for name, order in orders.items()}, method="x")


def test_a_plan_that_keeps_the_rules_has_no_faults() -> None:
    problem = street([0.0, 60.0, 600.0], shifts=TWO)
    assert check_solution(problem, plan(problem, s0=[0, 1], s1=[2])) == []
    assert check_solution(problem, plan(problem)) == []


@pytest.mark.parametrize(
    ("facts", "orders", "fault"),
    [
        ({}, {"s0": [0], "s1": [0]}, "candidate 0 is visited twice"),
        ({}, {"s0": [0, 1, 2]}, "lasts 30 minutes of 25"),
        ({"open_until": [0, 1439, 1439]}, {"s0": [0]}, "comes to candidate 0 after 0"),
        ({"open_from": [1015, 0, 0]}, {"s0": [0]}, "ends after 1020"),
        ({"value": [[np.nan, 1.0]] * 3}, {"s0": [0]}, "cannot be visited in shift 0"),
        ({"locked": [1, -1, -1]}, {"s0": [0]}, "locked to shift 1, not to 0"),
        ({"locked": [1, -1, -1]}, {"s0": [1]}, "locked to shift 1, not to None"),
    ],
)
def test_a_broken_rule_is_named(
    facts: dict[str, object], orders: dict[str, list[int]], fault: str
) -> None:
    problem = street([0.0, 0.0, 0.0], shifts=TWO, **facts)
    assert any(fault in one for one in check_solution(problem, plan(problem, **orders)))


def test_figures_that_are_not_so_are_named() -> None:
    problem = street([0.0, 60.0, 600.0], shifts=TWO)
    good = plan(problem, s0=[0, 1])
    wrong_routes = (
        replace(good.routes[0], metres=1.0),
        replace(good.routes[0], minutes=1),
        replace(good.routes[0], ends=1),
        replace(good.routes[0], arrive=good.routes[0].arrive + 1),
    )
    for route in wrong_routes:
        assert check_solution(problem, replace(good, routes=(route,)))
    assert check_solution(problem, replace(good, objective=good.objective + 0.001))
    assert check_solution(problem, replace(good, left=good.left[:0]))
    assert check_solution(problem, replace(good, routes=(good.routes[0], good.routes[0])))


def test_only_a_shift_whose_stops_are_all_locked_may_be_over_its_time() -> None:
    problem = street([0.0, 0.0, 0.0], shifts=TWO, locked=[0, 0, 0])
    assert check_solution(problem, plan(problem, s0=[0, 1, 2])) == []
    problem = street([0.0, 0.0, 0.0], shifts=TWO, locked=[0, 0, -1])
    assert check_solution(problem, plan(problem, s0=[0, 1, 2]))
