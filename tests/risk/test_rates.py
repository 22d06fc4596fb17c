from __future__ import annotations

import numpy as np
import pytest
from esda.smoothing import Empirical_Bayes
from hypothesis import given
from hypothesis import strategies as st

from risk.rates import smooth_rates

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


def test_rates_agree_with_esda_on_homicides_in_st_louis() -> None:
    libpysal = pytest.importorskip("libpysal")
    path = libpysal.examples.get_path("stl_hom.csv")
    if path is None:
        pytest.skip("libpysal does not ship its St. Louis example here")
    table = np.genfromtxt(path, delimiter=",", skip_header=1, usecols=(10, 13))
    ours = smooth_rates(table[:, 0], table[:, 1])
    theirs = Empirical_Bayes(table[:, 0], table[:, 1]).r.ravel()
    np.testing.assert_allclose(ours.smoothed, theirs, rtol=1e-12)


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


def test_a_larger_place_keeps_more_of_its_own_rate() -> None:
    weight = smooth_rates(np.array([0.0, 50.0, 5.0]), np.array([10.0, 100.0, 1_000.0])).weight
    assert weight[0] < weight[1] < weight[2]


def test_places_that_differ_no_more_than_chance_all_get_the_mean() -> None:
    rates = smooth_rates(np.array([1.0, 1.0, 1.0]), np.array([100.0, 100.0, 100.0]))
    assert rates.weight.tolist() == [0, 0, 0]
    assert rates.smoothed == pytest.approx([0.01] * 3)


def test_a_place_without_exposure_has_no_raw_rate_and_gets_the_mean() -> None:
    rates = smooth_rates(np.array([0.0, 3.0]), np.array([0.0, 10.0]))
    assert np.isnan(rates.raw[0])
    assert rates.smoothed[0] == rates.mean == 0.3


def test_no_exposure_at_all_gives_no_rates() -> None:
    rates = smooth_rates(np.array([0.0]), np.array([0.0]))
    assert rates.mean == 0
    assert np.isnan(rates.raw).all()
