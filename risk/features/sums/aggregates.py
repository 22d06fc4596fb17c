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
from risk.events.expressions import Rows
from risk.events.open_reports import answered_until, waiting_since
from risk.events.rows import PLACE_KEYS
from risk.features.sums.at_cuts import AtCut, RowsToSum, split_alone

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
    table = rows.each(partial(_report, config=config), c.REPORTER, c.DAY)
    alone, together = split_alone(table, rows.keys, c.REPORTER)
    of_many = _sum_days(together, [*rows.keys, c.REPORTER], rows.at)
    capped = _capped(of_many.union(_one_day(alone, rows.at).select(of_many.columns)), config)
    sums = {}
    for cut in rows.at:
        weight = capped[c.DECAYED_WEIGHT + cut]
        sums[c.COMPLAINTS + cut] = _whole_sum(weight)
        sums[c.COMPLAINT_REPORTERS + cut] = weight.count()
        sums[c.COMPLAINT_REPORT_DAYS + cut] = _whole_sum(capped[REPORT_DAYS + cut])
        sums[LAST_REPORT + cut] = capped[LAST_REPORT + cut].max()
    return capped.group_by(rows.keys).agg(**sums)


def _report(at: AtCut, config: ScoreConfig) -> dict[str, ir.Value]:
    return {
        c.DECAYED_WEIGHT: at.where_counted(at[c.DECAYED_WEIGHT]),
        LAST_REPORT: at.where_counted(waiting_since(at, config.waiting)),
    }


def _sum_days(reports: ir.Table, who: Sequence[str], cuts: Iterable[str]) -> ir.Table:
    """Sum the days of each reporter; NULL where there is none."""
    each = [name + cut for cut in cuts for name in (c.DECAYED_WEIGHT, LAST_REPORT)]
    days = reports.group_by([*who, c.DAY]).agg(**{name: reports[name].max() for name in each})
    sums = {}
    for cut in cuts:
        weight = days[c.DECAYED_WEIGHT + cut]
        sums[c.DECAYED_WEIGHT + cut] = weight.sum().cast("int64")
        sums[REPORT_DAYS + cut] = weight.count()
        sums[LAST_REPORT + cut] = days[LAST_REPORT + cut].max()
    return days.group_by(who).agg(**sums)


def _one_day(reports: ir.Table, cuts: Iterable[str]) -> ir.Table:
    """Return the same of reporters who told once."""
    counted = {
        REPORT_DAYS + cut: reports[c.DECAYED_WEIGHT + cut].notnull().cast("int64") for cut in cuts
    }
    return reports.mutate(**counted)


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


def sum_adverts(rows: ir.Table) -> ir.Table:
    """Sum adverts per place: of each contact the weightiest one, and one of all without contact.

    A listing that is put up again and again is one offer.
    """
    offers = rows.group_by([*PLACE_KEYS, c.REPORTER]).agg(
        **{c.DECAYED_WEIGHT: rows[c.DECAYED_WEIGHT].max()}
    )
    return offers.group_by(PLACE_KEYS).agg(**{c.ADVERTS: _whole_sum(offers[c.DECAYED_WEIGHT])})


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
    units = _units(leases, rows)
    nothing = {name: 0 if name.startswith(c.SHORT_TERM) else False for name in units.columns}
    several = _several(leases, rows)
    several = several.mutate(
        **{name: ibis.literal(value, units[name].type()) for name, value in nothing.items()
           if name not in rows.keys}
    )  # fmt: skip
    units = units.mutate(**{c.SHARED_TENANT + cut: ibis.literal(0, "int64") for cut in rows.at})
    parts = units.union(several.select(units.columns))
    sums = {}
    for cut in rows.at:
        registered = parts.count(where=parts[c.ACTIVE + cut])
        any_lease = parts[_COUNTS + cut].any()
        sums[c.REGISTERED + cut] = ibis.ifelse(any_lease, registered, ibis.null("int64"))
        sums[c.BUSINESS_TENANT + cut] = parts.count(where=parts[c.BUSINESS + cut])
        for name in (c.SHORT_TERM, c.SHARED_TENANT):
            sums[name + cut] = _whole_sum(parts[name + cut])
    return parts.group_by(rows.keys).agg(**sums)


def _lease(at: AtCut) -> dict[str, ir.Value]:
    """Return how a lease stands at a cut."""
    active = at.counts & at[c.ACTIVE]
    return {
        _COUNTS: at.counts,
        c.ACTIVE: active,
        c.BUSINESS: active & at[c.BUSINESS],
        c.SHORT_TERM: ibis.ifelse(at.counts, at[c.DECAYED_WEIGHT], 0).cast("int64"),
    }


def _units(leases: ir.Table, rows: RowsToSum) -> ir.Table:
    """Return how each registered unit stands at every cut."""
    alone, together = split_alone(leases.drop(c.TENANT), rows.keys, c.REGISTERED_UNIT)
    unit = [*rows.keys, c.REGISTERED_UNIT]
    of_units = {
        name: _whole_sum(together[name]) if name.startswith(c.SHORT_TERM) else together[name].any()
        for name in together.columns
        if name not in unit
    }
    units = together.group_by(unit).agg(**of_units)
    return units.union(alone.select(units.columns)).drop(c.REGISTERED_UNIT)


def _several(leases: ir.Table, rows: RowsToSum) -> ir.Table:
    """Count the active units that each tenant of a building rents besides the first."""
    pair = [*rows.keys, c.TENANT, c.REGISTERED_UNIT]
    active = [c.ACTIVE + cut for cut in rows.at]
    named = leases.filter(leases[c.TENANT] != "").select(*pair, *active)
    _, several = split_alone(named, rows.keys, c.TENANT)
    pairs = several.group_by(pair).agg(**{name: several[name].any() for name in active})
    units = {name: pairs.count(where=pairs[name]) for name in active}
    tenants = pairs.group_by([*rows.keys, c.TENANT]).agg(**units)
    besides = {
        c.SHARED_TENANT + cut: ibis.greatest(tenants[c.ACTIVE + cut] - 1, 0).cast("int64")
        for cut in rows.at
    }
    return tenants.select(*rows.keys, **besides)


def _whole_sum(
    values: ir.IntegerColumn, *, where: ir.BooleanValue | None = None
) -> ir.IntegerScalar:
    return values.sum(where=where).fill_null(0).cast("int64")


def _within(rows: Rows, days: int) -> ir.BooleanColumn:
    return rows[c.EVENT_AT] >= rows[c.CUT] - ibis.interval(days=days)
