"""Rules of company: no visit for a complaint is the only one that its surroundings see."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.patrols.routing.model.problem import FREE, PatrolProblem
from governance.patrols.routing.privacy.decoys import (
    DRAWN_AMONG,
    DecoySearch,
    add_decoys,
    fill_up,
    spread_out,
    stops_alone,
    stops_without_company,
    within_decoy_range,
)
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily
from governance.patrols.routing.solver.schedule import assemble
from tests.governance.patrols.routing.small_streets import assert_kept, drawn_street, shift, street

NEAR_M = 200.0
SHORT = (shift(0, minutes=22),)
"""Time for two visits next door to each other."""


def around(problem: PatrolProblem, sensitive: list[int], **facts: Any) -> DecoySearch:
    """Return what is known of candidates: some sensitive, all others ordinary."""
    told = np.isin(np.arange(problem.candidates), sensitive)
    plain: dict[str, Any] = {
        "sensitive": told,
        "ordinary": ~told,
        "wanting": told,
        "close": within_decoy_range(problem.lon, problem.lat, within_m=NEAR_M),
        "fixed": problem.locked != FREE,
        "chance": np.linspace(0, 1, problem.candidates, endpoint=False),
    }
    return DecoySearch(**(plain | facts))


def test_a_lone_stop_is_given_a_neighbour_on_the_same_round() -> None:
    problem = street([0.0, 100.0, 900.0], value=[[1.0], [0.01], [1.0]])
    about = around(problem, [0])
    assert stops_alone({0: [0, 2]}, about) == [(0, 0)]
    told = add_decoys(problem, {0: [0, 2]}, about)
    assert sorted(told.orders[0]) == [0, 1, 2]
    assert (told.joined, told.alone) == ({1}, [])


def test_an_ordinary_stop_near_is_company_and_a_sensitive_one_or_a_far_one_is_not() -> None:
    problem = street([0.0, 100.0, 900.0])
    assert stops_alone({0: [0, 1, 2]}, around(problem, [0])) == []
    assert stops_alone({0: [0, 1, 2]}, around(problem, [0, 1])) == [(0, 0), (0, 1)]
    assert stops_alone({0: [0, 2]}, around(problem, [0])) == [(0, 0)]
    assert stops_alone({0: [0], 1: [1]}, around(problem, [0])) == [(0, 0)]


def test_where_there_is_no_time_what_is_worth_least_gives_way() -> None:
    problem = street([0.0, 60.0, 60.0], shifts=SHORT, value=[[1.0], [0.3], [0.5]])
    about = around(problem, [0], ordinary=np.array([False, False, True]))
    about = about._replace(close=np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]], dtype=bool))
    told = add_decoys(problem, {0: [0, 1]}, about)
    assert sorted(told.orders[0]) == [0, 2]
    assert told.joined == {2}


def test_the_stop_itself_is_left_out_where_its_round_is_worth_more_with_another() -> None:
    problem = street([0.0, 60.0, 30.0, 60.0], shifts=SHORT, value=[[0.5], [0.4], [0.01], [0.3]])
    close = np.zeros((4, 4), dtype=bool)
    close[0, 2] = close[2, 0] = True  # only the third is company to the first
    about = around(problem, [0], close=close)
    told = add_decoys(problem, {0: [0, 1]}, about)
    assert (told.orders[0], told.joined, told.alone) == ([1], set(), [])
    assert sorted(fill_up(problem, told.orders, about, np.ones(4, dtype=bool))[0]) == [1, 3]
    poor = replace(problem, value=np.array([[0.5], [0.4], [0.01], [0.05]]))
    assert sorted(add_decoys(poor, {0: [0, 1]}, about).orders[0]) == [0, 2]


def test_what_is_fixed_never_gives_way_and_is_said_to_be_alone_instead() -> None:
    problem = street([0.0, 60.0, 60.0], shifts=SHORT, value=[[1.0], [0.3], [0.5]])
    close = np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]], dtype=bool)
    about = around(problem, [0], close=close, fixed=np.array([True, True, False]))
    told = add_decoys(problem, {0: [0, 1]}, about)
    assert (told.orders[0], told.alone) == ([0, 1], [0])
    free = add_decoys(problem, {0: [0, 1]}, about._replace(fixed=np.array([False, True, False])))
    assert (free.orders[0], free.alone) == ([1], [])


def test_a_stop_that_has_nobody_near_is_visited_and_said_to_be_alone() -> None:
    problem = street([0.0, 900.0])
    told = add_decoys(problem, {0: [0, 1]}, around(problem, [0]))
    assert (told.orders[0], told.alone) == ([0, 1], [0])


def test_company_is_drawn_among_the_nearest_few() -> None:
    places = [0.0, *(10.0 * number for number in range(1, DRAWN_AMONG + 3))]
    problem = street(places)
    everybody = range(1, DRAWN_AMONG + 3)
    first = {
        favourite: add_decoys(
            problem,
            {0: [0]},
            around(problem, [0], chance=np.where(np.arange(len(places)) == favourite, 0.0, 0.5)),
        ).joined
        for favourite in everybody
    }
    assert all(first[each] == {each} for each in range(1, DRAWN_AMONG + 1))
    assert all(first[each] == {1} for each in everybody if each > DRAWN_AMONG)


def test_a_shift_overfull_by_what_a_person_locked_is_left_as_it_is() -> None:
    problem = street([0.0, 60.0, 30.0], shifts=(shift(0, minutes=15),), locked=[0, 0, FREE])
    told = add_decoys(problem, {0: [0, 1]}, around(problem, [0, 1]))
    assert (told.orders[0], sorted(told.alone)) == ([0, 1], [0, 1])


def test_time_left_goes_to_what_needs_no_company_more() -> None:
    problem = street([0.0, 60.0, 120.0, 900.0], value=[[0.1], [0.2], [0.3], [0.9]])
    about = around(problem, [2, 3])
    everybody = np.ones(4, dtype=bool)
    assert sorted(fill_up(problem, {0: [0]}, about, everybody)[0]) == [0, 1, 2]
    assert sorted(fill_up(problem, {0: [0]}, about, np.isin(np.arange(4), [2]))[0]) == [0, 2]
    assert fill_up(problem, {0: []}, about, np.isin(np.arange(4), [2, 3]))[0] == []


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_every_rule_is_kept_and_whoever_is_still_alone_is_told(seed: int) -> None:
    problem = drawn_street(seed, candidates=12, shifts=3, locked=0.1)
    rng = np.random.default_rng(seed)
    close = rng.random((12, 12)) < 0.3
    close |= close.T
    np.fill_diagonal(close, val=False)
    about = around(problem, np.flatnonzero(rng.random(12) < 0.4).tolist(), close=close)
    before = {route.shift: route.stops.tolist() for route in solve_greedily(problem).routes}
    told = add_decoys(problem, before, about)
    filled = fill_up(problem, told.orders, about, np.ones(12, dtype=bool))
    for orders in (told.orders, filled):
        assert_kept(problem, assemble(problem, orders, method="x"))
    assert [stop for _, stop in stops_alone(told.orders, about)] == told.alone
    assert {stop for _, stop in stops_alone(filled, about)} <= {*told.alone}
    visited = {stop for order in told.orders.values() for stop in order}
    assert {*np.flatnonzero(about.fixed)} <= visited
    assert all(about.ordinary[each] for each in told.joined)


def test_an_ordinary_stop_has_company_as_well_so_that_company_tells_nothing() -> None:
    problem = street([0.0, 100.0, 900.0, 1_000.0], value=[[1.0], [0.01], [1.0], [0.01]])
    about = around(problem, [0], wanting=np.ones(4, dtype=bool))
    assert stops_without_company({0: [0, 2]}, about) == [(0, 0), (0, 2)]
    assert sorted(add_decoys(problem, {0: [0, 2]}, about).orders[0]) == [0, 1, 2, 3]
    assert stops_alone({0: [1, 2]}, about) == [], "only a sensitive stop is told to be alone"
    assert stops_without_company({0: [0, 1]}, about) == [], "to an ordinary one any is company"


def test_sensitive_stops_side_by_side_are_taken_to_two_rounds() -> None:
    two = (shift(0, minutes=60), shift(1, minutes=60))
    problem = street([0.0, 100.0], shifts=two)
    about = around(problem, [0, 1])
    assert sorted(map(sorted, spread_out(problem, {0: [0, 1], 1: []}, about).values())) == [
        [0],
        [1],
    ]
    ordinary = around(problem, [0])
    assert spread_out(problem, {0: [0, 1], 1: []}, ordinary)[0] == [0, 1]


def test_a_sensitive_stop_that_fits_no_other_round_is_left_out_unless_it_is_fixed() -> None:
    problem = street([0.0, 100.0], shifts=(shift(0, minutes=60),), value=[[1.0], [0.5]])
    about = around(problem, [0, 1])
    assert spread_out(problem, {0: [0, 1]}, about)[0] == [0]
    fixed = about._replace(fixed=np.array([True, True]))
    assert sorted(spread_out(problem, {0: [0, 1]}, fixed)[0]) == [0, 1]


def test_no_time_that_is_left_goes_to_a_sensitive_building_beside_another() -> None:
    problem = street([0.0, 50.0, 100.0, 150.0])
    about = around(problem, [0, 2])
    assert sorted(fill_up(problem, {0: [0]}, about, np.ones(4, dtype=bool))[0]) == [0, 1, 3]
