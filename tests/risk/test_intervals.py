from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from risk.intervals import gamma_interval


@given(st.floats(0.01, 1e4), st.floats(0.01, 1e4), st.floats(0.05, 0.99))
def test_the_interval_is_that_of_the_gamma_distribution(
    mean: float, variance: float, level: float
) -> None:
    low, high = gamma_interval(np.array([mean]), np.array([variance]), level=level)
    known = stats.gamma(a=mean**2 / variance, scale=variance / mean).interval(level)
    assert (low[0], high[0]) == pytest.approx(known, rel=1e-6, abs=1e-9)


def test_more_evidence_makes_a_narrower_interval() -> None:
    mean = np.array([10.0, 10.0])
    low, high = gamma_interval(mean, np.array([100.0, 10.0]), level=0.8)
    assert high[1] - low[1] < high[0] - low[0]


def test_nothing_expected_has_nothing_around_it() -> None:
    low, high = gamma_interval(np.array([0.0]), np.array([0.0]), level=0.8)
    assert (low[0], high[0]) == (0, 0)
