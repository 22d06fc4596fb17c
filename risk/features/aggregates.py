"""Sums and counts per building, one Ibis expression each.

The engine only counts, and sums whole numbers, so a result is the same to the bit whatever the
order of the rows and whichever engine ran it. Rows come once for every cut, or once for all of them
(`risk.events.at_cuts.RowsToSum`); a sum then has a column for each, named with the cut's suffix.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Final

import ibis
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.at_cuts import RowsToSum
from risk.events.decay import QUANTA_PER_UNIT
from risk.events.open_reports import answered_until, waiting_since
from risk.events.rows import PLACE_KEYS
from risk.events.signals import Rows

LAST_VISIT = "last_visit"
LAST_REPORT = "last_report"
"""When the latest report was made that a visit is to answer."""
ANSWERED = "answered"
"""Up to when visits have answered reports."""
REPORT_DAYS = "report_days"
_COUNTS: Final = "counts"


def sum_complaints(rows: RowsToSum, *, config: ScoreConfig) -> ir.Table:
    """Sum complaints per place: distinct reporters × distinct days, each reporter capped.

    Of one reporter's tickets on one day the weightiest counts. All reports whose reporter is not
    known share one cap of their own, so withholding a name is no way round it.

    ``rows``: with what `risk.events.open_reports` needs of them.
    """
    keys = rows.keys
    some = next(iter(rows.at.values()))  # who told, and when, is the same at every cut
    each = {}
    for cut, at in rows.at.items():
        each[c.DECAYED_WEIGHT + cut] = at.where_counted(at[c.DECAYED_WEIGHT])
        each[LAST_REPORT + cut] = at.where_counted(waiting_since(at, config.waiting))
    table = rows.table.select(
        *keys, **{c.REPORTER: some[c.REPORTER], c.DAY: some[c.DAY]}, **each
    )  # fmt: skip
    days = table.group_by([*keys, c.REPORTER, c.DAY]).agg(
        **{name: table[name].max() for name in each}
    )
    capped = _sum_of_reporters(days, keys, tuple(rows.at), config)
    sums = {}
    for cut in rows.at:
        weight = capped[c.DECAYED_WEIGHT + cut]
        sums[c.COMPLAINTS + cut] = _whole_sum(weight)
        sums[c.COMPLAINT_REPORTERS + cut] = weight.count()
        sums[c.COMPLAINT_REPORT_DAYS + cut] = _whole_sum(capped[REPORT_DAYS + cut])
        sums[LAST_REPORT + cut] = capped[LAST_REPORT + cut].max()
    return capped.group_by(keys).agg(**sums)


def _sum_of_reporters(
    days: ir.Table, keys: Sequence[str], cuts: Sequence[str], config: ScoreConfig
) -> ir.Table:
    """Sum the days of each reporter up to the cap; NULL where there is none."""
    each = {}
    for cut in cuts:
        weight = days[c.DECAYED_WEIGHT + cut]
        each[c.DECAYED_WEIGHT + cut] = weight.sum().cast("int64")
        each[REPORT_DAYS + cut] = weight.count()
        each[LAST_REPORT + cut] = days[LAST_REPORT + cut].max()
    reporters = days.group_by([*keys, c.REPORTER]).agg(**each)
    caps = config.caps
    cap = ibis.ifelse(
        reporters[c.REPORTER] == c.UNKNOWN_REPORTER,
        ibis.literal(int(caps.unknown_reporters * QUANTA_PER_UNIT), "int64"),
        ibis.literal(int(caps.reporter * QUANTA_PER_UNIT), "int64"),
    )
    weights = {name: reporters[name] for name in each if name.startswith(c.DECAYED_WEIGHT)}
    # Not the least of both: that of NULL and a cap is the cap.
    capped = {name: ibis.ifelse(weight > cap, cap, weight) for name, weight in weights.items()}
    return reporters.mutate(**capped)


def sum_violations(rows: ir.Table, *, config: ScoreConfig) -> ir.Table:
    """Sum decayed violations per place, count the events of their own in the rate window.

    ``rows``: with ``confirms`` (`risk.events.confirmed`).
    """
    return rows.group_by(PLACE_KEYS).agg(
        **{
            c.VIOLATIONS: _whole_sum(rows[c.DECAYED_WEIGHT]),
            c.CONFIRMED: rows.count(
                where=rows[c.CONFIRMS] & _within(rows, config.rate_window_days)
            ),
        }
    )


def sum_inspections(rows: RowsToSum, *, config: ScoreConfig) -> ir.Table:
    """Sum visits per place by what they gave, count confirmed finds, take the last visit.

    ``rows``: with what `risk.events.open_reports` needs of them.
    """
    some = next(iter(rows.at.values()))
    each = {}
    for cut, at in rows.at.items():
        recent = _within(at, config.rate_window_days)
        each[_COUNTS + cut] = at.counts
        each[c.DECAYED_WEIGHT + cut] = at[c.DECAYED_WEIGHT]
        each[c.CONFIRMED + cut] = at.counts & at[c.CONFIRMS] & recent
        each[ANSWERED + cut] = at.where_counted(answered_until(at, config.waiting))
    seen = {c.SIGNAL: some[c.SIGNAL], c.EVENT_AT: some[c.EVENT_AT]}
    table = rows.table.select(*rows.keys, **seen, **each)
    sums = {}
    for cut in rows.at:
        counts = table[_COUNTS + cut]
        for signal in (c.FOUND, c.NOT_FOUND, c.NO_ACCESS):
            of_signal = counts & (table[c.SIGNAL] == signal)
            sums[signal + cut] = _whole_sum(table[c.DECAYED_WEIGHT + cut], where=of_signal)
        sums[c.CONFIRMED + cut] = table.count(where=table[c.CONFIRMED + cut])
        sums[c.VISITS + cut] = table.count(where=counts)
        sums[LAST_VISIT + cut] = table[c.EVENT_AT].max(where=counts)
        sums[ANSWERED + cut] = table[ANSWERED + cut].max()
    return table.group_by(rows.keys).agg(**sums)


def sum_rentals(rows: RowsToSum) -> ir.Table:
    """Count active registered units per building and those let to a business; sum short terms.

    The count of units is NULL at a cut at which there was no lease yet.
    """
    some = next(iter(rows.at.values()))
    each = {}
    for cut, at in rows.at.items():
        each[_COUNTS + cut] = at.counts
        each[c.ACTIVE + cut] = at.counts & at[c.ACTIVE]
        each[c.BUSINESS + cut] = at.counts & at[c.ACTIVE] & at[c.BUSINESS]
        each[c.SHORT_TERM + cut] = at.where_counted(at[c.DECAYED_WEIGHT])
    unit = {c.REGISTERED_UNIT: some[c.REGISTERED_UNIT]}
    table = rows.table.select(*rows.keys, **unit, **each)
    of_units = {
        name: _whole_sum(table[name]) if name.startswith(c.SHORT_TERM) else table[name].any()
        for name in each
    }
    units = table.group_by([*rows.keys, *unit]).agg(**of_units)
    sums = {}
    for cut in rows.at:
        registered = units.count(where=units[c.ACTIVE + cut])
        leases = units[_COUNTS + cut].any()
        sums[c.REGISTERED + cut] = ibis.ifelse(leases, registered, ibis.null("int64"))
        sums[c.BUSINESS_TENANT + cut] = units.count(where=units[c.BUSINESS + cut])
        sums[c.SHORT_TERM + cut] = _whole_sum(units[c.SHORT_TERM + cut])
    return units.group_by(rows.keys).agg(**sums)


def sum_shared_tenants(rows: RowsToSum) -> ir.Table:
    """Count per building the active units that a tenant rents besides the first."""
    some = next(iter(rows.at.values()))
    active = {c.ACTIVE + cut: at.counts & at[c.ACTIVE] for cut, at in rows.at.items()}
    who = {c.TENANT: some[c.TENANT], c.REGISTERED_UNIT: some[c.REGISTERED_UNIT]}
    table = rows.table.select(*rows.keys, **who, **active)
    ever = reduce(or_, (table[name] for name in active))
    table = table.filter(ever & (table[c.TENANT] != ""))
    pairs = table.group_by([*rows.keys, *who]).agg(**{name: table[name].any() for name in active})
    units = {name: pairs.count(where=pairs[name]) for name in active}
    tenants = pairs.group_by([*rows.keys, c.TENANT]).agg(**units)
    besides = {
        c.SHARED_TENANT + cut: _whole_sum(ibis.greatest(tenants[c.ACTIVE + cut] - 1, 0))
        for cut in rows.at
    }
    return tenants.group_by(rows.keys).agg(**besides)


def _whole_sum(
    values: ir.IntegerColumn, *, where: ir.BooleanValue | None = None
) -> ir.IntegerScalar:
    return values.sum(where=where).fill_null(0).cast("int64")


def _within(rows: Rows, days: int) -> ir.BooleanColumn:
    return rows[c.EVENT_AT] >= rows[c.CUT] - ibis.interval(days=days)
