"""Figures that offices tell: nobody can read a small count out of them."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.results.roll_ups import FEWEST, MOST_WEEKS, Count, Figures, RollUp, total, with_week

COUNTS = st.integers(0, 500)


@given(st.lists(COUNTS, max_size=8))
def test_a_sum_holds_the_true_sum(counts: list[int]) -> None:
    summed = total(Figures(cases_open=Count.of(count)) for count in counts).cases_open
    assert summed.low <= sum(counts) <= summed.high
    hidden = sum(0 < count < FEWEST for count in counts)
    assert summed.high - summed.low == hidden * (FEWEST - 2)


@given(st.lists(st.integers(1, FEWEST - 1), min_size=2, max_size=2), st.lists(COUNTS, max_size=5))
def test_offices_that_differ_in_a_small_count_alone_tell_the_same(
    small: list[int], others: list[int]
) -> None:
    first, second = (
        total(Figures(complaints=Count.of(count)) for count in (one, *others)) for one in small
    )
    assert first == second


def test_a_file_keeps_a_year_of_weeks(tmp_path: Path) -> None:
    weeks: dict[str, Figures] = {}
    for number in range(1, 70):
        weeks = with_week(weeks, f"20{26 + number // 53}-W{number % 53:02d}", Figures())
    assert len(weeks) == MOST_WEEKS
    assert min(weeks) == "2026-W17"
    at = datetime(2026, 11, 24, 4)  # noqa: DTZ001 -- naive UTC, as it is kept
    told = RollUp(office="east", name="东", told_at=at, weeks=weeks,
                  outline=(((117.1, 36.2), (117.2, 36.2), (117.2, 36.3)),))  # fmt: skip
    told.write(tmp_path)
    assert RollUp.read(tmp_path, "east") == told
    assert RollUp.read(tmp_path, "west") is None


def test_a_range_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="5, 1"):
        Count(5, 1)
