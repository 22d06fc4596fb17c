"""What a row of each table says at a cut, as columns: its decayed weight and what else is read.

One definition for rows of one cut, of many cuts one below the other (`risk.events.rows`), and of
many cuts side by side (`risk.events.at_cuts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

import ibis
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.effort import effort_of
from risk.events.expressions import (
    cases,
    certainty_of,
    days_between,
    decayed,
    evidence_weight,
    first_known,
    real,
    text_of,
    time_of,
)
from risk.events.known_from import imported_before


class Rows(Protocol):
    """Rows as they read at the moment ``cut`` of each: an Ibis table, or what looks like one."""

    @property
    def columns(self) -> Sequence[str]:
        """Names of the columns."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 -- ibis ships no types
        """Return a column."""


def complaint_columns(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return ``reporter``, ``day`` and ``decayed_weight`` of complaints.

    ``decayed_weight`` is the certainty of the placement, times policy's weights of source,
    category, nature and verified truth, times the decay factor.
    """
    evidence = config.evidence
    weight = (
        certainty_of(rows)
        * evidence_weight(text_of(rows, "source"), evidence.complaint_source, otherwise=1.0)
        * evidence_weight(text_of(rows, "category"), evidence.complaint_category, otherwise=1.0)
        * evidence_weight(text_of(rows, "nature"), evidence.complaint_nature, otherwise=1.0)
        * evidence_weight(text_of(rows, "is_true"), evidence.complaint_truth, otherwise=1.0)
    )
    half_life = config.half_life_days.complaints
    return {
        c.DECAYED_WEIGHT: decayed(weight, rows[c.EVENT_AT], rows[c.CUT], half_life),
        c.REPORTER: text_of(rows, "reporter_key"),
        c.DAY: rows[c.EVENT_AT].truncate("D"),
    }


def violation_columns(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return ``decayed_weight`` of decided violations."""
    half_life = config.half_life_days.violations
    weight = decayed(certainty_of(rows), rows[c.EVENT_AT], rows[c.CUT], half_life)
    return {c.DECAYED_WEIGHT: weight}


def inspection_columns(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return the ``signal`` that each visit gives and its ``decayed_weight``.

    ``signal`` is one of ``inspections_found``, ``inspections_not_found``, ``inspections_no_access``
    or ``visit`` for a result that policy does not list; the weight of the last is 0. ``confirms``
    marks a find that is certain, ``sure`` is the certainty of the placement, and ``effort`` how
    thoroughly was looked (`risk.events.effort`): having found nothing says as much as was looked.
    """
    result, certainty = text_of(rows, "result"), certainty_of(rows)
    at, cut = rows[c.EVENT_AT], rows[c.CUT]
    evidence, half_lives = config.evidence, config.half_life_days
    effort = effort_of(rows, config.effort)
    kinds = (
        (c.FOUND, evidence.found, half_lives.inspections_found),
        (c.NOT_FOUND, evidence.not_found, half_lives.inspections_not_found),
        (c.NO_ACCESS, evidence.no_access, half_lives.inspections_no_access),
    )
    branches = [
        (
            result.isin(list(weights)),
            signal,
            evidence_weight(result, weights, otherwise=0.0),
            half_life,
        )
        for signal, weights, half_life in kinds
        if weights
    ]
    signal = cases(((when, ibis.literal(name)) for when, name, _, _ in branches), c.VISIT_ONLY)
    looked, one = {c.NOT_FOUND: effort}, real(1.0)
    decayed_weight = cases(
        (
            (when, decayed(weight * certainty * looked.get(signal, one), at, cut, half_life))
            for when, signal, weight, half_life in branches
        ),
        ibis.literal(0, "int64"),
    )
    return {
        c.DECAYED_WEIGHT: decayed_weight,
        c.SIGNAL: signal,
        c.CONFIRMS: is_confirmed(rows, config),
        c.SURE: certainty,
        c.EFFORT: effort,
    }


def is_confirmed(rows: Rows, config: ScoreConfig) -> ir.BooleanValue:
    """Say of visits whether each found something for certain."""
    return text_of(rows, "result").isin(list(config.evidence.confirmed))


def rental_columns(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return what leases and licences say, and ``begun``, when each began.

    ``registered_unit`` names the unit, ``active`` says whether the lease runs at the cut,
    ``business`` whether it lets a dwelling to a business, ``tenant`` who rents it, and
    ``decayed_weight`` is 1 for a running short lease, decayed from its end for a past one, 0 for a
    long one.
    """
    rule, evidence = config.exposure, config.evidence
    moment = rows[c.CUT]
    start, end = time_of(rows, "start_date"), time_of(rows, "end_date")
    if not rule.trust_end_date:
        end = ibis.ifelse(
            (end < moment) | imported_before(rows, moment), end, ibis.null("timestamp")
        )
    # A lease without a start is taken to have begun when it was learnt.
    begun = start.fill_null(rows[c.EVENT_AT])
    running = (end >= moment).fill_null(ibis.literal(True))  # noqa: FBT003 -- a literal's value
    active = ~text_of(rows, "status").isin(list(rule.inactive_statuses))
    if rule.trust_end_date:
        active &= running
    business = text_of(rows, "lessee_kind").isin(list(evidence.business_tenants)) & text_of(
        rows, "purpose"
    ).isin(list(evidence.dwelling_purposes))
    days = days_between(end, begun)
    short = ((days >= real(0.0)) & (days <= real(evidence.short_term_days))).fill_null(
        ibis.literal(False)  # noqa: FBT003 -- a literal's value
    )
    last = ibis.ifelse(running, moment, end)
    half_life = config.half_life_days.rental_short_term
    decayed_weight = ibis.ifelse(
        short, decayed(real(1.0), last, moment, half_life), ibis.literal(0, "int64")
    )
    return {
        c.DECAYED_WEIGHT: decayed_weight,
        c.REGISTERED_UNIT: first_known(rows, "unit_id", "filing_no", c.ROW_KEY),
        c.TENANT: text_of(rows, "lessee_key"),
        c.ACTIVE: active,
        c.BUSINESS: business,
        BEGUN: begun,
    }


BEGUN: Final = "begun"
Columns = Callable[[Rows, ScoreConfig], Mapping[str, ir.Value]]
COLUMNS_OF: Final[Mapping[str, Columns]] = {
    "complaints": complaint_columns,
    "violations": violation_columns,
    "inspections": inspection_columns,
    "rentals": rental_columns,
}
