"""When finds are made and complaints come: weekdays, evenings, holidays, breaks, exams.

What is learnt here tells planners when to look, and how much more or less a coming stretch of days
holds than an average one. It never tells two buildings apart, so it moves no rank.
"""

from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from data.calendars.calendar import Calendar
from data.workspace.sections import number, section
from risk.arrays import Floats
from risk.config.words import EVENING_FROM_HOUR
from risk.features.empirical_bayes import (
    dispersion,
    gamma_interval,
    moment_strength,
    posterior_ratio,
)
from risk.schema import with_columns

KIND, LEVEL, STATE = "kind", "level", "state"
COUNT, EXPOSURE, STRATUM = "count", "exposure", "stratum"
LEARNT, NOT_ENOUGH = "learnt", "not_enough_data"
WEEKDAY, PART_OF_DAY, REST_DAY = "weekday", "part_of_day", "rest_day"
HOLIDAY, SCHOOL_BREAK, BEFORE_EXAM = "holiday", "school_break", "before_exam"
DAY_KINDS: Final = {
    REST_DAY: "is_rest_day",
    HOLIDAY: "is_holiday",
    SCHOOL_BREAK: "school_break",
    BEFORE_EXAM: "before_exam",
}
"""Kinds that the calendar answers with yes, no or unknown, and its column."""
KINDS: Final = (WEEKDAY, PART_OF_DAY, *DAY_KINDS)
YES, NO, UNKNOWN = "yes", "no", ""
MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
FACTOR_LEVELS: Final = {
    WEEKDAY: tuple("1234567"),
    PART_OF_DAY: (MORNING, AFTERNOON, EVENING),
    **dict.fromkeys(DAY_KINDS, (YES, NO)),
}
FACTOR_COLUMNS: Final = (
    *(KIND, LEVEL, COUNT, EXPOSURE, "expected", "raw", "ratio", "low", "high", STATE),
)


@section
class TimeRules:
    """How sure a time factor must be, and when the afternoon begins."""

    noon_hour: float = number(12.0, high=24)
    least_expected: float = number(5.0, low=0.1, high=1e6)
    """Fewer expected events than this in a level are not enough data."""
    interval_level: float = number(0.8, low=0.01, high=0.999)
    """Probability that the interval of a ratio is meant to hold."""
    prior_events: float = number(10.0, low=0.5, high=1e6)
    """Events that "no difference" is worth at most."""


def describe_moments(moments: pd.Series, *, calendar: Calendar, rules: TimeRules) -> pd.DataFrame:
    """Say of each moment on which kinds of time it falls.

    ``moments``: local times, none missing. Midnight to the second means that only the day is known.

    The frame: one text column per kind of `KINDS`: ``1`` to ``7`` for weekdays, a part of the day,
    or ``yes`` or ``no``; ``''`` where it is not known.
    """
    at = moments.astype("datetime64[us]")
    days = calendar.day_kinds(at.to_numpy())
    hour = ((at - at.dt.floor("D")) / pd.Timedelta(hours=1)).to_numpy(np.float64)
    early = np.where(hour < rules.noon_hour, MORNING, AFTERNOON)
    part = np.where(hour >= EVENING_FROM_HOUR, EVENING, early)
    columns = {
        WEEKDAY: days["weekday"].astype("str").to_numpy(),
        PART_OF_DAY: np.where(hour == 0.0, UNKNOWN, part),
    }
    for kind, column in DAY_KINDS.items():
        known = days[column]
        yes = known.fillna(value=False).to_numpy(dtype=bool)
        columns[kind] = np.where(known.isna(), UNKNOWN, np.where(yes, YES, NO))
    return pd.DataFrame(columns, index=moments.index)


def learn_time_factors(
    visits: pd.DataFrame, *, calendar: Calendar, rules: TimeRules
) -> pd.DataFrame:
    """Learn how often visits find something, by the kinds of time they were made at.

    Visits after complaints find more and come at other hours than routine ones, so the count
    expected of a level is that of its own mix of strata at average rates (indirect
    standardisation): e_l = Σ_s visits_ls · finds_s / visits_s. Ratios are then shrunk as
    `shrink_ratios` does.

    ``visits``: ``at`` (local time), ``count`` (confirmed finds, 0 or more) and ``stratum`` (text,
    e.g. what caused the visit), one row per visit.

    The frame: columns `FACTOR_COLUMNS`, in the order of `KINDS`: ``exposure`` is the number of
    visits.
    """
    described = describe_moments(visits["at"], calendar=calendar, rules=rules)
    groups = visits.groupby(STRATUM)[COUNT]
    counted = visits[COUNT].astype(np.float64)
    expected = groups.transform("mean").astype(np.float64)
    rows = with_columns(described, {COUNT: counted, EXPOSURE: 1.0, "expected": expected})
    return _by_level(rows, KINDS, rules)


def learn_day_factors(
    moments: pd.Series,
    *,
    first: datetime,
    cut: datetime,
    calendar: Calendar,
    rules: TimeRules,
) -> pd.DataFrame:
    """Learn how many events, such as complaints, come per day of each kind.

    ``moments``: local times of the events, none missing; those outside the span are left out.
    ``first``, ``cut``: the days to count, from that of ``first`` up to, not with, that of ``cut``.

    The frame: as `learn_time_factors`, without the part of the day; ``exposure`` is the number of
    days.
    """
    span = pd.Series(pd.date_range(first.date(), cut.date(), inclusive="left", unit="us"))
    day = moments.astype("datetime64[us]").dt.floor("D")
    counted = day.value_counts().reindex(span, fill_value=0).to_numpy(np.float64)
    expected = float(counted.mean()) if len(span) else 0.0
    described = describe_moments(span, calendar=calendar, rules=rules)
    rows = with_columns(described, {COUNT: counted, EXPOSURE: 1.0, "expected": expected})
    return _by_level(rows, tuple(kind for kind in KINDS if kind != PART_OF_DAY), rules)


def shrink_ratios(counts: Floats, expected: Floats, *, rules: TimeRules) -> pd.DataFrame:
    """Draw the rate ratios of one kind's levels towards 1 as far as chance demands.

    The strength of the prior is found by moments (`risk.features.empirical_bayes.moment_strength`)
    and held between 0.5 and ``rules.prior_events``: the data may say that levels differ much, never
    that they cannot differ.

    ``counts``, ``expected``: shape (levels,), ≥ 0.

    The frame: ``raw`` (NaN where nothing is expected), ``ratio``, ``low``, ``high``.
    """
    by_moments = moment_strength(counts, expected, mean_is_known=False)
    strength = float(np.clip(by_moments, 0.5, rules.prior_events))
    raw = np.divide(counts, expected, out=np.full(counts.shape, np.nan), where=expected > 0)
    ratio = posterior_ratio(counts, expected, strength)
    low, high = gamma_interval(ratio, ratio / (strength + expected), level=rules.interval_level)
    return pd.DataFrame({"raw": raw, "ratio": ratio, "low": low, "high": high})


def _by_level(rows: pd.DataFrame, kinds: tuple[str, ...], rules: TimeRules) -> pd.DataFrame:
    frames = [_levels_of(rows, kind, rules) for kind in kinds]
    return pd.concat(frames, ignore_index=True)[list(FACTOR_COLUMNS)]


def _levels_of(rows: pd.DataFrame, kind: str, rules: TimeRules) -> pd.DataFrame:
    """Sum counts and expectations by the levels of one kind, and shrink their ratios."""
    known = rows[rows[kind] != UNKNOWN]
    sums = known.groupby(kind)[[COUNT, EXPOSURE, "expected"]].sum().reindex(FACTOR_LEVELS[kind])
    sums = sums.fillna(0.0).astype(np.float64)
    total = float(sums["expected"].sum())
    scale = float(sums[COUNT].sum()) / total if total > 0 else 0.0
    expected = sums["expected"].to_numpy() * scale
    spread = dispersion(known[COUNT].to_numpy(), known["expected"].to_numpy() * scale, fitted=1)
    shrunk = shrink_ratios(sums[COUNT].to_numpy() / spread, expected / spread, rules=rules)
    enough = np.minimum(expected, expected.sum() - expected) >= rules.least_expected
    named = sums.drop(columns="expected").rename_axis(LEVEL).reset_index()
    states = np.where(enough, LEARNT, NOT_ENOUGH)
    added = {KIND: kind, "expected": expected, STATE: states}
    return with_columns(pd.concat([named, shrunk], axis=1), added)
