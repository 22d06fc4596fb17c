"""By how much a tenth is overstated, and how often the interval holds."""

from __future__ import annotations

import numpy as np
import pytest

from risk.evaluation.report.overstatement import of_top_tenth, overstatement


def test_the_ratio_is_expected_over_observed_with_garwoods_bounds() -> None:
    found = overstatement(20.0, 10.0)
    # Garwood's 95 % bounds of the mean behind a count of 10 are 4.795 and 18.391.
    assert found["ratio"] == 2.0
    assert found["low"] == pytest.approx(20 / 18.391, abs=1e-3)
    assert found["high"] == pytest.approx(20 / 4.795, abs=1e-3)


def test_where_nothing_came_only_a_lower_bound_is_known() -> None:
    found = overstatement(8.0, 0.0)
    assert found["ratio"] is None
    assert found["high"] is None
    assert found["low"] == pytest.approx(8 / 3.6889, abs=1e-3)


def test_nothing_expected_promises_nothing_too_much() -> None:
    assert overstatement(0.0, 5.0)["high"] == 0.0


@pytest.mark.parametrize("mean", [3.0, 12.0, 80.0])
@pytest.mark.parametrize("truth", [0.7, 1.0, 1.6])
def test_the_interval_holds_as_often_as_it_says(mean: float, truth: float) -> None:
    rng = np.random.default_rng(20261128)
    trials = 600
    found = [overstatement(truth * mean, float(n)) for n in rng.poisson(mean, trials)]
    held = sum(
        each["low"] <= truth and (each["high"] is None or truth <= each["high"]) for each in found
    )
    # Exact for every mean, so never rarer than 95 % but by chance (standard deviation 0.9 %) ...
    assert held / trials >= 0.95 - 0.027
    # ... and no wider than counts that jump from one whole number to the next make it.
    assert held / trials <= 0.995


def test_only_tenths_have_a_top_tenth_and_it_is_the_last() -> None:
    tenths = [{"expected": float(n), "observed": 1.0} for n in range(10)]
    found = of_top_tenth(tenths)
    assert found is not None
    assert found["ratio"] == 9.0
    assert of_top_tenth(tenths[:9]) is None
    assert of_top_tenth([]) is None
