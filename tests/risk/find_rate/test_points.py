"""Points add up, to the bit, to the chance that a full visit finds something."""

from __future__ import annotations

from dataclasses import replace
from math import exp, expm1, log1p

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk import schema as c
from risk.features.factors import BASE
from risk.find_rate.columns import DOORS, REPORTED, WAITING, factor_of, reference_of, sign_of
from risk.find_rate.knowledge import Known
from risk.find_rate.model import FindRate
from risk.find_rate.points import (
    FACTOR_NAMES,
    POINT_COLUMNS,
    TICKS_PER_POINT,
    round_points,
    score_buildings,
)
from tests.risk.find_rate.made_up import COLUMNS, known_of, rate_of

seeds = st.integers(0, 2**32 - 1)
TICK = 1 / TICKS_PER_POINT
few = settings(max_examples=20, deadline=None)


def made_up(seed: int) -> tuple[Known, FindRate]:
    rng = np.random.default_rng(seed)
    known = known_of(rng, buildings=int(rng.integers(1, 30)), places=int(rng.integers(1, 90)))
    return known, rate_of(rng)


def plain(known: Known, rate: FindRate) -> dict[str, dict[str, float]]:
    """Work out points and score place by place and column by column, without rounding."""
    reference = dict(zip(rate.columns, reference_of(rate.columns, known.config), strict=True))
    weights = dict(zip(rate.columns, rate.weights, strict=True))
    base = rate.intercept + sum(weights[name] * reference[name] for name in COLUMNS)
    told = {}
    for building in known.features.buildings[c.BUILDING]:
        rows = known.x[(known.places["building"] == building).to_numpy()].to_dict("records")
        added = dict.fromkeys((BASE, *FACTOR_NAMES), 0.0)
        whole = 0.0
        for row in rows:
            effects = {n: weights[n] * (row[n] - reference[n]) for n in COLUMNS}
            theta = exp(base + sum(effects.values()))
            whole += theta
            # The logarithmic mean of the rate and that of a place of which nothing is known.
            log_ratio = sum(effects.values())
            mean = (theta - exp(base)) / log_ratio if log_ratio else theta
            for name, effect in effects.items():
                added[factor_of(name)] += mean * effect
        without = len(rows) * exp(base)
        before, after = -expm1(-without), -expm1(-whole)
        slope = (after - before) / (whole - without) if whole != without else exp(-without)
        points = {name: 100 * slope * value for name, value in added.items()}
        points[BASE] += 100 * before
        told[building] = points | {"score": 100 * after}
    return told


@few
@given(seeds)
def test_points_and_score_are_those_of_the_plain_formula(seed: int) -> None:
    known, rate = made_up(seed)
    scored = score_buildings(known, rate).set_index(c.BUILDING)
    for building, expected in plain(known, rate).items():
        assert scored.loc[building, c.SCORE] == pytest.approx(expected["score"], abs=TICK)
        for factor in FACTOR_NAMES:
            seen = scored.loc[building, c.points_column(factor)]
            assert seen == pytest.approx(expected[factor], abs=TICK), factor
        # What rounding leaves over goes to the base.
        seen = scored.loc[building, c.points_column(BASE)]
        assert seen == pytest.approx(expected[BASE], abs=len(POINT_COLUMNS) * TICK)


@few
@given(seeds)
def test_points_add_up_to_the_score_to_the_bit_in_any_order(seed: int) -> None:
    scored = score_buildings(*made_up(seed))
    columns = list(POINT_COLUMNS)
    assert c.point_columns(scored) == columns
    for _ in range(3):
        np.random.default_rng(seed).shuffle(columns)
        assert [sum(row) for row in scored[columns].itertuples(index=False)] == scored[
            c.SCORE
        ].tolist()
    ticks = scored[[*POINT_COLUMNS, c.SCORE]] * TICKS_PER_POINT
    assert (ticks == np.rint(ticks)).all(axis=None)


@few
@given(seeds)
def test_a_score_is_a_chance_in_per_cent_and_of_no_place_nothing(seed: int) -> None:
    known, rate = made_up(seed)
    scored = score_buildings(known, rate).set_index(c.BUILDING)[c.SCORE]
    assert ((scored >= 0) & (scored <= 100)).all()
    has_place = scored.index.isin(known.places["building"])
    assert (scored[~has_place] == 0).all()
    rates = pd.Series(np.exp(rate.log_rate(known.x)), index=known.places["building"])
    expected = -100 * np.expm1(-rates.groupby(level=0).sum())
    # A chance below the rounding of points is shown as none.
    assert (scored[has_place][expected[scored.index[has_place]] > 1 / TICKS_PER_POINT] > 0).all()


@pytest.mark.parametrize("column", [name for name in COLUMNS if sign_of(name)])
def test_a_column_moves_points_and_score_only_the_way_policy_allows(column: str) -> None:
    known, rate = made_up(3)
    more = replace(known, x=known.x.assign(**{column: known.x[column] + 0.7}))
    before, after = score_buildings(known, rate), score_buildings(more, rate)
    assert ((after[c.SCORE] - before[c.SCORE]) * sign_of(column) >= 0).all()
    alone = replace(known, x=known.x.assign(**dict.fromkeys(COLUMNS, 0.0)))
    alone = replace(
        alone,
        x=pd.DataFrame(
            np.tile(reference_of(COLUMNS, known.config), (len(known.x), 1)), columns=list(COLUMNS)
        ),
    )
    raised = replace(alone, x=alone.x.assign(**{column: alone.x[column] + 0.7}))
    factor = factor_of(column)
    points = score_buildings(raised, rate)[c.points_column(factor)]
    usual = score_buildings(alone, rate)[c.points_column(factor)]
    assert ((points - usual) * sign_of(column) >= 0).all()


def test_a_building_of_which_nothing_is_known_has_points_for_its_places_alone() -> None:
    known, rate = made_up(4)
    reference = np.tile(reference_of(COLUMNS, known.config), (len(known.x), 1))
    unknown = replace(known, x=pd.DataFrame(reference, columns=list(COLUMNS)))
    scored = score_buildings(unknown, rate)
    assert (scored[list(POINT_COLUMNS[1:])] == 0).all(axis=None)
    assert (scored[POINT_COLUMNS[0]] == scored[c.SCORE]).all()


def test_a_further_place_never_lowers_the_score_of_its_building() -> None:
    known, rate = made_up(5)
    places = pd.concat([known.places, known.places.iloc[:10]], ignore_index=True)
    x = pd.concat([known.x, known.x.iloc[:10]], ignore_index=True)
    more = score_buildings(replace(known, places=places, x=x), rate)
    assert (more[c.SCORE] >= score_buildings(known, rate)[c.SCORE]).all()
    assert (more[c.SCORE] > score_buildings(known, rate)[c.SCORE]).any()


def test_every_factor_is_told_once_and_doors_go_with_the_base() -> None:
    assert len(set(FACTOR_NAMES)) == len(FACTOR_NAMES)
    assert {factor_of(name) for name in COLUMNS} == {BASE, *FACTOR_NAMES}
    assert factor_of(DOORS) == BASE
    assert factor_of(WAITING) == c.COMPLAINTS
    assert all(factor_of(name) == name for name in REPORTED)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_rounded_points_are_multiples_of_the_tick(points: list[float]) -> None:
    rounded = round_points(np.array(points))
    assert (rounded * TICKS_PER_POINT == np.rint(rounded * TICKS_PER_POINT)).all()
    assert np.abs(rounded - points).max() <= TICK / 2
    assert not np.signbit(rounded[rounded == 0]).any()


def test_a_score_is_the_same_as_a_rate_told_otherwise() -> None:
    known, rate = made_up(6)
    scored = score_buildings(known, rate).set_index(c.BUILDING)[c.SCORE]
    theta = np.exp(rate.log_rate(known.x))
    sums = pd.Series(theta).groupby(known.places["building"].to_numpy()).sum()
    for building in scored.index[scored.between(0.1, 99.9)]:
        assert -log1p(-scored[building] / 100) == pytest.approx(sums[building], rel=0.02)
