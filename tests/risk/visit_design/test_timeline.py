from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk.visit_design.timeline import lay_cuts


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
