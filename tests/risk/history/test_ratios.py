from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from risk.history.ratios import STRENGTHS, local_mean, log_ratio, prior_strength


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
