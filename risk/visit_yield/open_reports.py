"""Unanswered reports: complaints about a building since its last visit.

A report waits from the moment it is known until the next visit of the building, whatever the visit
finds. A report counts as answered from when its truth was known (`risk.events.known_from`), and one
past the age limit is dropped. A visit answers nothing before anybody learnt of it; one of
which only the day is known answers the reports of that day.
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
from risk.events.known_from import later_texts_known_from
from risk.events.rows import FeatureSource, settled_rows
from risk.visit_yield.rules import FindRules

AT: Final = "at"
TOLD_AT: Final = "told_at"
TRUTH_AT: Final = "truth_at"
ANSWERED: Final = "answered_until"
_DAY: Final = timedelta(days=1)


def read_waiting(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig, rules: FindRules
) -> pd.Series:
    """Return when the latest report was made that waits at a cut, by building id.

    The series: local times (``datetime64[us]``); only buildings where one waits.
    """
    reports = read_waiting_reports(source, cut=cut, config=config, rules=rules)
    moments = pd.DataFrame({c.BUILDING: sorted(reports[c.BUILDING].unique())})
    moments[AT] = pd.Series(cut, index=moments.index, dtype="datetime64[us]")
    visits = read_answers(source, cut=cut, config=config, rules=rules)
    since = waiting_since(moments, reports, visits, days=rules.waiting_days)
    return pd.Series(since.to_numpy(), index=moments[c.BUILDING].to_numpy(object)).dropna()


def read_waiting_reports(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig, rules: FindRules
) -> pd.DataFrame:
    """Return the reports of a building known at a cut, and when the truth of each was known.

    Repeats of an older ticket say nothing new and are not among them (`complaint_rows`), nor are
    reports of something else by their category.

    The frame: ``building_id, told_at, learnt_at, truth_at``, one row per report; ``truth_at`` is
    NaT where nobody had noted it by the cut.
    """
    keep = ("category", "is_true")
    rows = settled_rows(source, "complaints", cut=cut, config=config, keep=keep)
    is_ours = (rows["category"] == "") | holds_any(rows["category"], rules.report_categories)
    rows = _with_learnt(
        rows.filter(_of_late(rows, cut, rules) & is_ours), source, "complaints", cut
    )
    noted = ibis.ifelse(rows["is_true"] == "", ibis.null("timestamp"), rows[TRUTH_AT])
    return _times(
        rows.select(c.BUILDING, c.LEARNT_AT, **{TOLD_AT: rows[c.EVENT_AT], TRUTH_AT: noted})
    )


def read_answers(
    source: FeatureSource, *, cut: datetime, config: ScoreConfig, rules: FindRules
) -> pd.DataFrame:
    """Return the visits known at a cut but for sweeps, which look through a door only.

    The frame: ``building_id, learnt_at, answered_until``, one row per visit; ``learnt_at`` is not
    before the visit.
    """
    rows = settled_rows(source, "inspections", cut=cut, config=config, keep=("mode",))
    rows = rows.filter(_of_late(rows, cut, rules) & ~rows["mode"].isin(list(rules.swept_modes)))
    rows = _with_learnt(rows, source, "inspections", cut)
    known = ibis.greatest(rows[c.LEARNT_AT], rows[c.EVENT_AT])
    frame = _times(rows.select(c.BUILDING, **{c.LEARNT_AT: known, ANSWERED: rows[c.EVENT_AT]}))
    at = frame[ANSWERED]
    return frame.assign(**{ANSWERED: at.where(at != at.dt.normalize(), at + _DAY)})


def _with_learnt(rows: ir.Table, source: FeatureSource, name: str, cut: datetime) -> ir.Table:
    """Add when each row was learnt, and when the texts that are written into it later."""
    table = source.table(name, cut=cut)
    learnt = table.select(c.ROW_KEY, c.LEARNT_AT, **{TRUTH_AT: later_texts_known_from(table, name)})
    return rows.left_join(learnt.distinct(on=c.ROW_KEY), c.ROW_KEY)


def _times(rows: ir.Table) -> pd.DataFrame:
    """Fetch buildings and local times."""
    frame = fetch(rows)
    return frame.astype({name: "datetime64[us]" for name in frame if name != c.BUILDING})


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
    reported = _latest_open(moments, reports, days=days)
    answered = _latest(moments, visits, by=c.LEARNT_AT, value=ANSWERED)
    waits = (reported > answered) | (reported.notna() & answered.isna())
    return reported.where(waits)


def _latest_open(moments: pd.DataFrame, reports: pd.DataFrame, *, days: float) -> pd.Series:
    """Return when the latest report was made whose truth was not known at each time asked for."""
    asked = moments.reset_index(drop=True).rename_axis("place").reset_index()
    pairs = asked[["place", c.BUILDING, AT]].merge(reports, on=c.BUILDING)
    is_open = (pairs[c.LEARNT_AT] < pairs[AT]) & ~(pairs[TRUTH_AT] < pairs[AT])
    is_young = pairs[TOLD_AT] >= pairs[AT] - pd.Timedelta(days=days)
    latest = pairs[is_open & is_young].groupby("place")[TOLD_AT].max()
    return pd.Series(latest.reindex(asked["place"]).to_numpy(), index=moments.index)


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
