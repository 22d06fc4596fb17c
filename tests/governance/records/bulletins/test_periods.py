"""Periods: which days belong to one, which comes before, which lies a year before."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusals import refused_as

from data.calendars.calendar import Calendar
from data.calendars.read import HOLIDAY, SCHOOL_BREAK, Span
from governance.records.bulletins.periods import (
    BulletinKind,
    campaigns,
    period_before,
    period_of,
    period_of_last_year,
    periods_until,
    read_period,
)

SPANS = (
    Span(first=date(2025, 7, 5), last=date(2025, 8, 31), kind=SCHOOL_BREAK),
    Span(first=date(2025, 12, 28), last=date(2026, 2, 20), kind=SCHOOL_BREAK),
    Span(first=date(2026, 7, 4), last=date(2026, 8, 31), kind=SCHOOL_BREAK),
    Span(first=date(2026, 5, 1), last=date(2026, 5, 5), kind=HOLIDAY),
    Span(first=date(2026, 10, 1), last=date(2026, 10, 8), kind=HOLIDAY),
    Span(first=date(2026, 1, 1), last=date(2026, 1, 3), kind=HOLIDAY),
)
CALENDAR = Calendar(spans=SPANS)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
REGULAR = st.sampled_from([k for k in BulletinKind if k != BulletinKind.CAMPAIGN])


@given(REGULAR, DAYS)
def test_every_day_lies_in_one_period_that_its_key_names(kind: BulletinKind, day: date) -> None:
    period = period_of(kind, day, CALENDAR)
    assert period is not None
    assert period.first <= day <= period.last
    assert read_period(kind, period.key, CALENDAR) == period
    assert all(period_of(kind, end, CALENDAR) == period for end in (period.first, period.last))


@given(REGULAR, DAYS)
def test_the_period_before_ends_the_day_before(kind: BulletinKind, day: date) -> None:
    period = period_of(kind, day, CALENDAR)
    assert period is not None
    assert period_before(period, CALENDAR).last == period.first - timedelta(days=1)


@given(REGULAR, DAYS)
def test_the_period_of_last_year_lies_a_year_before(kind: BulletinKind, day: date) -> None:
    period = period_of(kind, day, CALENDAR)
    assert period is not None
    earlier = period_of_last_year(period, CALENDAR)
    assert earlier is not None
    assert abs((period.first - earlier.first).days - 365) <= 7
    assert (earlier.kind, earlier.last.year) in {(kind, period.last.year - n) for n in (0, 1, 2)}


def test_weeks_are_iso_weeks_and_quarters_of_the_year() -> None:
    assert read_period(BulletinKind.WEEKLY, "2026-W53", CALENDAR).last == date(2027, 1, 3)
    assert read_period(BulletinKind.WEEKLY, "2025-W01", CALENDAR).first == date(2024, 12, 30)
    quarter = read_period(BulletinKind.QUARTERLY, "2026-Q4", CALENDAR)
    assert (quarter.first, quarter.last) == (date(2026, 10, 1), date(2026, 12, 31))
    last_week = read_period(BulletinKind.WEEKLY, "2026-W53", CALENDAR)
    assert period_of_last_year(last_week, CALENDAR) == read_period(
        BulletinKind.WEEKLY, "2025-W52", CALENDAR
    )


def test_campaigns_are_school_breaks_and_the_two_holidays() -> None:
    assert {each.key: (each.first, each.last) for each in campaigns(CALENDAR)} == {
        "2025-summer_break": (date(2025, 7, 5), date(2025, 8, 31)),
        "2026-winter_break": (date(2025, 12, 28), date(2026, 2, 20)),
        "2026-summer_break": (date(2026, 7, 4), date(2026, 8, 31)),
        "2026-may_holiday": (date(2026, 5, 1), date(2026, 5, 5)),
        "2026-national_holiday": (date(2026, 10, 1), date(2026, 10, 8)),
    }


def test_a_campaign_is_compared_with_as_many_days_before_and_its_like_a_year_before() -> None:
    summer = read_period(BulletinKind.CAMPAIGN, "2026-summer_break", CALENDAR)
    before = period_before(summer, CALENDAR)
    assert (before.first, before.last) == (date(2026, 5, 6), date(2026, 7, 3))
    year_before = period_of_last_year(summer, CALENDAR)
    assert year_before is not None
    assert year_before.key == "2025-summer_break"
    may = read_period(BulletinKind.CAMPAIGN, "2026-may_holiday", CALENDAR)
    assert period_of_last_year(may, CALENDAR) is None


@pytest.mark.parametrize(
    ("kind", "key"),
    [("weekly", "2025-W53"), ("weekly", "2026-11"), ("monthly", "2026-13"), ("monthly", ""),
     ("quarterly", "2026-Q5"), ("quarterly", "2026-Q0"), ("campaign", "2024-summer_break"),
     ("weekly", "2026-W1"), ("monthly", "2026-1")],
)  # fmt: skip
def test_what_is_no_period_is_refused_with_an_example(kind: str, key: str) -> None:
    with refused_as("period_unknown", seen=key):
        read_period(BulletinKind(kind), key, CALENDAR)


@given(st.sampled_from(list(BulletinKind)), DAYS)
def test_offered_periods_have_begun_and_stand_newest_first(kind: BulletinKind, day: date) -> None:
    periods = periods_until(kind, day, CALENDAR)
    assert all(each.first <= day for each in periods)
    firsts = [each.first for each in periods]
    assert firsts == sorted(set(firsts), reverse=True)
