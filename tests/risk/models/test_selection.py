from __future__ import annotations

import numpy as np
import pytest

from risk.models.selection import Track, log_likelihood


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
