"""Rules of the order that nobody can tell beforehand: rounds change days and are turned round."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.patrols.routing.model.problem import FREE
from governance.patrols.routing.privacy.shuffle_routes import MOST_LONGER, shuffle_routes
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily
from governance.patrols.routing.solver.schedule import assemble
from tests.governance.patrols.routing.small_streets import assert_kept, drawn_street, shift, street

SEEDS = [str(number) for number in range(240)]
THREE = (shift(0), shift(1), shift(2))
ROUNDS = {0: [0], 1: [1], 2: [2]}
SAME = ["term_day"] * 3


def test_every_round_is_in_every_equal_shift_as_often_as_any_other() -> None:
    problem = street([0.0, 500.0, 1000.0], shifts=THREE)
    where = Counter(
        (number, stop)
        for seed in SEEDS
        for number, (stop,) in shuffle_routes(problem, ROUNDS, slots=SAME, seed=seed).items()
    )
    spread = np.sqrt(len(SEEDS) * 2 / 9)
    assert len(where) == 9
    assert max(abs(count - len(SEEDS) / 3) for count in where.values()) < 5 * spread


def test_whoever_has_the_seed_can_work_the_order_out_again() -> None:
    problem = street([0.0, 500.0, 1000.0], shifts=THREE)
    assert shuffle_routes(problem, ROUNDS, slots=SAME, seed="a") == shuffle_routes(
        problem, ROUNDS, slots=SAME, seed="a"
    )


@pytest.mark.parametrize(
    ("other", "slots"),
    [
        ({}, ["term_day", "rest_day"]),
        ({"from_minute": 840 + 10}, ["term_day"] * 2),
        ({"minutes": 100}, ["term_day"] * 2),
        ({"joint": True}, ["term_day"] * 2),
        ({"lon": 120.0, "lat": 30.0}, ["term_day"] * 2),
    ],
)
def test_shifts_that_differ_exchange_nothing(other: dict[str, object], slots: list[str]) -> None:
    problem = street([0.0, 0.0], shifts=(shift(0), shift(1, **other)))
    for seed in SEEDS[:20]:
        assert shuffle_routes(problem, {0: [0], 1: [1]}, slots=slots, seed=seed) == {0: [0], 1: [1]}


def test_a_round_stays_where_a_person_fixed_a_stop_of_it_or_another_day_is_impossible() -> None:
    fixed = street([0.0, 0.0, 0.0], shifts=THREE, locked=[0, FREE, FREE])
    appointed = street(
        [0.0, 0.0, 0.0], shifts=THREE, value=[[1.0, np.nan, np.nan], [1.0] * 3, [1.0] * 3]
    )
    for problem in (fixed, appointed):
        orders = [shuffle_routes(problem, ROUNDS, slots=SAME, seed=seed) for seed in SEEDS[:40]]
        assert all(order[0] == [0] for order in orders)
        assert {order[1][0] for order in orders} == {1, 2}


def test_about_half_of_the_rounds_are_walked_the_other_way_round() -> None:
    problem = street([0.0, 300.0, 600.0])
    turned = [shuffle_routes(problem, {0: [0, 1, 2]}, slots=["x"], seed=seed)[0] for seed in SEEDS]
    assert {tuple(order) for order in turned} == {(0, 1, 2), (2, 1, 0)}
    assert 0.35 < np.mean([order == [2, 1, 0] for order in turned]) < 0.65


def test_a_round_is_not_turned_where_that_is_far_longer_or_comes_late() -> None:
    start = (shift(0, lon=120.0, lat=30.0),)
    longer = street([100.0, 900.0], shifts=start)  # 900 m, or 1,700 m the other way
    late = street([0.0, 60.0], open_until=[14 * 60, 1439])
    for problem in (longer, late):
        for seed in SEEDS[:20]:
            assert shuffle_routes(problem, {0: [0, 1]}, slots=["x"], seed=seed) == {0: [0, 1]}


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.text(min_size=1, max_size=3))
def test_what_was_varied_still_keeps_every_rule_and_is_worth_the_same(
    number: int, seed: str
) -> None:
    drawn = drawn_street(number, candidates=10, shifts=4, locked=0.1)
    problem = replace(drawn, shifts=tuple(
        replace(each, from_minute=840, minutes=70, lon=None, lat=None) for each in drawn.shifts
    ), start_metres=np.zeros(drawn.start_metres.shape))  # fmt: skip
    worth = np.nan_to_num(problem.value).max(axis=1)[:, None]
    problem = replace(problem, value=np.where(np.isnan(problem.value), np.nan, worth))
    before = solve_greedily(problem)
    orders = {route.shift: route.stops.tolist() for route in before.routes}
    after = assemble(
        problem, shuffle_routes(problem, orders, slots=["x"] * 4, seed=seed), method="varied"
    )
    assert_kept(problem, after)
    assert after.left.tolist() == before.left.tolist()
    walked = sum(route.metres for route in before.routes)
    assert sum(route.metres for route in after.routes) <= walked * MOST_LONGER + 1e-6
