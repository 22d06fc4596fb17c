"""Rules of the order in which locked stops are visited."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from governance.patrols.routing.solver.locked_stops import (
    locked_orders,
    overfull_shifts,
    sequence_locked,
    violation_s,
)
from tests.governance.patrols.routing.small_streets import drawn_street, shift, street

few = settings(max_examples=40)


def test_stops_are_walked_the_short_way() -> None:
    problem = street([300.0, 100.0, 200.0], shifts=(shift(0, lon=120.0, lat=30.0),))
    assert sequence_locked(problem, 0, [0, 1, 2]) == [1, 2, 0]


def test_hours_go_before_the_short_way() -> None:
    problem = street([100.0, 200.0], open_from=[15 * 60, 0], open_until=[1439, 14 * 60 + 5])
    assert sequence_locked(problem, 0, [0, 1]) == [1, 0]


def test_shifts_with_too_many_locked_stops_are_known() -> None:
    short = (shift(0, minutes=15), shift(1, minutes=15), shift(2, minutes=15))
    problem = street([0.0, 0.0, 0.0, 0.0], shifts=short, locked=[0, 0, 1, -1])
    orders = locked_orders(problem)
    assert orders == {0: [0, 1], 1: [2]}
    assert overfull_shifts(problem, orders) == {0}


@few
@given(st.integers(0, 10**6))
def test_what_can_be_done_in_time_mostly_is(seed: int) -> None:
    problem = drawn_street(seed, candidates=4, shifts=1)
    least = min(violation_s(problem, 0, list(one)) for one in permutations(range(4)))
    found = sequence_locked(problem, 0, range(4))
    assert sorted(found) == [0, 1, 2, 3]
    assert violation_s(problem, 0, found) <= max(least * 2, least + 600)
