"""How often a confirmed place is reported again, once it has been reported: one row per event.

When a place was first reported is known; when it opened, and what nobody reported, is not. So the
clock starts at the first report (Liu, Bhandaram and Garg 2024): from then until the place is found,
or the window ends, further reports come at the neighbourhood's own rate.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import ibis
from ibis import ir

from data.workspace.sections import number, section
from risk import schema as c
from risk.events.expressions import days_between, holds_any, text_of
from risk.events.rows import FeatureSource, known_rows

FIRST_AT: Final = "first_at"
FURTHER: Final = "further_reports"
DAYS: Final = "days"
EVENT_COLUMNS: Final = (c.BUILDING, c.COMMUNITY, FIRST_AT, FURTHER, DAYS)


@section
class ReportingRules:
    """What counts as a report, as a confirmed event, and as far less than similar communities."""

    window_days: int = number(90, low=1, high=3_660)
    """Days after the first report in which further ones count; so many quiet days before it make
    it a first one."""
    reporter_days: int = number(2, low=1, high=1_000)
    """Most days on which one reporter counts within an event, the first report included."""
    unknown_reporter_days: int = number(6, low=1, high=1_000)
    """The same for all unnamed reporters of an event together."""
    categories: tuple[str, ...] = ("教育", "培训")
    """A complaint counts when its category holds one of these words or is unknown; none: all."""
    confirming: tuple[str, ...] = ("属实", "部分属实")
    """Verified truths (诉求属实) that confirm an event."""
    similar: int = number(8, low=1, high=1_000)
    """With how many most similar communities each is compared."""
    least_events: int = number(10, low=1, high=1_000_000)
    """Fewer confirmed events than this are not enough data."""
    far_less: float = number(0.67, low=0.01, high=1)
    """A community reports far less when its rate is at most this share of similar ones'."""
    false_alarms: float = number(0.1, low=0.001, high=0.5)
    """Expected share of false alarms among the flags (Benjamini and Hochberg 1995)."""
    interval_level: float = number(0.8, low=0.01, high=0.999)
    """Probability that the interval of a rate is meant to hold."""


def report_events(
    source: FeatureSource, *, cut: datetime, rules: ReportingRules, confirmed: Collection[str]
) -> ir.Table:
    """Follow each confirmed event from its first report, as one Ibis expression.

    ``source``: an engine with complaints and inspections; only complaints placed at a building
    count. ``cut``: rows learnt, or that happened, at or after it are not used; no event is followed
    past it. ``confirmed``: results of a visit that confirm an event and end it
    (`risk.config.score.Evidence.confirmed`).

    The result: columns `EVENT_COLUMNS`: ``further_reports`` is the number of (reporter, day) pairs
    after the first, each reporter capped; ``days`` how long the event was followed, until the find,
    the end of the window or the cut.
    """
    reports, finds = _reports(source, cut, rules), _finds(source, cut, confirmed)
    followed = _follow(_first_reports(reports, finds, rules), finds, cut, rules)
    return _count_further(followed, reports, rules)


def _known(source: FeatureSource, name: str, cut: datetime) -> ir.Table:
    """Return the rows of a building known before the cut that say when they happened."""
    table = known_rows(source, name, cut, dated=True)
    return table.filter(text_of(table, c.BUILDING) != "")


def _reports(source: FeatureSource, cut: datetime, rules: ReportingRules) -> ir.Table:
    """Select the complaints about our business that repeat no ticket of the same reporter."""
    table = _known(source, "complaints", cut)
    category = text_of(table, "category")
    table = table.filter(text_of(table, "related_ticket") == "")
    if rules.categories:
        table = table.filter((category == "") | holds_any(category, rules.categories))
    return table.select(
        **{c.BUILDING: table[c.BUILDING], c.COMMUNITY: text_of(table, c.COMMUNITY)},
        report=table["row_key"],
        at=table["event_at"],
        reporter=text_of(table, "reporter_key"),
        confirms=text_of(table, "is_true").isin(list(rules.confirming)),
    )


def _finds(source: FeatureSource, cut: datetime, confirmed: Collection[str]) -> ir.Table:
    table = _known(source, "inspections", cut)
    table = table.filter(text_of(table, "result").isin(sorted(confirmed)))
    return table.select(found_in=table[c.BUILDING], found_at=table["event_at"])


def _first_reports(reports: ir.Table, finds: ir.Table, rules: ReportingRules) -> ir.Table:
    """Keep reports of a place that was quiet for a window, or had been found since the last."""
    order = ibis.window(group_by=c.BUILDING, order_by=["at", "report"])
    reports = reports.mutate(previous=reports["at"].lag(1).over(order))
    since = reports.join(
        finds,
        [
            reports[c.BUILDING] == finds["found_in"],
            finds["found_at"] > reports["previous"],
            finds["found_at"] <= reports["at"],
        ],
        how="semi",
    )
    long_ago = days_between(reports["at"], reports["previous"]) > float(rules.window_days)
    first = reports.filter(reports["previous"].isnull() | long_ago)
    columns = {c.BUILDING: c.BUILDING, c.COMMUNITY: c.COMMUNITY, FIRST_AT: "at", "event": "report"}
    return first.select(**columns).union(since.select(**columns), distinct=True)


def _follow(first: ir.Table, finds: ir.Table, cut: datetime, rules: ReportingRules) -> ir.Table:
    """Add when following ends, and whether a find ended it."""
    later = first.left_join(
        finds, [first[c.BUILDING] == finds["found_in"], finds["found_at"] > first[FIRST_AT]]
    )
    keys = [c.BUILDING, c.COMMUNITY, FIRST_AT, "event"]
    ended = later.group_by(keys).agg(found_at=later["found_at"].min())
    window = ended[FIRST_AT] + ibis.interval(days=rules.window_days)
    last = ibis.least(window, ibis.literal(cut))
    found = (ended["found_at"] <= last).fill_null(ibis.literal(value=False))
    return ended.mutate(found=found, end_at=ibis.ifelse(found, ended["found_at"], last))


def _count_further(followed: ir.Table, reports: ir.Table, rules: ReportingRules) -> ir.Table:
    later_reports = reports.select(
        about=c.BUILDING, reported_at="at", reporter="reporter", confirms="confirms"
    )
    both = followed.join(
        later_reports,
        [
            followed[c.BUILDING] == later_reports["about"],
            later_reports["reported_at"] >= followed[FIRST_AT],
            later_reports["reported_at"] <= followed["end_at"],
        ],
    )
    keys = [c.BUILDING, c.COMMUNITY, FIRST_AT, "event", "end_at", "found"]
    per_reporter = both.group_by([*keys, "reporter"]).agg(
        report_days=both["reported_at"].truncate("D").nunique(), confirms=both["confirms"].any()
    )
    cap = ibis.ifelse(
        per_reporter["reporter"] == "", rules.unknown_reporter_days, rules.reporter_days
    )
    capped = per_reporter.mutate(report_days=ibis.least(per_reporter["report_days"], cap))
    events = capped.group_by(keys).agg(
        report_days=capped["report_days"].sum().cast("int64"), confirms=capped["confirms"].any()
    )
    events = events.filter(events["confirms"] | events["found"])
    days = days_between(events["end_at"], events[FIRST_AT])
    return events.select(
        c.BUILDING, c.COMMUNITY, FIRST_AT, **{FURTHER: events["report_days"] - 1, DAYS: days}
    )
