from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.tuning import Track, lay_cuts, log_likelihood


@given(
    st.lists(st.integers(1000, 3000), min_size=1, max_size=12),
    st.integers(0, 900),
    st.integers(7, 120),
)
def test_cuts_begin_in_the_past_and_are_never_close_together(
    origins: list[int], first: int, window: int
) -> None:
    cuts = lay_cuts(origins, first_day=first, window_days=window)
    assert min(origins) in cuts
    assert cuts == sorted(cuts)
    assert cuts[0] >= first
    assert cuts[0] - window < first
    gaps = np.diff(cuts)
    assert (gaps >= 0.6 * window).all()
    assert (gaps <= 1.6 * window).all()
    assert cuts[-1] <= max(origins)


def test_weekly_origins_share_the_cuts_of_whole_windows() -> None:
    cuts = lay_cuts(range(1000, 1125, 7), first_day=990, window_days=60)
    assert cuts == [1000, 1049, 1098]


def test_only_the_order_and_spread_of_what_was_foretold_counts() -> None:
    y, s = np.array([0.0, 1.0, 2.0]), np.array([-1.0, 0.0, 0.5])
    assert log_likelihood(y, s) == pytest.approx(log_likelihood(y, s + 7))
    assert log_likelihood(y, s) > log_likelihood(y, -s)


def test_a_window_counts_only_once_its_outcomes_are_known() -> None:
    track = Track()
    track.note("a", known_from=10, likelihood=1.0)
    track.note("b", known_from=20, likelihood=5.0)
    assert track.best(["a", "b"], 10) == "a"
    assert track.best(["a", "b"], 20) == "b"


def test_before_anything_is_known_the_first_setting_holds() -> None:
    assert Track().best(["a", "b"], 0) == "a"
