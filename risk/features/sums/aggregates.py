"""Sums and counts per building, one Ibis expression each.

The engine only counts, and sums whole numbers, so a result is the same to the bit whatever the
order of the rows and whichever engine ran it. Rows come once for every cut, or once for all of
them (`risk.features.sums.at_cuts.RowsToSum`); a sum then has a column for each, named with the
cut's suffix.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
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
_MORE: Final = "more_"


def sum_complaints(rows: RowsToSum, *, config: ScoreConfig) -> ir.Table:
    """Sum complaints per place: distinct reporters × distinct days, each reporter capped.

    Of one reporter's tickets on one day the weightiest counts. All reports whose reporter is not
    known share one cap of their own, so withholding a name is no way round it.

    ``rows``: with what `risk.events.open_reports` needs of them.
    """
    table = rows.each(partial(_report, config=config), c.REPORTER, c.DAY)
    alone = table.group_by(rows.keys).agg(**_sums_if_alone(table, rows.at, config))
    return _add_up(alone, _besides(table, rows, config), rows.keys)


def _report(at: AtCut, config: ScoreConfig) -> dict[str, ir.Value]:
    return {
        c.DECAYED_WEIGHT: at.where_counted(at[c.DECAYED_WEIGHT]),
        LAST_REPORT: at.where_counted(waiting_since(at, config.waiting)),
    }


def _sums_if_alone(
    reports: ir.Table, cuts: Iterable[str], config: ScoreConfig
) -> dict[str, ir.Value]:
    """Return the sums of reports if nobody told twice."""
    sums: dict[str, ir.Value] = {}
    for cut in cuts:
        weight = reports[c.DECAYED_WEIGHT + cut]
        sums[c.COMPLAINTS + cut] = _whole_sum(_capped(weight, reports, config))
        sums[c.COMPLAINT_REPORTERS + cut] = sums[c.COMPLAINT_REPORT_DAYS + cut] = weight.count()
        sums[LAST_REPORT + cut] = reports[LAST_REPORT + cut].max()
    return sums


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
    return reporters.select(*rows.keys, **more)


def _add_up(sums: ir.Table, more: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Add to the sums of some groups what a few of them have more, or less."""
    columns = [name for name in more.columns if name in sums.columns and name not in keys]
    more = more.group_by(keys).agg(**{_MORE + name: _whole_sum(more[name]) for name in columns})
    more = more.rename({_MORE + key: key for key in keys})
    joined = sums.left_join(more, [sums[key] == more[_MORE + key] for key in keys])
    added = {name: whole(joined[name] + joined[_MORE + name].fill_null(0)) for name in columns}
    return joined.mutate(**added).select(*sums.columns)


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
    rows: ir.Table, *, config: ScoreConfig, keys: Sequence[str] = PLACE_KEYS
) -> ir.Table:
    """Sum decayed violations per place, count the events of their own in the rate window.

    ``rows``: with ``confirms`` (`risk.events.confirmed`).
    """
    events = rows[c.CONFIRMS] & _within(rows, config.rate_window_days)
    sums = {c.VIOLATIONS: _whole_sum(rows[c.DECAYED_WEIGHT]), c.CONFIRMED: rows.count(where=events)}
    return rows.group_by(keys).agg(**sums)


def pivot_cuts(sums: ir.Table, cuts: Sequence[datetime]) -> ir.Table:
    """Return sums by cut and building as one row per building, with numbered columns for the cuts.

    They are those of `sum_violations`.
    """
    columns = {
        f"{name}{number}": _whole_sum(sums[name], where=sums[c.CUT] == ibis.literal(cut))
        for number, cut in enumerate(cuts)
        for name in (c.VIOLATIONS, c.CONFIRMED)
    }
    return sums.group_by(c.BUILDING).agg(**columns)


def sum_inspections(rows: RowsToSum, *, config: ScoreConfig) -> ir.Table:
    """Sum visits per place by what they gave, count confirmed finds, take the last visit.

    ``rows``: with what `risk.events.open_reports` needs of them.
    """
    table = rows.each(partial(_visit, config=config), c.SIGNAL)
    sums = {}
    for cut in rows.at:
        weight = table[c.DECAYED_WEIGHT + cut]
        for signal in (c.FOUND, c.NOT_FOUND, c.NO_ACCESS):
            # Not by a filter, which DuckDB works out for each sum anew; 0 sooner than NULL.
            of_signal = ibis.ifelse(table[c.SIGNAL] == signal, weight, ibis.literal(0, "int64"))
            sums[signal + cut] = _whole_sum(of_signal)
        sums[c.CONFIRMED + cut] = table[c.CONFIRMED + cut].count()
        sums[c.VISITS + cut] = table[_COUNTS + cut].count()
        sums[LAST_VISIT + cut] = table[LAST_VISIT + cut].max()
        sums[ANSWERED + cut] = table[ANSWERED + cut].max()
    return table.group_by(rows.keys).agg(**sums)


def _visit(at: AtCut, config: ScoreConfig) -> dict[str, ir.Value]:
    recent = _within(at, config.rate_window_days)
    no = ibis.literal(value=False)
    return {
        # NULL where a row does not count, not by filters: DuckDB takes rows apart for each of them.
        _COUNTS: at.counts.nullif(no),
        c.CONFIRMED: (at.counts & at[c.CONFIRMS] & recent).nullif(no),
        LAST_VISIT: at.where_counted(at[c.EVENT_AT]),
        c.DECAYED_WEIGHT: ibis.ifelse(at.counts, at[c.DECAYED_WEIGHT], ibis.literal(0, "int64")),
        ANSWERED: at.where_counted(answered_until(at, config.waiting)),
    }


def sum_rentals(rows: RowsToSum) -> ir.Table:
    """Count active registered units per building and those let to a business; sum short terms.

    Count, too, the active units that a tenant rents there besides the first. The count of units is
    NULL at a cut at which there was no lease yet.
    """
    leases = rows.each(_lease, c.REGISTERED_UNIT, c.TENANT)
    sums: dict[str, ir.Value] = {}
    for cut in rows.at:  # as if no two leases were of one unit
        active = leases.count(where=leases[c.ACTIVE + cut])
        any_lease = leases[_COUNTS + cut].any()
        sums[c.REGISTERED + cut] = ibis.ifelse(any_lease, active, ibis.null("int64"))
        sums[c.BUSINESS_TENANT + cut] = leases.count(where=leases[c.BUSINESS + cut])
        sums[c.SHORT_TERM + cut] = _whole_sum(leases[c.SHORT_TERM + cut])
        sums[c.SHARED_TENANT + cut] = ibis.literal(0, "int64")
    single = leases.group_by(rows.keys).agg(**sums)
    single = _add_up(single, _units_besides(leases, rows), rows.keys)
    return _add_up(single, _tenants_besides(leases, rows), rows.keys)


def _lease(at: AtCut) -> dict[str, ir.Value]:
    active = at.counts & at[c.ACTIVE]
    return {
        _COUNTS: at.counts,
        c.ACTIVE: active,
        c.BUSINESS: active & at[c.BUSINESS],
        c.SHORT_TERM: ibis.ifelse(at.counts, at[c.DECAYED_WEIGHT], 0).cast("int64"),
    }


def _units_besides(leases: ir.Table, rows: RowsToSum) -> ir.Table:
    """Return by unit of several leases what it counts less than they do: a unit counts once."""
    several = of_several(leases, rows.keys, c.REGISTERED_UNIT)
    less = {
        counted + cut: several[name + cut].any().cast("int64")
        - several.count(where=several[name + cut])
        for cut in rows.at
        for name, counted in ((c.ACTIVE, c.REGISTERED), (c.BUSINESS, c.BUSINESS_TENANT))
    }
    return several.group_by([*rows.keys, c.REGISTERED_UNIT]).agg(**less)


def _tenants_besides(leases: ir.Table, rows: RowsToSum) -> ir.Table:
    """Count the active units that each tenant of a building rents besides the first."""
    pair = [*rows.keys, c.TENANT, c.REGISTERED_UNIT]
    active = [c.ACTIVE + cut for cut in rows.at]
    named = leases.filter(leases[c.TENANT] != "").select(*pair, *active)
    several = of_several(named, rows.keys, c.TENANT)
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
    return whole(values.sum(where=where).fill_null(0))


def _within(rows: Rows, days: int) -> ir.BooleanColumn:
    return rows[c.EVENT_AT] >= rows[c.CUT] - ibis.interval(days=days)
