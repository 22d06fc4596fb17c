"""Unanswered reports: complaints about a building since its last visit.

A report waits from the moment it is known until the next visit of the building, whatever the visit
finds. A report whose truth was recorded counts as answered, and one past the age limit is dropped.
A visit of which only the day is known answers the reports of that day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import ibis
import pandas as pd
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.expressions import holds_any
from risk.events.fetch import fetch
from risk.events.rows import FeatureSource, settled_rows
from risk.visit_yield.rules import FindRules

AT: Final = "at"
TOLD_AT: Final = "told_at"
ANSWERED: Final = "answered_until"
_DAY: Final = timedelta(days=1)


def read_waiting(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig, rules: FindRules
) -> pd.Series:
    """Return when the latest report was made that waits at a cut, by building id.

    The series: local times (``datetime64[us]``); only buildings where one waits.
    """
    reports = read_waiting_reports(source, cut=cut, config=config, rules=rules)
    moments = pd.DataFrame({c.BUILDING: reports[c.BUILDING].unique()})
    moments[AT] = pd.Series(cut, index=moments.index, dtype="datetime64[us]")
    visits = read_answers(source, cut=cut, config=config, rules=rules)
    since = waiting_since(moments, reports, visits, days=rules.waiting_days)
    return pd.Series(since.to_numpy(), index=moments[c.BUILDING].to_numpy(object)).dropna()


def read_waiting_reports(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig, rules: FindRules
) -> pd.DataFrame:
    """Return the reports of a building known at a cut that nobody has noted the truth of.

    Repeats of an older ticket say nothing new and are not among them (`complaint_rows`), nor are
    reports of something else by their category.

    The frame: ``building_id, told_at, learnt_at``, one row per report.
    """
    keep = ("category", "is_true")
    rows = settled_rows(source, "complaints", cut=cut, config=config, keep=keep)
    learnt = (
        source.table("complaints", cut=cut).select(c.ROW_KEY, c.LEARNT_AT).distinct(on=c.ROW_KEY)
    )
    is_ours = (rows["category"] == "") | holds_any(rows["category"], rules.report_categories)
    rows = rows.filter(_of_late(rows, cut, rules) & (rows["is_true"] == "") & is_ours)
    reports = fetch(rows.left_join(learnt, c.ROW_KEY).select(c.BUILDING, c.EVENT_AT, c.LEARNT_AT))
    reports = reports.rename(columns={c.EVENT_AT: TOLD_AT})
    return reports.astype({TOLD_AT: "datetime64[us]", c.LEARNT_AT: "datetime64[us]"})


def read_answers(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig, rules: FindRules
) -> pd.DataFrame:
    """Return the visits known at a cut but for sweeps, which look through a door only.

    The frame: ``building_id, event_at, answered_until``, one row per visit.
    """
    rows = settled_rows(source, "inspections", cut=cut, config=config, keep=("mode",))
    rows = rows.filter(_of_late(rows, cut, rules) & ~rows["mode"].isin(list(rules.swept_modes)))
    frame = fetch(rows.select(c.BUILDING, c.EVENT_AT)).astype({c.EVENT_AT: "datetime64[us]"})
    at = frame[c.EVENT_AT]
    return frame.assign(**{ANSWERED: at.where(at != at.dt.normalize(), at + _DAY)})


def _of_late(rows: ir.Table, cut: datetime, rules: FindRules) -> ir.BooleanValue:
    """Select rows of a building as old as a report can be at the first visit learnt from."""
    learnt = max(rules.most_days, rules.windows * rules.window_days)
    first = cut - timedelta(days=learnt + rules.waiting_days)
    return (rows[c.BUILDING] != "") & (rows[c.EVENT_AT] >= ibis.literal(first))


def waiting_since(
    moments: pd.DataFrame, reports: pd.DataFrame, visits: pd.DataFrame, *, days: float
) -> pd.Series:
    """Return when the latest report was made that waited at a building at a time.

    Parameters
    ----------
    moments
        ``building_id`` and ``at``; what was learnt or done at that very moment does not count yet.
    reports
        As `read_waiting_reports` gives them.
    visits
        As `read_answers` gives them.
    days
        A report older than so many days waits no longer.

    The series: local times, NaT where none waited, with the index of ``moments``.
    """
    reported = _latest(moments, reports, by=c.LEARNT_AT, value=TOLD_AT)
    answered = _latest(moments, visits, by=c.EVENT_AT, value=ANSWERED)
    waits = (reported > answered) | (reported.notna() & answered.isna())
    young = reported >= moments[AT] - pd.Timedelta(days=days)
    return reported.where(waits & young)


def _latest(moments: pd.DataFrame, rows: pd.DataFrame, *, by: str, value: str) -> pd.Series:
    """Return the highest value among a building's rows from before each time asked for."""
    left = moments.reset_index(drop=True).rename_axis("place").reset_index().sort_values(AT)
    right = rows.sort_values(by, kind="stable")
    right = right.assign(**{value: right.groupby(c.BUILDING)[value].cummax()})
    latest = pd.merge_asof(
        left.astype({AT: "datetime64[us]"}),
        right[[c.BUILDING, by, value]],
        left_on=AT, right_on=by, by=c.BUILDING, allow_exact_matches=False,
    )  # fmt: skip
    return pd.Series(latest.sort_values("place")[value].to_numpy(), index=moments.index)
