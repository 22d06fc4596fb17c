"""Intervals hold the score, keep to what is possible, and are wider the less is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.cells import cells_of_points, disk
from risk import schema as c
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.find_rate import intervals
from risk.find_rate.intervals import (
    DRAWS,
    Draws,
    Units,
    draw_chances,
    interval_of_sums,
    intervals_of_sums,
)
from risk.find_rate.knowledge import Known
from risk.find_rate.model import FindRate
from risk.find_rate.own_rate import share_nearby
from risk.find_rate.points import score_buildings, sum_places
from tests.risk.find_rate.made_up import COLUMNS, known_of, rate_of

Ends = tuple[NDArray[np.float64], NDArray[np.float64]]
few = settings(max_examples=15, deadline=None)


def made_up(seed: int) -> tuple[Known, FindRate]:
    rng = np.random.default_rng(seed)
    return known_of(rng, buildings=25, places=120), rate_of(rng)


def of_buildings(known: Known, rate: FindRate, *, level: float = 0.8) -> Ends:
    score = score_buildings(known, rate)[c.SCORE].to_numpy()
    return intervals_of_sums(score, draw_chances(known, rate), [None], level=level)[0]


def width(known: Known, rate: FindRate, *, level: float = 0.8) -> NDArray[np.float64]:
    low, high = of_buildings(known, rate, level=level)
    return high - low


@few
@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
@example(347770, 1)
def test_an_interval_holds_its_score_and_what_can_be_found(seed: int, size: int) -> None:
    """Of buildings, and of any sums of them: 0 ≤ low ≤ score ≤ high ≤ 100 for each building."""
    known, rate = made_up(seed)
    score = score_buildings(known, rate)[c.SCORE].to_numpy()
    draws = draw_chances(known, rate)
    unit = np.random.default_rng(seed).integers(-1, size, len(score))
    for codes, count in ((np.arange(len(score)), len(score)), (unit, size)):
        low, high = interval_of_sums(score, draws, Units(of=codes, size=count), level=0.8)
        inside = codes >= 0
        total = np.bincount(codes[inside], score[inside], count)
        most = 100.0 * np.bincount(codes[inside], minlength=count)
        assert (low >= 0).all()
        assert (low <= total + 1e-9).all()
        assert (total <= high + 1e-9).all()
        assert (high <= np.maximum(most, 100.0) + 1e-9).all()
        assert (high[total == 0] == 0).all()


@pytest.mark.parametrize(
    "worse_known",
    [
        {"covariance": np.diag(np.full(len(COLUMNS) + 1, 0.002))},
        {"covariance": np.diag(np.full(len(COLUMNS) + 1, 1.0))},
        {"level_spread": 0.6},
        {"level_spread": 4.0},
    ],
    ids=["weights", "weights hardly at all", "level", "level hardly at all"],
)
def test_the_less_is_known_the_wider(worse_known: dict[str, object]) -> None:
    known, rate = made_up(1)
    unsure = rate_of(np.random.default_rng(0), **{**vars(rate), **worse_known})
    low, high = of_buildings(known, rate)
    lower, higher = of_buildings(known, unsure)
    assert (lower <= low).all()
    assert (higher >= high).all()
    assert (higher - lower).sum() > 1.05 * (high - low).sum()


def test_places_that_are_less_alike_have_wider_intervals() -> None:
    _, rate = made_up(1)
    widths = [
        width(
            known_of(
                np.random.default_rng(1),
                buildings=25,
                places=120,
                config=ScoreConfig(model=ModelConfig(strength=strength)),
            ),
            rate,
        )
        for strength in (0.5, 4.0)
    ]
    assert (widths[0] >= widths[1]).all()
    assert widths[0].sum() > widths[1].sum()


def test_a_surer_interval_is_wider_and_holds_the_less_sure_one() -> None:
    known, rate = made_up(2)
    low, high = of_buildings(known, rate, level=0.5)
    lower, higher = of_buildings(known, rate, level=0.95)
    assert (lower <= low).all()
    assert (high <= higher).all()


def test_the_draws_are_the_same_each_time() -> None:
    known, rate = made_up(3)
    one, other = draw_chances(known, rate), draw_chances(known, rate)
    drawn = np.concatenate(list(one.chances()))
    assert drawn.shape == (len(known.features.buildings), DRAWS)
    for again in (one, other):
        np.testing.assert_array_equal(np.concatenate(list(again.chances())), drawn)


def test_how_many_buildings_are_drawn_at_once_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, rate = made_up(4)
    score = score_buildings(known, rate)[c.SCORE].to_numpy()
    of = np.random.default_rng(4).integers(-1, 3, len(score))
    kinds = [None, Units(of=of, size=3)]
    whole = intervals_of_sums(score, draw_chances(known, rate), kinds, level=0.8)
    monkeypatch.setattr(intervals, "_BUILDINGS_AT_ONCE", 4)
    parts = intervals_of_sums(score, draw_chances(known, rate), kinds, level=0.8)
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


def test_a_building_by_itself_is_a_unit_of_one() -> None:
    known, rate = made_up(5)
    score, draws = score_buildings(known, rate)[c.SCORE].to_numpy(), draw_chances(known, rate)
    each = Units(of=np.arange(len(score)), size=len(score))
    alone, as_unit = intervals_of_sums(score, draws, [None, each], level=0.8)
    np.testing.assert_allclose(alone, as_unit, rtol=1e-6)


def test_the_spread_of_sums_is_that_of_the_draws_in_full_precision() -> None:
    """Beside the plain way: every draw of every place, all at once."""
    known, rate = made_up(6)
    buildings = len(known.features.buildings)
    rows, weights = known.building_rows, rate.weights
    values, vectors = np.linalg.eigh(rate.covariance)
    normal = intervals._normal_draws(len(weights) + 2)
    off = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T @ normal[:-1]
    ones = np.ones((len(known.x), 1))
    change = np.hstack([ones, known.x[list(rate.columns)]]) @ off + rate.level_spread * normal[-1]
    rates = np.exp(rate.log_rate(known.x))[:, None] * np.exp(np.clip(change, -5.0, 5.0))
    sums = [sum_places(rows, of_draw, buildings) for of_draw in rates.T]
    chances = -np.expm1(-np.stack(sums, axis=1))
    drawn = np.concatenate(list(draw_chances(known, rate).chances()))
    np.testing.assert_allclose(drawn, chances, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(drawn.sum(axis=0).std(), chances.sum(axis=0).std(), rtol=1e-5)


def uncertain(count: int, *, shared: float, cells: pd.Series) -> Draws:
    cell, nearby = share_nearby(cells)
    return Draws(
        chances=lambda: iter([np.full((count, DRAWS), 0.05, np.float32)]),
        variance=np.ones(count),
        shared=shared, cell=cell, nearby=nearby,
    )  # fmt: skip


def far_apart(count: int) -> pd.Series:
    """Return as many cells of resolution 10, each kilometres from the next."""
    lon, lat = 110.0 + 0.05 * (np.arange(count) % 200), 20.0 + 0.05 * (np.arange(count) // 200)
    return pd.Series(cells_of_points(lon, lat, resolution=10), dtype="str")


FEW, MANY = 100, 10_000


def width_of_few(shared: float, cells: pd.Series, *, of: int = MANY) -> float:
    """Return the width over the sum of the first hundred buildings, of so many in the office."""
    units = Units(of=np.where(np.arange(of) < FEW, 0, -1), size=1)
    draws = uncertain(of, shared=shared, cells=cells)
    low, high = interval_of_sums(np.full(of, 5.0), draws, units, level=0.8)
    return float((high - low)[0] / (FEW * 5.0))


def test_what_each_building_has_of_its_own_evens_out_in_a_sum_and_what_is_shared_does_not() -> None:
    elsewhere = far_apart(MANY - FEW + 1)
    together = pd.concat([elsewhere[:1].repeat(FEW), elsewhere[1:]], ignore_index=True)
    apart = pd.concat([far_apart(FEW + MANY)[MANY:], elsewhere[1:]], ignore_index=True)
    own, common = width_of_few(0.0, together), width_of_few(1.0, together)
    assert common > 5 * own
    assert width_of_few(1.0, apart) == pytest.approx(own, rel=0.02)


def test_the_nearer_buildings_are_to_each_other_the_more_they_share() -> None:
    """In one cell, in cells next to each other, two steps apart, and out of reach."""
    centre = far_apart(1)
    about = disk(centre.to_numpy(dtype=np.str_), 5)
    elsewhere = far_apart(MANY)[1 : MANY - FEW + 1]
    widths = []
    for steps in (0, 1, 2, 5):
        other = pd.Series(about[1][about[2] == steps][:1], dtype="str")
        pair = pd.concat([centre, other]).repeat(FEW // 2)
        widths.append(width_of_few(1.0, pd.concat([pair, elsewhere], ignore_index=True)))
    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) == len(widths)


def test_an_office_as_a_whole_departs_from_its_level_by_nothing() -> None:
    """Its buildings do; of half of it the variance is half of what it were of an equal sum."""
    cells = far_apart(MANY)
    whole = width_of_few(0.5, cells[:FEW], of=FEW)
    half, small = width_of_few(0.5, cells[: 2 * FEW], of=2 * FEW), width_of_few(0.5, cells)
    assert whole == pytest.approx(0.0, abs=1e-6)
    assert half == pytest.approx(np.sqrt(0.5) * small, rel=0.02)


def test_without_anything_unknown_the_interval_is_the_score() -> None:
    chances = np.tile(np.array([[0.0], [0.01], [0.5], [0.9]], np.float32), DRAWS)
    draws = replace(
        uncertain(4, shared=0.0, cells=far_apart(4)), variance=np.zeros(4),
        chances=lambda: iter([chances]),
    )  # fmt: skip
    score = np.array([0.0, 1.0, 50.0, 90.0])
    ((low, high),) = intervals_of_sums(score, draws, [None], level=0.8)
    np.testing.assert_allclose(low, score, atol=1e-6)
    np.testing.assert_allclose(high, score, atol=1e-6)


def test_what_a_computer_rounds_otherwise_changes_no_interval() -> None:
    """Another order of additions must not turn the draws: a snapshot is the same everywhere."""
    known, rate = made_up(1)
    noise = 1e-15 * np.random.default_rng(2).standard_normal(rate.covariance.shape)
    other = replace(rate, covariance=rate.covariance + noise + noise.T)
    np.testing.assert_allclose(of_buildings(known, rate), of_buildings(known, other), rtol=1e-6)
