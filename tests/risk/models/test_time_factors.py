"""When finds are made and complaints come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calendars.calendar import Calendar
from data.calendars.read import Span
from risk.config.score import ScoreConfig
from risk.events.provenance import DISCOVERED, REPORTED
from risk.models.time_factors import (
    FACTOR_COLUMNS,
    LEARNT,
    NOT_ENOUGH,
    TimeRules,
    describe_moments,
    learn_day_factors,
    learn_time_factors,
    shrink_ratios,
)
from risk.monitoring.timing import complaint_moments, visits_by_time

RULES = TimeRules()
FIRST, CUT = datetime(2025, 1, 1), datetime(2026, 11, 1)  # noqa: DTZ001 -- times are local and naive
counts = st.lists(st.tuples(st.integers(0, 200), st.floats(0.5, 200)), min_size=2, max_size=7)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    """Return the shipped calendar with terms, breaks and an exam that are made up."""
    school = (
        Span(first=date(2025, 1, 1), last=date(2025, 7, 4), kind="term"),
        Span(first=date(2025, 7, 5), last=date(2025, 8, 31), kind="school_break"),
        Span(first=date(2025, 9, 1), last=date(2026, 7, 3), kind="term"),
        Span(first=date(2026, 7, 4), last=date(2026, 8, 31), kind="school_break"),
        Span(first=date(2026, 9, 1), last=date(2026, 12, 31), kind="term"),
        Span(first=date(2026, 6, 7), last=date(2026, 6, 9), kind="exam"),
    )
    return Calendar(spans=Calendar.shipped().spans + school)


def days(count: int, rng: np.random.Generator) -> pd.Series:
    at = FIRST + pd.to_timedelta(rng.integers(0, (CUT - FIRST).days, count), unit="D")
    return pd.Series(at).astype("datetime64[us]")


def level(factors: pd.DataFrame, kind: str, name: str) -> pd.Series:
    return factors.set_index(["kind", "level"]).loc[(kind, name)]


def test_a_moment_is_described_by_day_and_part_of_day(calendar: Calendar) -> None:
    moments = pd.Series(
        pd.to_datetime(
            ["2026-10-01 19:30", "2026-10-10 09:00", "2026-07-20 00:00", "2027-03-03 14:00"]
        )
    )
    described = describe_moments(moments, calendar=calendar, rules=RULES)
    assert described["weekday"].tolist() == ["4", "6", "1", "3"]
    assert described["part_of_day"].tolist() == ["evening", "morning", "", "afternoon"]
    assert described["rest_day"].tolist() == ["yes", "no", "no", ""]
    assert described["holiday"].tolist() == ["yes", "no", "no", ""]
    assert described["school_break"].tolist() == ["no", "no", "yes", ""]


def simulated(rng: np.random.Generator, *, evening: float, count: int = 8_000) -> pd.DataFrame:
    """Let visits after complaints be made in the evening, and find more at any hour."""
    reported = rng.random(count) < 0.3
    late = rng.random(count) < np.where(reported, 0.5, 0.1)
    chance = np.where(reported, 0.15, 0.03) * np.where(late, evening, 1.0)
    at = days(count, rng) + pd.to_timedelta(np.where(late, 19, 10), unit="h")
    return pd.DataFrame(
        {
            "at": at,
            "count": (rng.random(count) < chance).astype(int),
            "stratum": np.where(reported, REPORTED, DISCOVERED),
        }
    )


def test_the_ratio_of_evening_to_morning_is_learnt(calendar: Calendar) -> None:
    visits = simulated(np.random.default_rng(1), evening=2.0)
    factors = learn_time_factors(visits, calendar=calendar, rules=RULES)
    evening, morning = (level(factors, "part_of_day", n) for n in ("evening", "morning"))
    assert 1.6 < evening["ratio"] / morning["ratio"] < 2.4
    assert evening["low"] > 1 > morning["high"]
    assert tuple(factors.columns) == FACTOR_COLUMNS


def test_what_caused_a_visit_is_not_taken_for_the_hour_of_it(calendar: Calendar) -> None:
    """Without strata the evening looks twice as good, because complaints are visited then."""
    visits = simulated(np.random.default_rng(2), evening=1.0)
    apart = learn_time_factors(visits, calendar=calendar, rules=RULES)
    together = learn_time_factors(visits.assign(stratum=""), calendar=calendar, rules=RULES)
    assert level(apart, "part_of_day", "evening")["ratio"] == pytest.approx(1.0, abs=0.12)
    assert level(together, "part_of_day", "evening")["ratio"] > 1.5


def test_where_nothing_differs_intervals_hold_1_about_as_often_as_they_say(
    calendar: Calendar,
) -> None:
    held = []
    for seed in range(10):
        visits = simulated(np.random.default_rng(seed), evening=1.0, count=4_000)
        factors = learn_time_factors(visits, calendar=calendar, rules=RULES)
        learnt = factors[factors["state"] == LEARNT]
        held.append(((learnt["low"] <= 1) & (learnt["high"] >= 1)).mean())
    assert np.mean(held) > 0.75


@pytest.mark.parametrize("count", [60, 0])
def test_few_visits_are_not_enough_data(calendar: Calendar, count: int) -> None:
    visits = simulated(np.random.default_rng(3), evening=2.0, count=60).head(count)
    factors = learn_time_factors(visits, calendar=calendar, rules=RULES)
    assert (factors["state"] == NOT_ENOUGH).all()
    assert np.isfinite(factors["ratio"]).all()


def test_what_the_calendar_does_not_know_is_not_learnt() -> None:
    visits = simulated(np.random.default_rng(5), evening=1.0)
    factors = learn_time_factors(visits, calendar=Calendar.shipped(), rules=RULES)
    assert level(factors, "school_break", "yes")["state"] == NOT_ENOUGH
    assert level(factors, "school_break", "no")["state"] == NOT_ENOUGH
    assert level(factors, "holiday", "yes")["state"] == LEARNT


def complaints(calendar: Calendar, rng: np.random.Generator, *, in_break: float) -> pd.Series:
    span = pd.Series(pd.date_range(FIRST, CUT, inclusive="left", unit="us"))
    on = describe_moments(span, calendar=calendar, rules=RULES)["school_break"] == "yes"
    times = rng.poisson(5.0 * np.where(on, in_break, 1.0))
    return span.repeat(times).reset_index(drop=True)


def test_more_complaints_in_school_breaks_are_learnt_per_day(calendar: Calendar) -> None:
    moments = complaints(calendar, np.random.default_rng(7), in_break=1.5)
    factors = learn_day_factors(moments, first=FIRST, cut=CUT, calendar=calendar, rules=RULES)
    on, off = (level(factors, "school_break", name) for name in ("yes", "no"))
    assert on["ratio"] / off["ratio"] == pytest.approx(1.5, abs=0.15)
    assert on["low"] > 1
    assert on["exposure"] == 58 + 59
    assert "part_of_day" not in set(factors["kind"])


@given(counts)
def test_a_shrunk_ratio_lies_between_the_raw_one_and_1_and_inside_its_interval(
    levels: list[tuple[int, float]],
) -> None:
    seen = np.array([count for count, _ in levels], dtype=float)
    expected = np.array([value for _, value in levels])
    ratios = shrink_ratios(seen, expected, rules=RULES)
    low, high = np.minimum(ratios["raw"], 1), np.maximum(ratios["raw"], 1)
    assert ((ratios["ratio"] >= low - 1e-12) & (ratios["ratio"] <= high + 1e-12)).all()
    assert (ratios["low"] < ratios["high"]).all()


def test_visits_and_complaints_are_read_as_of_the_cut(engine: Any, cut: datetime) -> None:
    added = engine.with_rows(
        "inspections",
        [{"building_id": "B2", "event_at": cut, "result": "属实", "purpose": "投诉核查"}],
    )
    visits = visits_by_time(added, cut=cut, config=ScoreConfig())
    assert len(visits) == 4
    assert visits["count"].sum() == 1
    assert set(visits["stratum"]) == {DISCOVERED}
    assert len(complaint_moments(engine, cut=cut)) == 7
