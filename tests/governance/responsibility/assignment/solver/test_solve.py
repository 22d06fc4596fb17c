"""Rules of sharing buildings out among wardens."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.responsibility.assignment.solver.adjacency import find_strays, link_neighbours
from governance.responsibility.assignment.solver.problem import (
    NOBODY,
    Instance,
    Prices,
    Rules,
    fair_loads,
)
from governance.responsibility.assignment.solver.repair import RepairProblem, repair
from governance.responsibility.assignment.solver.solve import share_buildings


def make_instance(seed: int, *, buildings: int, wardens: int, areas: int = 1) -> Instance:
    """Draw a street: uneven loads, wardens with what is nearest, every tenth building vacant."""
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 40 * np.sqrt(buildings), (buildings, 2))
    area = rng.integers(0, areas, buildings)
    serves = np.zeros((areas, wardens), dtype=bool)
    serves[np.arange(wardens) % areas, np.arange(wardens)] = True
    post = place[rng.integers(0, buildings, wardens)]
    far = ((place[:, None] - post) ** 2).sum(axis=2)
    present = np.where(serves[area], far, np.inf).argmin(axis=1)
    present[(rng.random(buildings) < 0.1) | ~serves[area].any(axis=1)] = NOBODY
    return Instance(
        x_m=place[:, 0],
        y_m=place[:, 1],
        load=rng.lognormal(0, 0.6, buildings),
        area=area,
        serves=serves,
        present=present,
        available=np.ones(wardens, dtype=bool),
        fixed=np.full(buildings, NOBODY),
    )


def loads_of(instance: Instance, warden: np.ndarray) -> np.ndarray:
    held = warden != NOBODY
    return np.bincount(warden[held], instance.load[held], instance.wardens)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Draw an instance with areas, absences, fixed pairs and limits."""
    wardens = draw(st.integers(1, 7))
    made = make_instance(
        draw(st.integers(0, 999)),
        buildings=draw(st.integers(1, 60)),
        wardens=wardens,
        areas=draw(st.integers(1, 3)),
    )
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    available = rng.random(wardens) < 0.8
    there = np.flatnonzero(available)
    fixed = made.fixed.copy()
    if len(there):
        some = rng.random(made.buildings) < 0.1
        fixed[some] = rng.choice(there, int(some.sum()))
    barred = rng.random((made.buildings, wardens)) < 0.1
    return replace(made, available=available, fixed=fixed, barred=barred)


RULES = st.builds(Rules, stickiness=st.floats(0, 1))


@settings(max_examples=40)
@given(instance=instances(), rules=RULES)
def test_an_assignment_is_repeatable_and_keeps_areas_limits_absences_and_fixed_pairs(
    instance: Instance, rules: Rules
) -> None:
    answer = share_buildings(instance, rules, seed=7)
    assert (share_buildings(instance, rules, seed=7) == answer).all()
    assert instance.barred is not None
    fixed = instance.fixed != NOBODY
    may = instance.serves[instance.area] & instance.available & ~instance.barred
    may[fixed] = np.arange(instance.wardens) == instance.fixed[fixed, None]
    taken = answer != NOBODY
    assert (taken == may.any(axis=1)).all()
    assert may[taken, answer[taken]].all()


@given(instance=instances(), seed=st.integers(0, 999))
def test_one_pair_a_row_is_allowed_as_among_all_pairs(instance: Instance, seed: int) -> None:
    every = np.arange(instance.buildings)
    asked = np.random.default_rng(seed).integers(0, instance.wardens, instance.buildings)
    told = instance.allowed_each(asked)
    assert (told == instance.allowed_of(every)[every, asked]).all()


@settings(max_examples=15)
@given(instance=instances())
def test_full_stickiness_moves_nothing_that_may_stay(instance: Instance) -> None:
    answer = share_buildings(instance, Rules(stickiness=1.0), seed=1)
    allowed = instance.allowed_of(np.arange(instance.buildings))
    stays = instance.present != NOBODY
    stays[stays] = allowed[np.flatnonzero(stays), instance.present[stays]]
    assert (answer[stays] == instance.present[stays]).all()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("stickiness", [0.0, 0.5, 0.9])
def test_loads_are_within_five_percent_and_territories_in_one_piece(
    seed: int, stickiness: float
) -> None:
    instance = make_instance(seed, buildings=600, wardens=12)
    answer = share_buildings(instance, Rules(stickiness=stickiness), seed=0)
    loads = loads_of(instance, answer)
    assert loads.max() / loads.mean() <= 1.0501
    links = link_neighbours(instance.x_m, instance.y_m)
    everywhere = np.ones(instance.buildings, dtype=bool)
    assert not find_strays(links, answer, instance.load, counts=everywhere).any()


def test_more_stickiness_moves_fewer_buildings() -> None:
    instance = make_instance(4, buildings=600, wardens=12)
    changed = [
        int((share_buildings(instance, Rules(stickiness=s), seed=0) != instance.present).sum())
        for s in (0.0, 0.5, 0.8)
    ]
    assert changed[0] > changed[1] > changed[2]


@pytest.mark.parametrize("leaver", range(2))
def test_one_person_leaving_moves_at_most_a_tenth_of_the_others_buildings(leaver: int) -> None:
    instance = make_instance(5, buildings=250, wardens=5)
    settled = share_buildings(instance, Rules(), seed=0)
    available = np.arange(5) != leaver
    left = replace(instance, present=settled, available=available)
    answer = share_buildings(left, Rules(most_moved=0.10), seed=0)
    others = settled != leaver
    assert (answer[others] != settled[others]).mean() <= 0.10
    assert not (answer == leaver).any()
    assert loads_of(left, answer)[available].min() > 0


@settings(max_examples=20)
@given(seed=st.integers(0, 9_999))
def test_a_tiny_instance_is_solved_nearly_as_well_as_by_trying_everything(seed: int) -> None:
    instance = make_instance(seed, buildings=8, wardens=2)
    rules = Rules(stickiness=0.0, tolerance=0.3)
    answer = share_buildings(instance, rules, seed=0)
    place = np.c_[instance.x_m, instance.y_m]
    most = instance.load.sum() / 2 * 1.3

    def price(warden: np.ndarray) -> tuple[float, float]:
        """Return load outside the band, and the spread around the wardens' own centres."""
        loads = loads_of(instance, warden)
        spread = 0.0
        for own in (warden == 0, warden == 1):
            if own.any():
                centre = np.average(place[own], axis=0, weights=instance.load[own])
                spread += float((instance.load[own] * ((place[own] - centre) ** 2).sum(1)).sum())
        return float(np.maximum(0, loads - most).sum()), spread

    every = [price(np.array(choice)) for choice in product((0, 1), repeat=8)]
    feasible = [spread for excess, spread in every if excess <= 1e-9]
    excess, spread = price(answer)
    if feasible:
        assert excess <= 0.15 * instance.load.sum()
        assert spread <= 3.0 * min(feasible)


@settings(max_examples=25)
@given(seed=st.integers(0, 9_999), wardens=st.integers(2, 5))
def test_repairing_never_raises_the_price(seed: int, wardens: int) -> None:
    rng = np.random.default_rng(seed)
    instance = make_instance(seed, buildings=40, wardens=wardens)
    fair = np.full(wardens, instance.load.sum() / wardens)
    repaired = RepairProblem(
        links=link_neighbours(instance.x_m, instance.y_m),
        cost=rng.uniform(0, 10, (40, wardens)),
        load=instance.load,
        prices=Prices.of(Rules(), radius2=1.0, fair=fair),
        movable=np.ones(40, dtype=bool),
    )
    start = rng.integers(0, wardens, 40)
    assert repaired.price(repair(repaired, start)) <= repaired.price(start) + 1e-6


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("load", np.zeros(4), "positive"),
        ("x_m", np.array([0.0, 1.0, np.nan, 2.0]), "stand somewhere"),
        ("fixed", np.array([0, 1]), "differ in length"),
        ("available", np.array([False, True]), "absent"),
    ],
)
def test_an_impossible_instance_is_refused(field: str, value: np.ndarray, words: str) -> None:
    made = make_instance(1, buildings=4, wardens=2)
    made = replace(made, fixed=np.array([0, NOBODY, NOBODY, NOBODY]))
    with pytest.raises(ValueError, match=words):
        replace(made, **{field: value})


def test_rules_outside_their_range_are_refused() -> None:
    for wrong in ({"stickiness": 1.5}, {"tolerance": 0}, {"most_moved": 2}, {"rounds": 0}):
        with pytest.raises(ValueError, match="must be"):
            Rules(**wrong)  # type: ignore[arg-type]


def test_fair_loads_are_the_mean_where_nobody_serves_two_areas() -> None:
    serves = np.array([[True, True, False], [False, False, True]])
    assert fair_loads(np.array([6.0, 4.0]), serves).tolist() == [3.0, 3.0, 4.0]


def test_who_serves_two_areas_evens_them_out_as_far_as_he_can() -> None:
    serves = np.array([[True, True, False], [False, True, True]])
    assert fair_loads(np.array([6.0, 3.0]), serves) == pytest.approx([3.0, 3.0, 3.0])
    assert fair_loads(np.array([1.0, 9.0]), serves) == pytest.approx([1.0, 4.5, 4.5])


@settings(max_examples=40)
@given(seed=st.integers(0, 9_999), areas=st.integers(1, 4), wardens=st.integers(1, 5))
def test_no_split_of_the_areas_is_evener_than_the_fair_one(
    seed: int, areas: int, wardens: int
) -> None:
    rng = np.random.default_rng(seed)
    serves = rng.random((areas, wardens)) < 0.6
    serves[:, 0] = True
    load = rng.uniform(1, 9, areas)
    fair = fair_loads(load, serves)
    assert fair.sum() == pytest.approx(load.sum())
    for _ in range(30):
        split = rng.dirichlet(np.ones(wardens), areas) * serves
        other = (split / split.sum(axis=1, keepdims=True) * load[:, None]).sum(axis=0)
        assert (fair**2).sum() <= (other**2).sum() + 1e-3
