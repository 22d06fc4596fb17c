"""Unanswered reports: complaints about a building since its last visit.

A report waits from the moment it is known until the next visit of the building, whatever the visit
finds. A report counts as answered from when its truth was known (`risk.events.known_from`), and one
past the age limit is dropped. A visit answers nothing before anybody learnt of it; one of which
only the day is known answers the reports of that day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import ibis
import pandas as pd
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig, WaitingReports
from risk.events.expressions import holds_any
from risk.events.fetch import fetch
from risk.events.rows import FeatureSource, settled_rows

_DAY: Final = timedelta(days=1)


def read_waiting(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> pd.Series:
    """Return when the latest report was made that waits at a cut, by building id.

    The series: local times (``datetime64[us]``); only buildings where one waits.
    """
    reported = _latest_report(source, cut, config)
    answered = _answered_until(source, cut, config).reindex(reported.index)
    return reported[(reported > answered) | answered.isna()]


def _latest_report(source: FeatureSource, cut: datetime, config: ScoreConfig) -> pd.Series:
    """Return when the latest report was made that nobody has noted the truth of, by building.

    Repeats of an older ticket say nothing new and are not among them (`complaint_rows`), nor are
    reports of something else by their category.
    """
    keep = ("category", "is_true")
    rows = settled_rows(source, "complaints", cut=cut, config=config, keep=keep)
    categories = config.waiting.categories
    is_ours = (rows["category"] == "") | holds_any(rows["category"], categories)
    rows = rows.filter(_of_late(rows, cut, config.waiting) & (rows["is_true"] == "") & is_ours)
    return _latest(fetch(rows.select(c.BUILDING, c.EVENT_AT)))


def _answered_until(source: FeatureSource, cut: datetime, config: ScoreConfig) -> pd.Series:
    """Return the moment up to which reports are answered by a visit, by building."""
    rows = settled_rows(source, "inspections", cut=cut, config=config, keep=("mode",))
    swept = rows["mode"].isin(list(config.waiting.swept_modes))
    rows = rows.filter(_of_late(rows, cut, config.waiting) & ~swept)
    frame = fetch(rows.select(c.BUILDING, c.EVENT_AT))
    at = frame[c.EVENT_AT].astype("datetime64[us]")
    return _latest(frame.assign(**{c.EVENT_AT: at.where(at != at.dt.normalize(), at + _DAY)}))


def _of_late(rows: ir.Table, cut: datetime, rule: WaitingReports) -> ir.BooleanValue:
    """Select rows of a building no older than a report that waits can be."""
    first = cut - timedelta(days=rule.days)
    return (rows[c.BUILDING] != "") & (rows[c.EVENT_AT] >= ibis.literal(first))


def _latest(rows: pd.DataFrame) -> pd.Series:
    return rows.astype({c.EVENT_AT: "datetime64[us]"}).groupby(c.BUILDING)[c.EVENT_AT].max()
