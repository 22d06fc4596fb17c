from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.evaluation.targets.origins import (
    HISTORY_DAYS,
    Span,
    SplitError,
    choose_origins,
    read_origins,
    split_at,
)

moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2060, 1, 1))  # noqa: DTZ001 -- local times


def day(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [("90d", Span(days=90)), ("8w", Span(days=56)), ("2mo", Span(months=2)), ("2m", Span(months=2)),
     ("30", Span(days=30)), (" 3 Months ", Span(months=3))],
)  # fmt: skip
def test_a_span_is_read_in_days_weeks_or_months(text: str, span: Span) -> None:
    assert Span.parse(text) == span


@pytest.mark.parametrize("text", ["", "0d", "-3d", "2y", "d", "1.5mo", "90d90d"])
def test_an_unreadable_span_is_refused(text: str) -> None:
    with pytest.raises(SplitError):
        Span.parse(text)


@given(moments, st.integers(1, 400))
def test_days_forth_and_back_are_where_we_were(moment: datetime, days: int) -> None:
    span = Span(days=days)
    assert span.before(span.after(moment)) == moment


def test_a_month_that_is_too_short_gives_its_last_day() -> None:
    assert Span(months=1).after(day("2013-01-31")) == day("2013-02-28")


def test_origins_step_from_the_first_so_a_short_month_shifts_none_of_the_later() -> None:
    origins, _ = read_origins("2013-01-31:2013-03-31:1mo")
    assert origins == [day("2013-01-31"), day("2013-02-28"), day("2013-03-31")]


def test_the_bar_of_chicago_has_eleven_two_month_windows_that_tile_22_months() -> None:
    origins, every = read_origins("2013-01-01:2014-09-01:2mo")
    splits = split_at(origins, every)
    assert len(splits) == 11
    assert [split.end for split in splits[:-1]] == [split.origin for split in splits[1:]]
    assert splits[-1].end == day("2014-11-01")


@pytest.mark.parametrize(
    "text",
    ["2013-01-01", "2013-01-01:2012-01-01:30d", "now:2013-01-01:30d", "2000-01-01:2030-01-01:1d"],
)
def test_origins_that_make_no_backtest_are_refused(text: str) -> None:
    with pytest.raises(SplitError):
        read_origins(text)


def test_usual_origins_end_with_the_data_and_leave_history_before_the_first() -> None:
    first, end = day("2024-01-01"), day("2026-01-01")
    origins = choose_origins(first, end, Span(days=90))
    assert Span(days=90).after(origins[-1]) == end
    assert (origins[0] - first).days >= HISTORY_DAYS
    assert origins == sorted(origins)


def test_too_short_a_history_has_no_origin() -> None:
    with pytest.raises(SplitError):
        choose_origins(day("2024-01-01"), day("2024-11-01"), Span(days=90))
