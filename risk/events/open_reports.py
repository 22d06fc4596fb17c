"""Unanswered reports: complaints about a building since its last visit.

A report waits from the moment it is known until the next visit of the building, whatever the visit
finds. A report counts as answered from when its truth was known (`risk.events.known_from`), and one
past the age limit is dropped. A visit answers nothing before anybody learnt of it; one of which
only the day is known answers the reports of that day.
"""

from datetime import datetime
from typing import Final

import ibis
import pandas as pd
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig, WaitingReports
from risk.events.expressions import Rows, holds_any
from risk.events.fetch import fetch
from risk.events.rows import FeatureSource, assigned_rows

REPORT_TEXTS: Final = ("category", "is_true")
VISIT_TEXTS: Final = ("mode",)
"""Texts of complaints and inspections that decide whether a report waits."""


def read_waiting(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> pd.Series:
    """Return when the latest report was made that waits at a cut, by building id.

    The series: local times (``datetime64[us]``); only buildings where one waits.
    """
    reported = read_reported(source, cut=cut, config=config)
    answered = read_answered(source, cut=cut, config=config)
    return still_waiting(reported, answered.reindex(reported.index))


def read_reported(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> pd.Series:
    """Return when the latest report was made that would wait at a cut, were there no visits."""
    rows = assigned_rows(source, "complaints", cut=cut, config=config, keep=REPORT_TEXTS)
    return _latest(rows, waiting_since(rows, config.waiting))


def read_answered(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> pd.Series:
    """Return up to which moment the visits before a cut answer reports, by building id."""
    rows = assigned_rows(source, "inspections", cut=cut, config=config, keep=VISIT_TEXTS)
    return _latest(rows, answered_until(rows, config.waiting))


def still_waiting(reported: pd.Series, answered: pd.Series) -> pd.Series:
    """Return when the reports were made that no visit has answered.

    ``reported``, ``answered``: times of the latest report and answer, NaT for none, alike indexed.
    """
    return reported[(reported > answered) | (answered.isna() & reported.notna())]


def waiting_since(rows: Rows, rule: WaitingReports) -> ir.TimestampValue:
    """Return when each report was made; NULL where its truth is known, or it does not wait.

    Repeats of an older ticket say nothing new and are not among them (`complaint_rows`), nor are
    reports of something else by their category.

    ``rows``: complaints with `REPORT_TEXTS`.
    """
    is_ours = (rows["category"] == "") | holds_any(rows["category"], rule.categories)
    waits = _of_late(rows, rule) & (rows["is_true"] == "") & is_ours
    return ibis.ifelse(waits, rows[c.EVENT_AT], ibis.null("timestamp"))


def answered_until(rows: Rows, rule: WaitingReports) -> ir.TimestampValue:
    """Return the moment up to which each visit answers reports; NULL where it answers none.

    ``rows``: inspections with `VISIT_TEXTS`.
    """
    at = rows[c.EVENT_AT]
    answers = _of_late(rows, rule) & ~rows["mode"].isin(list(rule.swept_modes))
    until = ibis.ifelse(at == at.truncate("D"), at + ibis.interval(days=1), at)
    return ibis.ifelse(answers, until, ibis.null("timestamp"))


def _of_late(rows: Rows, rule: WaitingReports) -> ir.BooleanValue:
    """Select rows of a building no older than a report that waits can be."""
    first = rows[c.CUT] - ibis.interval(days=rule.days)
    return (rows[c.BUILDING] != "") & (rows[c.EVENT_AT] >= first)


def _latest(rows: ir.Table, at: ir.TimestampValue) -> pd.Series:
    rows = rows.select(c.BUILDING, **{c.EVENT_AT: at}).drop_null([c.EVENT_AT])
    frame = fetch(rows.group_by(c.BUILDING).agg(**{c.EVENT_AT: rows[c.EVENT_AT].max()}))
    times = frame.astype({c.EVENT_AT: "datetime64[us]"}).set_index(c.BUILDING)[c.EVENT_AT]
    return times.sort_index()
