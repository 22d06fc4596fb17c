"""A strength that is said to hold is the one that all places together have."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.features.empirical_bayes import prior_strength
from risk.scoring.incremental_strength import MOST_DRIFT, StrengthWatch


def counts(seed: int, places: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    expected = rng.gamma(0.7, 1.0, places) * (rng.random(places) < 0.9)
    return rng.poisson(expected * np.exp(rng.normal(0, spread, places))).astype(float), expected


@settings(deadline=None, max_examples=200)
@given(
    seed=st.integers(0, 10_000),
    places=st.integers(1, 300),
    spread=st.floats(0, 1.5),
    drift=st.floats(0, 0.06),
    finds=st.integers(0, 5),
)
def test_a_strength_that_holds_is_that_of_the_counts_as_they_are_now(
    seed: int, places: int, spread: float, drift: float, finds: int
) -> None:
    found, expected = counts(seed, places, spread)
    watch = StrengthWatch(found, expected)
    rng = np.random.default_rng(seed + 1)
    found, expected = found.copy(), expected * np.exp(rng.uniform(-drift, drift, places))
    changed = rng.choice(places, min(2, places), replace=False)
    found[changed] += finds
    expected[changed] += 0.3
    new = np.array([places])
    found, expected = np.append(found, finds), np.append(expected, 0.2)
    codes = np.concatenate([changed, new])
    if watch.holds(codes, found[codes], expected[codes], drift=drift):
        assert drift <= MOST_DRIFT
        assert prior_strength(found, expected) == watch.strength


def test_of_many_places_a_strength_holds_while_little_changed() -> None:
    found, expected = counts(1, 20_000, 0.8)
    watch = StrengthWatch(found, expected)
    one = np.array([5])
    assert watch.holds(one, found[one] + 1, expected[one] + 0.1, drift=1e-4)
