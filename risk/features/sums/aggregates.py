"""Sums and counts per building, one Ibis expression each.

The engine only counts, and sums whole numbers, so a result is the same to the bit whatever the
order of the rows and whichever engine ran it. Rows come once for every cut, or once for all of
them (`risk.features.sums.at_cuts.RowsToSum`); a sum then has a column for each, named with the
cut's suffix.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final

import ibis
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.decay import QUANTA_PER_UNIT
from risk.events.expressions import Rows, whole
from risk.events.open_reports import answered_until, waiting_since
from risk.events.rows import PLACE_KEYS
from risk.features.sums.at_cuts import AtCut, RowsToSum, of_several

LAST_VISIT = "last_visit"
LAST_REPORT = "last_report"
"""When the latest report was made that a visit is to answer."""
ANSWERED = "answered"
"""Up to when visits have answered reports."""
REPORT_DAYS = "report_days"
_COUNTS: Final = "counts"
_ALONE: Final = "alone"
_SUMMED: Final = {
    c.BUSINESS: c.BUSINESS_TENANT,
    c.SHORT_TERM: c.SHORT_TERM,
    c.SHARED_TENANT: c.SHARED_TENANT,
}
"""Columns of leases, and of their sums."""


def sum_complaints(rows: RowsToSum, *, config: ScoreConfig) -> ir.Table:
    """Sum complaints per place: distinct reporters × distinct days, each reporter capped.

    Of one reporter's tickets on one day the weightiest counts. All reports whose reporter is not
    known share one cap of their own, so withholding a name is no way round it.

    ``rows``: with what `risk.events.open_reports` needs of them.
    """
    table = rows.each(partial(_report, config=config), c.REPORTER, c.DAY)
    alone = _as_if_alone(table, rows.at, config)
    told = alone.union(_besides(table, rows, config).select(*alone.columns))
    sums = {}
    for cut in rows.at:
        for name in (c.COMPLAINTS, c.COMPLAINT_REPORTERS, c.COMPLAINT_REPORT_DAYS):
            sums[name + cut] = _whole_sum(told[name + cut])
        sums[LAST_REPORT + cut] = told[LAST_REPORT + cut].max()
    return told.group_by(rows.keys).agg(**sums)


def _report(at: AtCut, config: ScoreConfig) -> dict[str, ir.Value]:
    return {
        c.DECAYED_WEIGHT: at.where_counted(at[c.DECAYED_WEIGHT]),
        LAST_REPORT: at.where_counted(waiting_since(at, config.waiting)),
    }


def _as_if_alone(reports: ir.Table, cuts: Iterable[str], config: ScoreConfig) -> ir.Table:
    """Return what each report adds if nobody tells twice; 0 at a cut at which it is not known."""
    told = {}
    for cut in cuts:
        weight = reports[c.DECAYED_WEIGHT + cut]
        counts = weight.notnull().cast("int64")
        told[c.COMPLAINTS + cut] = _capped(weight, reports, config).fill_null(0)
        told[c.COMPLAINT_REPORTERS + cut] = told[c.COMPLAINT_REPORT_DAYS + cut] = counts
    kept = [name for name in reports.columns if not name.startswith(c.DECAYED_WEIGHT)]
    return reports.select(*(name for name in kept if name not in {c.REPORTER, c.DAY}), **told)


def _besides(reports: ir.Table, rows: RowsToSum, config: ScoreConfig) -> ir.Table:
    """Return by reporter who tells several times what that is more, or less, than if alone."""
    several = of_several(reports, rows.keys, c.REPORTER)
    who = [*rows.keys, c.REPORTER]
    of_day: dict[str, ir.Value] = {}
    for cut in rows.at:
        weight = several[c.DECAYED_WEIGHT + cut]
        of_day[c.DECAYED_WEIGHT + cut] = weight.max()
        of_day[_ALONE + cut] = whole(_capped(weight, several, config).sum())
        of_day[_COUNTS + cut] = weight.count()
    days = several.group_by([*who, c.DAY]).agg(**of_day)
    of_reporter: dict[str, ir.Value] = {}
    for cut in rows.at:
        weight = days[c.DECAYED_WEIGHT + cut]
        of_reporter[c.DECAYED_WEIGHT + cut] = whole(weight.sum())
        of_reporter[REPORT_DAYS + cut] = weight.count()
        for name in (_ALONE, _COUNTS):
            of_reporter[name + cut] = _whole_sum(days[name + cut])
    reporters = days.group_by(who).agg(**of_reporter)
    more: dict[str, ir.Value] = {}
    for cut in rows.at:
        weight, count = reporters[c.DECAYED_WEIGHT + cut], reporters[_COUNTS + cut]
        capped = _capped(weight, reporters, config).fill_null(0)
        more[c.COMPLAINTS + cut] = capped - reporters[_ALONE + cut]
        more[c.COMPLAINT_REPORTERS + cut] = weight.notnull().cast("int64") - count
        more[c.COMPLAINT_REPORT_DAYS + cut] = reporters[REPORT_DAYS + cut] - count
        more[LAST_REPORT + cut] = ibis.null("timestamp")
    return reporters.select(*rows.keys, **more)


def _capped(weight: ir.IntegerValue, table: ir.Table, config: ScoreConfig) -> ir.IntegerValue:
    """Cap what a reporter of the table adds; NULL stays NULL."""
    caps = config.caps
    cap = ibis.ifelse(
        table[c.REPORTER] == c.UNKNOWN_REPORTER,
        ibis.literal(int(caps.unknown_reporters * QUANTA_PER_UNIT), "int64"),
        ibis.literal(int(caps.reporter * QUANTA_PER_UNIT), "int64"),
    )
    # Not the least of both: that of NULL and a cap is the cap.
    return ibis.ifelse(weight > cap, cap, weight)


def sum_adverts(rows: ir.Table) -> ir.Table:
    """Sum adverts per place: of each contact the weightiest one, and one of all without contact.

    A listing that is put up again and again is one offer.
    """
    offers = rows.group_by([*PLACE_KEYS, c.REPORTER]).agg(
        **{c.DECAYED_WEIGHT: rows[c.DECAYED_WEIGHT].max()}
    )
    return offers.group_by(PLACE_KEYS).agg(**{c.ADVERTS: _whole_sum(offers[c.DECAYED_WEIGHT])})


def sum_violations(
    rows: ir.Table, *, config: ScoreConfig, keys: Sequence[str] = PLACE_KEYS, suffix: str = ""
) -> ir.Table:
    """Sum decayed violations per place, count the events of their own in the rate window.

    ``rows``: with ``confirms`` (`risk.events.confirmed`). ``suffix``: ends the names of the sums.
    """
    return rows.group_by(keys).agg(
        **{
            c.VIOLATIONS + suffix: _whole_sum(rows[c.DECAYED_WEIGHT]),
            c.CONFIRMED + suffix: rows.count(
                where=rows[c.CONFIRMS] & _within(rows, config.rate_window_days)
            ),
        }
    )


def sum_inspections(rows: RowsToSum, *, config: ScoreConfig) -> ir.Table:
    """Sum visits per place by what they gave, count confirmed finds, take the last visit.

    ``rows``: with what `risk.events.open_reports` needs of them.
    """
    table = rows.each(partial(_visit, config=config), c.SIGNAL, c.EVENT_AT)
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


def _visit(at: AtCut, config: ScoreConfig) -> dict[str, ir.Value]:
    recent = _within(at, config.rate_window_days)
    return {
        _COUNTS: at.counts,
        c.DECAYED_WEIGHT: at[c.DECAYED_WEIGHT],
        c.CONFIRMED: at.counts & at[c.CONFIRMS] & recent,
        ANSWERED: at.where_counted(answered_until(at, config.waiting)),
    }


def sum_rentals(rows: RowsToSum) -> ir.Table:
    """Count active registered units per building and those let to a business; sum short terms.

    Count, too, the active units that a tenant rents there besides the first. The count of units is
    NULL at a cut at which there was no lease yet.
    """
    leases = rows.each(_lease, c.REGISTERED_UNIT, c.TENANT)
    alone = leases.drop(c.REGISTERED_UNIT, c.TENANT)
    parts = alone
    for more in (_units_besides(leases, rows), _tenants_besides(leases, rows)):
        nothing = {name: ibis.literal(0, alone[name].type()) for name in alone.columns
                   if name not in more.columns}  # fmt: skip
        parts = parts.union(more.mutate(**nothing).select(*alone.columns))
    sums = {}
    for cut in rows.at:
        registered = _whole_sum(parts[c.ACTIVE + cut])
        any_lease = parts[_COUNTS + cut].sum() > 0
        sums[c.REGISTERED + cut] = ibis.ifelse(any_lease, registered, ibis.null("int64"))
        for name, summed in _SUMMED.items():
            sums[summed + cut] = _whole_sum(parts[name + cut])
    return parts.group_by(rows.keys).agg(**sums)


def _lease(at: AtCut) -> dict[str, ir.Value]:
    """Return how a lease stands at a cut, as numbers."""
    active = at.counts & at[c.ACTIVE]
    return {
        _COUNTS: at.counts.cast("int64"),
        c.ACTIVE: active.cast("int64"),
        c.BUSINESS: (active & at[c.BUSINESS]).cast("int64"),
        c.SHORT_TERM: ibis.ifelse(at.counts, at[c.DECAYED_WEIGHT], 0).cast("int64"),
        c.SHARED_TENANT: ibis.literal(0, "int64"),
    }


def _units_besides(leases: ir.Table, rows: RowsToSum) -> ir.Table:
    """Return by unit of several leases what it counts less than they do: a unit counts once."""
    several = of_several(leases, rows.keys, c.REGISTERED_UNIT)
    less = {
        name + cut: several[name + cut].max() - _whole_sum(several[name + cut])
        for cut in rows.at
        for name in (c.ACTIVE, c.BUSINESS)
    }
    units = several.group_by([*rows.keys, c.REGISTERED_UNIT]).agg(**less)
    return units.drop(c.REGISTERED_UNIT)


def _tenants_besides(leases: ir.Table, rows: RowsToSum) -> ir.Table:
    """Count the active units that each tenant of a building rents besides the first."""
    pair = [*rows.keys, c.TENANT, c.REGISTERED_UNIT]
    active = [c.ACTIVE + cut for cut in rows.at]
    named = leases.filter(leases[c.TENANT] != "").select(*pair, *active)
    several = of_several(named, rows.keys, c.TENANT)
    pairs = several.group_by(pair).agg(**{name: several[name].max() for name in active})
    units = {name: _whole_sum(pairs[name]) for name in active}
    tenants = pairs.group_by([*rows.keys, c.TENANT]).agg(**units)
    besides = {
        c.SHARED_TENANT + cut: ibis.greatest(tenants[c.ACTIVE + cut] - 1, 0).cast("int64")
        for cut in rows.at
    }
    return tenants.select(*rows.keys, **besides)


def _whole_sum(
    values: ir.IntegerColumn, *, where: ir.BooleanValue | None = None
) -> ir.IntegerScalar:
    return whole(values.sum(where=where).fill_null(0))


def _within(rows: Rows, days: int) -> ir.BooleanColumn:
    return rows[c.EVENT_AT] >= rows[c.CUT] - ibis.interval(days=days)
