"""Rules of who gives way to what is sure."""

import numpy as np
import pytest

from governance.patrols.routing.model.problem import FREE, PatrolProblem
from governance.patrols.routing.solver.displacement import SURE, displace_for_musts
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily
from governance.patrols.routing.solver.schedule import assemble
from tests.governance.patrols.routing.small_streets import assert_kept, drawn_street, shift, street

NEAR, FAR = [0.0] * 6, 3_000.0
"""Six visits of ten minutes next to each other, and one fifty minutes away."""
HOUR = (shift(minutes=60),)


def room_for(problem: PatrolProblem, orders: dict[int, list[int]]) -> dict[int, list[int]]:
    made = displace_for_musts(problem, orders)
    assert_kept(problem, assemble(problem, made, method="made"))
    return made


def test_several_stops_give_way_to_a_sure_one_far_off() -> None:
    must = np.array([0.0] * 6 + [20.0])
    made = room_for(street([*NEAR, FAR], shifts=HOUR, must=must), {0: [0, 1, 2, 3, 4, 5]})
    assert made == {0: [6]}


def test_what_is_worth_least_gives_way_first_and_where_least_is_lost() -> None:
    shifts = (shift(0, minutes=30), shift(1, minutes=30))
    value = np.array([[3.0] * 2, [2.0] * 2, [4.0] * 2, [5.0] * 2, [6.0] * 2, [7.0] * 2, [1.0] * 2])
    problem = street([*NEAR, 0.0], shifts=shifts, value=value, must=[0.0] * 6 + [20.0])
    made = room_for(problem, {0: [3, 4, 5], 1: [0, 1, 2]})
    assert {*made[0]} == {3, 4, 5}
    assert {*made[1]} == {0, 2, 6}


def test_what_is_locked_or_as_sure_itself_never_gives_way() -> None:
    must, locked = [0.0, 20.0, *[0.0] * 4, 20.0], [0, *[FREE] * 6]
    problem = street([*NEAR, FAR], shifts=HOUR, must=must, locked=locked)
    made = room_for(problem, {0: [0, 1, 2, 3, 4, 5]})
    assert {0, 1} <= {*made[0]}
    assert 6 not in made[0]


def test_an_appointment_gives_way_to_what_is_worth_more_than_twice_as_much() -> None:
    must = np.array([20.0] * 6 + [80.0])
    made = room_for(street([*NEAR, FAR], shifts=HOUR, must=must), {0: [0, 1, 2, 3, 4, 5]})
    assert made == {0: [6]}


def test_the_time_that_is_left_afterwards_is_used() -> None:
    must = np.array([0.0] * 6 + [20.0])
    made = room_for(street([*NEAR, 60.0], shifts=HOUR, must=must), {0: [0, 1]})
    assert len(made[0]) == 5


@pytest.mark.parametrize("seed", range(30))
def test_no_rule_is_broken_and_nothing_sure_is_lost(seed: int) -> None:
    problem = drawn_street(seed, candidates=14, shifts=3, locked=0.1)
    before = {route.shift: route.stops.tolist() for route in solve_greedily(problem).routes}
    made = room_for(problem, {s: before.get(s, []) for s in range(3)})
    sure = {*np.flatnonzero(problem.must >= SURE).tolist()}
    on = [{stop for order in each.values() for stop in order} for each in (before, made)]
    assert sure & on[0] <= on[1]
