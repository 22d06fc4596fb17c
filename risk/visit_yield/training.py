"""Training rows of `risk.visit_yield.fit`: past visits and the score of their building before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.fetch import fetch
from risk.events.provenance import REPORTED, SourceRules, source_of_visits
from risk.events.purposes import classify_purposes
from risk.events.rows import FeatureSource, settled_rows
from risk.features.build import build_features
from risk.scoring.scorecard import POINTS_PER_EVENT, Scorecard
from risk.visit_yield.open_reports import AT, read_answers, read_waiting_reports, waiting_since
from risk.visit_yield.rules import FindRules

EXPECTED: Final = "expected"
HAS_FIND: Final = "found"
EVENING: Final = "evening"
REVISIT: Final = "revisit"
WAITING: Final = "waiting"
WEEK: Final = "week"
VISIT_COLUMNS: Final = (c.BUILDING, "day", EVENING, REVISIT, HAS_FIND)
_REVISIT_MODE: Final = "回头看"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastScores:
    """What was scored once, as it was kept then.

    Parameters
    ----------
    cut
        First moment whose news are not in it, local time.
    expected
        Expected count within the horizon by building id.
    """

    cut: datetime
    expected: pd.Series


def read_find_visits(
    source: FeatureSource,
    *,
    cut: datetime,
    config: ScoreConfig,
    weights: Mapping[str, float],
    rules: FindRules,
    past: Sequence[PastScores] = (),
) -> tuple[pd.DataFrame, float]:
    """Read past visits known at a cut, each with its building's score before it.

    Scores kept from the past serve as they are where there are enough; else those of the last
    windows are worked out as of each window's start with today's weights.

    Returns
    -------
    visits
        `VISIT_COLUMNS` with ``expected``, ``week`` and ``waiting`` (whether a report waited there,
        `risk.visit_yield.open_reports`); visits that no report caused, at buildings of the
        register, once per building, day and part of the day.
    typical
        Geometric mean of the expected counts of all buildings in the last window, or as of the
        cut where there was none with a visit.
    """
    every = unreported_visits(source, cut=cut, config=config, rules=rules)
    every[WAITING] = _waited(source, every, cut=cut, config=config, rules=rules)
    windows = _windows_of_past(past, cut, rules) or [
        (cut - timedelta(days=n * rules.window_days), None) for n in range(rules.windows, 0, -1)
    ]
    ends = [start for start, _ in windows[1:]] + [cut]
    parts, expected = [], None
    for (start, kept), until in zip(windows, ends, strict=True):
        inside = _between(every, start, min(until, start + timedelta(days=rules.window_days)))
        if inside.empty:
            continue
        expected = kept
        if expected is None:
            expected = expected_counts(source, cut=start, config=config, weights=weights)
        known = expected.reindex(inside[c.BUILDING]).to_numpy(np.float64)
        parts.append(inside.assign(expected=known).dropna(subset=[EXPECTED]))
    if expected is None:
        expected = expected_counts(source, cut=cut, config=config, weights=weights)
    visits = pd.concat(parts or [every.head(0).assign(expected=0.0)], ignore_index=True)
    monday = visits["day"] - pd.to_timedelta(visits["day"].dt.day_of_week, unit="D")
    return visits.assign(week=monday), _geometric_mean(expected)


def expected_counts(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig, weights: Mapping[str, float]
) -> pd.Series:
    """Return the expected count of each building within the horizon as of a cut, by building."""
    features = build_features(source, cut=cut, config=config)
    scored = Scorecard.of(features, config, weights).score(features).buildings
    return scored.set_index(c.BUILDING)[c.SCORE] / POINTS_PER_EVENT


def unreported_visits(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig, rules: FindRules
) -> pd.DataFrame:
    """Return the visits known at a cut that no report caused and that were no sweep.

    What several people, or in several rooms, saw in one building, on one day, by day or in the
    evening, is one visit; it found something when anybody did.

    The frame: `VISIT_COLUMNS`: ``day`` midnight, ``evening`` 0, 1 or NaN where only the day is
    known.
    """
    keep = ("purpose", "mode")
    rows = settled_rows(source, "inspections", cut=cut, config=config, keep=keep)
    unreported = source_of_visits(rows, SourceRules.of_score(config)) != REPORTED
    rows = rows.filter(unreported & (rows[c.BUILDING] != ""))
    frame = fetch(rows).sort_values(c.ROW_KEY, ignore_index=True)
    purpose = classify_purposes(frame["purpose"], config.model.purposes)
    ours = ~frame["mode"].isin(rules.swept_modes).to_numpy(bool)
    at = frame[c.EVENT_AT].astype("datetime64[us]")
    hour = ((at - at.dt.normalize()) / pd.Timedelta(hours=1)).to_numpy(np.float64)
    late = np.where(hour == 0.0, np.nan, (hour >= rules.evening_from_hour).astype(np.float64))
    again = (purpose == "revisit") | (frame["mode"] == _REVISIT_MODE).to_numpy(bool)
    rows_of_visits = pd.DataFrame(
        {
            c.BUILDING: frame[c.BUILDING],
            "day": at.dt.normalize(),
            EVENING: late,
            REVISIT: again,
            HAS_FIND: frame[c.CONFIRMS].astype(bool),
        }
    )[ours]
    groups = rows_of_visits.groupby([c.BUILDING, "day", EVENING], dropna=False, sort=True)
    visits: pd.DataFrame = groups[[REVISIT, HAS_FIND]].any().reset_index()
    return visits[list(VISIT_COLUMNS)]


def _waited(
    source: FeatureSource, visits: pd.DataFrame, *, cut: datetime, config: ScoreConfig,
    rules: FindRules,
) -> pd.Series:  # fmt: skip
    """Say of each visit whether a report waited there on the evening before its day."""
    reports = read_waiting_reports(source, cut=cut, config=config, rules=rules)
    answers = read_answers(source, cut=cut, config=config, rules=rules)
    moments = visits[[c.BUILDING, "day"]].rename(columns={"day": AT})
    return waiting_since(moments, reports, answers, days=rules.waiting_days).notna()


def _windows_of_past(
    past: Sequence[PastScores], cut: datetime, rules: FindRules
) -> list[tuple[datetime, pd.Series | None]]:
    """Return the start and scores of the windows that kept scores cover; none with too few."""
    first = cut - timedelta(days=rules.most_days)
    newest = {each.cut: each.expected for each in past if first <= each.cut < cut}
    enough = len(newest) >= max(rules.windows, 1)
    return sorted(newest.items(), key=itemgetter(0)) if enough and rules.windows else []


def _between(visits: pd.DataFrame, start: datetime, end: datetime) -> pd.DataFrame:
    return visits[(visits["day"] >= pd.Timestamp(start)) & (visits["day"] < pd.Timestamp(end))]


def _geometric_mean(expected: pd.Series) -> float:
    known = expected[expected > 0]
    return float(np.exp(np.log(known).mean())) if len(known) else 0.0
