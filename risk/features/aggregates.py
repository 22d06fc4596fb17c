"""Sums and counts per building, one Ibis expression each.

The engine only counts, and sums whole numbers, so a result is the same to the bit whatever the
order of the rows and whichever engine ran it.
"""

from __future__ import annotations

import ibis
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.decay import QUANTA_PER_UNIT
from risk.events.open_reports import answered_until, waiting_since
from risk.events.rows import PLACE_KEYS

LAST_VISIT = "last_visit"
LAST_REPORT = "last_report"
"""When the latest report was made that a visit is to answer."""
ANSWERED = "answered"
"""Up to when visits have answered reports."""
REPORT_DAYS = "report_days"


def sum_complaints(rows: ir.Table, *, config: ScoreConfig) -> ir.Table:
    """Sum complaints per place: distinct reporters × distinct days, each reporter capped.

    Of one reporter's tickets on one day the weightiest counts. All reports whose reporter is not
    known share one cap of their own, so withholding a name is no way round it.

    ``rows``: with what `risk.events.open_reports` needs of them.
    """
    days = rows.group_by([*PLACE_KEYS, c.REPORTER, c.DAY]).agg(
        **{
            c.DECAYED_WEIGHT: rows[c.DECAYED_WEIGHT].max(),
            LAST_REPORT: waiting_since(rows, config.waiting).max(),
        }
    )
    reporters = days.group_by([*PLACE_KEYS, c.REPORTER]).agg(
        **{
            c.DECAYED_WEIGHT: _whole_sum(days[c.DECAYED_WEIGHT]),
            REPORT_DAYS: days.count(),
            LAST_REPORT: days[LAST_REPORT].max(),
        }
    )
    caps = config.caps
    cap = ibis.ifelse(
        reporters[c.REPORTER] == c.UNKNOWN_REPORTER,
        ibis.literal(int(caps.unknown_reporters * QUANTA_PER_UNIT), "int64"),
        ibis.literal(int(caps.reporter * QUANTA_PER_UNIT), "int64"),
    )
    reporters = reporters.mutate(**{c.DECAYED_WEIGHT: ibis.least(reporters[c.DECAYED_WEIGHT], cap)})
    return reporters.group_by(PLACE_KEYS).agg(
        **{
            c.COMPLAINTS: _whole_sum(reporters[c.DECAYED_WEIGHT]),
            c.COMPLAINT_REPORTERS: reporters.count(),
            c.COMPLAINT_REPORT_DAYS: _whole_sum(reporters[REPORT_DAYS]),
            LAST_REPORT: reporters[LAST_REPORT].max(),
        }
    )


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


def sum_inspections(rows: ir.Table, *, config: ScoreConfig) -> ir.Table:
    """Sum visits per place by what they gave, count confirmed finds, take the last visit.

    ``rows``: with what `risk.events.open_reports` needs of them.
    """
    decayed_weights = {
        signal: _whole_sum(ibis.ifelse(rows[c.SIGNAL] == signal, rows[c.DECAYED_WEIGHT], 0))
        for signal in (c.FOUND, c.NOT_FOUND, c.NO_ACCESS)
    }
    recent = _within(rows, config.rate_window_days)
    return rows.group_by(PLACE_KEYS).agg(
        **decayed_weights,
        **{
            c.CONFIRMED: rows.count(where=rows[c.CONFIRMS] & recent),
            c.VISITS: rows.count(),
            LAST_VISIT: rows[c.EVENT_AT].max(),
            ANSWERED: answered_until(rows, config.waiting).max(),
        },
    )


def sum_rentals(rows: ir.Table) -> ir.Table:
    """Count active registered units per building and those let to a business; sum short terms."""
    unit, active = rows[c.REGISTERED_UNIT], rows[c.ACTIVE]
    return rows.group_by([c.CUT, c.BUILDING]).agg(
        **{
            c.REGISTERED: unit.nunique(where=active),
            c.BUSINESS_TENANT: unit.nunique(where=active & rows[c.BUSINESS]),
            c.SHORT_TERM: _whole_sum(rows[c.DECAYED_WEIGHT]),
        }
    )


def sum_shared_tenants(rows: ir.Table) -> ir.Table:
    """Count per building the active units that a tenant rents besides the first."""
    rows = rows.filter(rows[c.ACTIVE] & (rows[c.TENANT] != ""))
    place = [c.CUT, c.BUILDING]
    tenants = rows.group_by([*place, c.TENANT]).agg(_units=rows[c.REGISTERED_UNIT].nunique())
    return tenants.group_by(place).agg(**{c.SHARED_TENANT: _whole_sum(tenants["_units"] - 1)})


def _whole_sum(values: ir.IntegerColumn) -> ir.IntegerScalar:
    return values.sum().cast("int64")


def _within(rows: ir.Table, days: int) -> ir.BooleanColumn:
    return rows[c.EVENT_AT] >= rows[c.CUT] - ibis.interval(days=days)
