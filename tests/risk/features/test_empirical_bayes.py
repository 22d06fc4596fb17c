"""Empirical Bayes: strengths, ratios, rates and intervals, against esda, scipy and plain sums."""

from __future__ import annotations

import numpy as np
import pytest
from esda.smoothing import Empirical_Bayes
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from risk.features.empirical_bayes import (
    STRENGTHS,
    gamma_interval,
    local_mean,
    log_ratio,
    moment_strength,
    prior_strength,
    smooth_rates,
)

PLACES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 1_000)), min_size=2, max_size=40)


@given(PLACES)
def test_rates_agree_with_esda_where_places_differ_more_than_chance(
    places: list[tuple[int, int]],
) -> None:
    events, exposure = np.array(places, dtype=float).T
    ours = smooth_rates(events, exposure)
    if ours.weight.max() > 0:
        theirs = Empirical_Bayes(events, exposure).r.ravel()
        np.testing.assert_allclose(ours.smoothed, theirs, rtol=1e-9, atol=1e-12)


@given(PLACES)
def test_a_smoothed_rate_lies_between_the_raw_rate_and_the_mean(
    places: list[tuple[int, int]],
) -> None:
    events, exposure = np.array(places, dtype=float).T
    rates = smooth_rates(events, exposure)
    low, high = np.minimum(rates.raw, rates.mean), np.maximum(rates.raw, rates.mean)
    assert (rates.smoothed >= low - 1e-12).all()
    assert (rates.smoothed <= high + 1e-12).all()
    assert ((rates.weight >= 0) & (rates.weight <= 1)).all()


def test_a_place_without_exposure_has_no_raw_rate_and_gets_the_mean() -> None:
    for events, exposure, mean in (([0.0, 3.0], [0.0, 10.0], 0.3), ([0.0], [0.0], 0.0)):
        rates = smooth_rates(np.array(events), np.array(exposure))
        assert np.isnan(rates.raw[0])
        assert rates.smoothed[0] == rates.mean == mean


def test_moments_find_the_strength_that_made_the_counts() -> None:
    rng = np.random.default_rng(6)
    expected = rng.uniform(1, 9, 20_000)
    found = rng.poisson(expected * rng.gamma(4, 1 / 4, 20_000)).astype(float)
    for mean_is_known in (True, False):
        strength = moment_strength(found, expected, mean_is_known=mean_is_known)
        assert strength == pytest.approx(4, rel=0.1)


def test_an_estimated_mean_costs_one_degree_of_freedom() -> None:
    """The worked formula of DerSimonian and Laird on three levels."""
    found, expected = np.array([2.0, 9.0, 22.0]), np.array([5.0, 8.0, 20.0])
    excess = 9 / 5 + 1 / 8 + 4 / 20 - 2
    room = 33 - (25 + 64 + 400) / 33
    assert moment_strength(found, expected, mean_is_known=False) == pytest.approx(room / excess)
    assert moment_strength(found, expected, mean_is_known=True) == np.inf


def test_places_that_differ_no_more_than_chance_all_get_the_mean() -> None:
    rates = smooth_rates(np.array([1.0, 1.0, 1.0]), np.array([100.0, 100.0, 100.0]))
    assert rates.weight.tolist() == [0, 0, 0]
    assert rates.smoothed == pytest.approx([0.01] * 3)


def test_the_strength_maximises_the_negative_binomial_likelihood() -> None:
    rng = np.random.default_rng(3)
    expected = rng.uniform(0.2, 6, 400)
    found = rng.poisson(expected * rng.gamma(2, 1 / 2, 400)).astype(float)
    by_scipy = [stats.nbinom.logpmf(found, k, k / (k + expected)).sum() for k in STRENGTHS]
    assert prior_strength(found, expected) == STRENGTHS[int(np.argmax(by_scipy))] == 2.0


def test_places_that_differ_by_chance_alone_are_drawn_together() -> None:
    rng = np.random.default_rng(4)
    expected = rng.uniform(0.2, 6, 2000)
    assert prior_strength(rng.poisson(expected).astype(float), expected) >= 64


def test_without_any_expectation_nothing_is_believed() -> None:
    assert prior_strength(np.zeros(3), np.zeros(3)) == STRENGTHS[-1]


@given(st.floats(0.001, 100), st.floats(0.001, 100), st.sampled_from(STRENGTHS.tolist()))
def test_a_ratio_lies_between_the_places_own_and_none(o: float, e: float, k: float) -> None:
    ratio = float(log_ratio(np.array([o]), np.array([e]), k)[0])
    assert ratio == pytest.approx(0) or (ratio > 0) == (o > e)
    assert abs(ratio) <= abs(np.log(o / e)) + 1e-12


def test_a_steady_office_is_expected_to_find_its_mean() -> None:
    day = np.repeat(np.arange(200), 4)
    found = np.tile([1.0, 0.0, 0.0, 0.0], 200)
    assert np.allclose(local_mean(day, found, width_days=30), 0.25)


def test_the_level_agrees_with_the_plain_double_sum() -> None:
    rng = np.random.default_rng(5)
    day = np.sort(rng.integers(15_000, 15_300, 150))
    found = rng.poisson(1, 150).astype(float)
    apart = np.abs(day[:, None] - day[None])
    weight = np.where(apart <= 60, np.exp(-0.5 * (apart / 20.0) ** 2), 0.0)
    assert np.allclose(local_mean(day, found, width_days=20), weight @ found / weight.sum(axis=1))


@given(st.floats(0.01, 1e4), st.floats(0.01, 1e4), st.floats(0.05, 0.99))
def test_the_interval_is_that_of_the_gamma_distribution(
    mean: float, variance: float, level: float
) -> None:
    low, high = gamma_interval(np.array([mean]), np.array([variance]), level=level)
    known = stats.gamma(a=mean**2 / variance, scale=variance / mean).interval(level)
    assert (low[0], high[0]) == pytest.approx(known, rel=1e-6, abs=1e-9)


def test_nothing_expected_has_nothing_around_it() -> None:
    low, high = gamma_interval(np.array([0.0]), np.array([0.0]), level=0.8)
    assert (low[0], high[0]) == (0, 0)
