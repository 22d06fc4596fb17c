"""How far places depart from what is known of them shows in visits that come back."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from risk.find_rate.frailty import STRENGTHS, place_strength


def simulated(
    k: float, seed: int, *, places: int = 3_000, each: int = 8, rate: float = 0.08
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Visit places of Gamma(k, k) frailty several times each; a find closes what was there."""
    rng = np.random.default_rng(seed)
    frailty = rng.gamma(k, 1 / k, places)
    place = np.tile(np.arange(places), each)
    expected = rng.uniform(0.5, 1.5, places * each) * rate
    y = (rng.random(len(place)) < -np.expm1(-frailty[place] * expected)).astype(np.float64)
    return y, expected, place


@pytest.mark.parametrize("k", [0.25, 0.5, 1.0, 2.0])
def test_the_strength_is_found_within_a_factor_of_two(k: float) -> None:
    found = place_strength(*simulated(k, 1), believed=1.0)
    assert k / 2 <= found <= 2 * k


def test_alike_places_are_told_from_unlike_ones() -> None:
    alike = place_strength(*simulated(100.0, 2), believed=1.0)
    unlike = place_strength(*simulated(0.25, 2), believed=1.0)
    assert alike >= 8 * unlike


@pytest.mark.parametrize("believed", [0.5, 2.0, 8.0])
def test_with_few_visits_it_is_what_is_believed(believed: float) -> None:
    y, expected, place = simulated(0.125, 3, places=6, each=2)
    assert place_strength(y, expected, place, believed=believed) == believed
    assert believed in STRENGTHS


def test_the_order_of_the_places_and_the_scale_of_the_expectations_do_not_matter() -> None:
    y, expected, place = simulated(0.5, 4, places=500)
    usual = place_strength(y, expected, place, believed=1.0)
    turned = place_strength(y, 7.0 * expected, place.max() - place, believed=1.0)
    assert usual == turned


def test_what_follows_a_find_says_nothing() -> None:
    """Whether a place that was found once is found again is no matter of its frailty."""
    y, expected, place = simulated(1.0, 5, places=400)
    before = np.zeros(len(y), dtype=bool)
    for each in range(400):
        rows = np.flatnonzero(place == each)
        before[rows] = np.cumsum(y[rows]) - y[rows] > 0
    kept = [name[~before] for name in (y, expected, place)]
    later = np.concatenate([kept[0], np.zeros(int(before.sum()))])
    some = expected[before] * 0.0
    whole = [later, np.concatenate([kept[1], some]), np.concatenate([kept[2], place[before]])]
    assert place_strength(*kept, believed=1.0) == place_strength(*whole, believed=1.0)
