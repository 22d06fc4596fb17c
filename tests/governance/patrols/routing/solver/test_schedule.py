"""Rules of when a team is where."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from governance.patrols.routing.solver.feasibility import check_solution
from governance.patrols.routing.solver.schedule import (
    assemble,
    fits,
    late_stops,
    over_minutes,
    time_route,
)
from tests.governance.patrols.routing.small_streets import drawn_street, few, shift, street


def test_visits_follow_each_other_with_the_walk_between_them() -> None:
    there = shift(0, lon=120.0, lat=30.0)
    route = time_route(street([120.0, 360.0], shifts=(there,)), 0, [0, 1])
    assert route.arrive.tolist() == [14 * 60 + 2, 14 * 60 + 2 + 10 + 4]
    assert (route.ends, route.minutes, route.metres) == (14 * 60 + 26, 26, 360.0)


def test_a_team_without_a_start_starts_at_its_first_stop() -> None:
    route = time_route(street([5000.0, 5060.0]), 0, [0, 1])
    assert route.arrive.tolist() == [14 * 60, 14 * 60 + 11]
    assert route.metres == 60.0


def test_a_team_leaves_later_rather_than_wait_before_a_door() -> None:
    problem = street([0.0, 60.0], open_from=[0, 15 * 60])
    route = time_route(problem, 0, [0, 1])
    assert route.arrive.tolist() == [15 * 60 - 11, 15 * 60]
    assert route.minutes == 21


def test_a_team_does_not_leave_so_late_that_it_misses_a_door() -> None:
    problem = street([0.0, 60.0], open_from=[0, 15 * 60], open_until=[14 * 60, 16 * 60])
    route = time_route(problem, 0, [0, 1])
    assert route.arrive.tolist() == [14 * 60, 15 * 60]
    assert route.minutes == 70
    assert fits(problem, route)


def test_a_visit_may_begin_within_the_last_minute() -> None:
    there = shift(0, lon=120.0, lat=30.0)
    for metres, late in ((119.0, False), (120.0, True)):
        problem = street([metres], shifts=(there,), open_until=[14 * 60 + 1])
        assert late_stops(problem, time_route(problem, 0, [0])).tolist() == [late]


def test_what_lasts_too_long_is_timed_and_says_by_how_much() -> None:
    problem = street([0.0, 0.0, 0.0], shifts=(shift(0, minutes=25),))
    assert over_minutes(problem, time_route(problem, 0, [0, 1])) == 0
    assert over_minutes(problem, time_route(problem, 0, [0, 1, 2])) == 5


def test_an_end_after_the_shift_counts_as_too_long() -> None:
    problem = street([0.0], open_from=[17 * 60 - 4])
    assert over_minutes(problem, time_route(problem, 0, [0])) == 6


def test_a_shift_without_stops_takes_no_time() -> None:
    route = time_route(street([0.0]), 0, [])
    assert (len(route.arrive), route.metres, route.minutes) == (0, 0.0, 0)
    assert over_minutes(street([0.0]), route) == 0


@few
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_times_are_those_of_a_plain_check(seed: int, candidates: int) -> None:
    drawn = drawn_street(seed, candidates=candidates, shifts=1)
    problem = replace(drawn, value=np.nan_to_num(drawn.value))
    order = np.random.default_rng(seed).permutation(candidates).tolist()
    faults = check_solution(problem, assemble(problem, {0: order}, method="given"))
    assert (faults == []) == fits(problem, time_route(problem, 0, order))
    assert not any("not as said" in one or ", not " in one for one in faults)


@few
@given(st.integers(0, 10**6))
def test_no_other_second_of_leaving_makes_a_route_shorter(seed: int) -> None:
    problem = drawn_street(seed, candidates=3, shifts=1)
    route = time_route(problem, 0, [0, 1, 2])
    if late_stops(problem, route).any():
        return
    hours = problem.shifts[0]
    walks = [int(problem.start_walk_s[0, 0]), *problem.walk_s[[0, 1], [1, 2]].tolist()]
    for leave in range(hours.from_minute * 60, hours.until_minute * 60, 30):
        now, late = leave, False
        for stop, walk in zip((0, 1, 2), walks, strict=True):
            now = max(now + walk, int(problem.open_from[stop]) * 60)
            late |= now // 60 > problem.open_until[stop]
            now += int(problem.minutes[stop]) * 60
        assert late or now - leave > (route.minutes - 1) * 60
