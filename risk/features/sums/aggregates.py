"""Sums and counts per building, one Ibis expression each.

The engine only counts, and sums whole numbers, so a result is the same to the bit whatever the
order of the rows and whichever engine ran it. Rows come once for every cut, or once for all of
them (`risk.features.sums.at_cuts.RowsToSum`); a sum then has a column for each, named with the
cut's suffix.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import ibis
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.decay import QUANTA_PER_UNIT
from risk.events.expressions import Rows
from risk.events.open_reports import answered_until, waiting_since
from risk.events.rows import PLACE_KEYS
from risk.features.sums.at_cuts import RowsToSum

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
    alone, together = rows.split_alone(c.REPORTER)
    reporters = _sum_days(together, config).union(_one_day(alone, config))
    capped = _capped(reporters, config)
    sums = {}
    for cut in rows.at:
        weight = capped[c.DECAYED_WEIGHT + cut]
        sums[c.COMPLAINTS + cut] = _whole_sum(weight)
        sums[c.COMPLAINT_REPORTERS + cut] = weight.count()
        sums[c.COMPLAINT_REPORT_DAYS + cut] = _whole_sum(capped[REPORT_DAYS + cut])
        sums[LAST_REPORT + cut] = capped[LAST_REPORT + cut].max()
    return capped.group_by(rows.keys).agg(**sums)


def _sum_days(rows: RowsToSum, config: ScoreConfig) -> ir.Table:
    """Sum the days of each reporter; NULL where there is none."""
    each = {}
    for cut, at in rows.at.items():
        each[c.DECAYED_WEIGHT + cut] = at.where_counted(at[c.DECAYED_WEIGHT])
        each[LAST_REPORT + cut] = at.where_counted(waiting_since(at, config.waiting))
    who = [*rows.keys, c.REPORTER]
    table = rows.table.select(*who, c.DAY, **each)
    days = table.group_by([*who, c.DAY]).agg(**{name: table[name].max() for name in each})
    sums = {}
    for cut in rows.at:
        weight = days[c.DECAYED_WEIGHT + cut]
        sums[c.DECAYED_WEIGHT + cut] = weight.sum().cast("int64")
        sums[REPORT_DAYS + cut] = weight.count()
        sums[LAST_REPORT + cut] = days[LAST_REPORT + cut].max()
    return days.group_by(who).agg(**sums)


def _one_day(rows: RowsToSum, config: ScoreConfig) -> ir.Table:
    """Return the same of reporters who told once."""
    each = {}
    for cut, at in rows.at.items():
        each[c.DECAYED_WEIGHT + cut] = at.where_counted(at[c.DECAYED_WEIGHT])
        each[REPORT_DAYS + cut] = at.counts.cast("int64")
        each[LAST_REPORT + cut] = at.where_counted(waiting_since(at, config.waiting))
    return rows.table.select(*rows.keys, c.REPORTER, **each)


def _capped(reporters: ir.Table, config: ScoreConfig) -> ir.Table:
    """Cap what each reporter adds."""
    caps = config.caps
    cap = ibis.ifelse(
        reporters[c.REPORTER] == c.UNKNOWN_REPORTER,
        ibis.literal(int(caps.unknown_reporters * QUANTA_PER_UNIT), "int64"),
        ibis.literal(int(caps.reporter * QUANTA_PER_UNIT), "int64"),
    )
    names = [name for name in reporters.columns if name.startswith(c.DECAYED_WEIGHT)]
    # Not the least of both: that of NULL and a cap is the cap.
    capped = {name: ibis.ifelse(reporters[name] > cap, cap, reporters[name]) for name in names}
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
    each = {}
    for cut, at in rows.at.items():
        recent = _within(at, config.rate_window_days)
        each[_COUNTS + cut] = at.counts
        each[c.DECAYED_WEIGHT + cut] = at[c.DECAYED_WEIGHT]
        each[c.CONFIRMED + cut] = at.counts & at[c.CONFIRMS] & recent
        each[ANSWERED + cut] = at.where_counted(answered_until(at, config.waiting))
    table = rows.table.select(*rows.keys, c.SIGNAL, c.EVENT_AT, **each)
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
    alone, together = (_leases(some) for some in rows.split_alone(c.REGISTERED_UNIT))
    unit = [*rows.keys, c.REGISTERED_UNIT]
    of_units = {
        name: _whole_sum(together[name]) if name.startswith(c.SHORT_TERM) else together[name].any()
        for name in together.columns
        if name not in unit
    }
    units = together.group_by(unit).agg(**of_units).union(alone)
    sums = {}
    for cut in rows.at:
        registered = units.count(where=units[c.ACTIVE + cut])
        leases = units[_COUNTS + cut].any()
        sums[c.REGISTERED + cut] = ibis.ifelse(leases, registered, ibis.null("int64"))
        sums[c.BUSINESS_TENANT + cut] = units.count(where=units[c.BUSINESS + cut])
        sums[c.SHORT_TERM + cut] = _whole_sum(units[c.SHORT_TERM + cut])
    return units.group_by(rows.keys).agg(**sums)


def _leases(rows: RowsToSum) -> ir.Table:
    """Return how each lease stands at every cut."""
    each = {}
    for cut, at in rows.at.items():
        active = at.counts & at[c.ACTIVE]
        each[_COUNTS + cut] = at.counts
        each[c.ACTIVE + cut] = active
        each[c.BUSINESS + cut] = active & at[c.BUSINESS]
        each[c.SHORT_TERM + cut] = ibis.ifelse(at.counts, at[c.DECAYED_WEIGHT], 0).cast("int64")
    return rows.table.select(*rows.keys, c.REGISTERED_UNIT, **each)


def sum_shared_tenants(rows: RowsToSum) -> ir.Table:
    """Count per building the active units that a tenant rents besides the first."""
    _, several = replace(rows, table=rows.table.filter(rows.table[c.TENANT] != "")).split_alone(
        c.TENANT
    )
    active = {c.ACTIVE + cut: at.counts & at[c.ACTIVE] for cut, at in several.at.items()}
    pair = [*rows.keys, c.TENANT, c.REGISTERED_UNIT]
    table = several.table.select(*pair, **active)
    pairs = table.group_by(pair).agg(**{name: table[name].any() for name in active})
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
