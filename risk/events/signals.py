"""What a row of each table says at a cut, as columns: its decayed weight and what else is read.

One definition for rows of one cut, of many cuts one below the other (`risk.events.rows`), and of
many cuts side by side (`risk.features.sums.at_cuts`).
"""

from collections.abc import Callable, Mapping
from typing import Final

import ibis
from ibis import ir

from risk import schema as c
from risk.config.score import Effort, ScoreConfig
from risk.events.expressions import (
    Rows,
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


def complaint_facts(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return ``reporter`` and ``day`` of complaints."""
    evidence = config.evidence
    weight = (
        certainty_of(rows)
        * evidence_weight(text_of(rows, "source"), evidence.complaint_source, otherwise=1.0)
        * evidence_weight(text_of(rows, "category"), evidence.complaint_category, otherwise=1.0)
        * evidence_weight(text_of(rows, "nature"), evidence.complaint_nature, otherwise=1.0)
    )
    return {
        _WEIGHT: weight,
        c.REPORTER: text_of(rows, "reporter_key"),
        c.DAY: rows[c.EVENT_AT].truncate("D"),
    }


def complaint_columns(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return ``decayed_weight`` of complaints.

    It is the certainty of the placement, times policy's weights of source, category, nature and
    verified truth, times the decay factor.
    """
    truth = evidence_weight(
        text_of(rows, "is_true"), config.evidence.complaint_truth, otherwise=1.0
    )
    half_life = real(config.half_life_days.complaints)
    return {c.DECAYED_WEIGHT: _decayed(rows, rows[_WEIGHT] * truth, half_life)}


def advert_facts(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return ``reporter`` of adverts: whoever is reached by it, ``''`` where that is not known."""
    kind = evidence_weight(text_of(rows, "kind"), config.evidence.advert_kind, otherwise=1.0)
    return {_WEIGHT: certainty_of(rows) * kind, c.REPORTER: text_of(rows, "contact_key")}


def advert_columns(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return ``decayed_weight`` of adverts."""
    half_life = real(config.half_life_days.adverts)
    return {c.DECAYED_WEIGHT: _decayed(rows, rows[_WEIGHT], half_life)}


def violation_facts(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:  # noqa: ARG001 -- as the others
    """Return nothing that is shown of decided violations."""
    return {_WEIGHT: certainty_of(rows)}


def violation_columns(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return ``decayed_weight`` of decided violations."""
    half_life = real(config.half_life_days.violations)
    return {c.DECAYED_WEIGHT: _decayed(rows, rows[_WEIGHT], half_life)}


def inspection_facts(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return the ``signal`` that each visit gives.

    ``signal`` is one of ``inspections_found``, ``inspections_not_found``, ``inspections_no_access``
    or ``visit`` for a result that policy does not list. ``confirms`` marks a find that is certain,
    ``sure`` is the certainty of the placement, and ``effort`` how thoroughly was looked
    (`effort_of`): having found nothing says as much as was looked.
    """
    result, certainty = text_of(rows, "result"), certainty_of(rows)
    evidence, half_lives = config.evidence, config.half_life_days
    effort = effort_of(rows, config.effort)
    kinds = (
        (c.FOUND, evidence.found, half_lives.inspections_found),
        (c.NOT_FOUND, evidence.not_found, half_lives.inspections_not_found),
        (c.NO_ACCESS, evidence.no_access, half_lives.inspections_no_access),
    )
    known = [
        (result.isin(list(weights)), signal, weights, half_life)
        for signal, weights, half_life in kinds
        if weights
    ]
    weight = {
        signal: evidence_weight(result, weights, otherwise=0.0) * certainty
        for _, signal, weights, _ in known
    }
    if c.NOT_FOUND in weight:
        weight[c.NOT_FOUND] *= effort
    return {
        _WEIGHT: cases(((when, weight[signal]) for when, signal, _, _ in known), real(0.0)),
        _HALF_LIFE: cases(((when, real(days)) for when, _, _, days in known), real(1.0)),
        c.SIGNAL: cases(((when, ibis.literal(name)) for when, name, _, _ in known), c.VISIT_ONLY),
        c.CONFIRMS: is_confirmed(rows, config),
        c.SURE: certainty,
        c.EFFORT: effort,
    }


def inspection_columns(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:  # noqa: ARG001 -- as the others
    """Return ``decayed_weight`` of visits, 0 of a result that policy does not list."""
    return {c.DECAYED_WEIGHT: _decayed(rows, rows[_WEIGHT], rows[_HALF_LIFE])}


def is_confirmed(rows: Rows, config: ScoreConfig) -> ir.BooleanValue:
    """Say of visits whether each found something for certain."""
    return text_of(rows, "result").isin(list(config.evidence.confirmed))


def effort_of(table: Rows, rule: Effort) -> ir.FloatingValue:
    """Return how thoroughly each visit looked, `Effort.least` to 1.

        max(least, mode · min(1, minutes / full_minutes))

    never less for more minutes, nor for a kind of visit that sees more. What a file does not tell
    takes nothing away. Not having found anything says as much as was looked: an evening in every
    room is worth more than two minutes at noon. Who looked is never asked.

    ``table``: inspections; ``mode`` and ``minutes`` are read where there are such columns.
    """
    effort = real(1.0)
    if "minutes" in table.columns:
        minutes = table["minutes"].cast("float64").fill_null(real(rule.full_minutes))
        effort = (minutes / real(rule.full_minutes)).clip(real(0.0), real(1.0))
    effort = effort * evidence_weight(text_of(table, "mode"), rule.mode, otherwise=1.0)
    return ibis.greatest(effort, real(rule.least))


def rental_facts(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return what leases and licences say.

    ``registered_unit`` names the unit, ``business`` says whether the lease lets a dwelling to a
    business, ``tenant`` who rents it.
    """
    evidence = config.evidence
    business = text_of(rows, "lessee_kind").isin(list(evidence.business_tenants)) & text_of(
        rows, "purpose"
    ).isin(list(evidence.dwelling_purposes))
    return {
        c.REGISTERED_UNIT: first_known(rows, "unit_id", "filing_no", c.ROW_KEY),
        c.TENANT: text_of(rows, "lessee_key"),
        c.BUSINESS: business,
    }


def rental_columns(rows: Rows, config: ScoreConfig) -> dict[str, ir.Value]:
    """Return how leases and licences stand at the cut, and ``begun``, when each began.

    ``active`` says whether the lease runs, and ``decayed_weight`` is 1 for a running short lease,
    decayed from its end for a past one, 0 for a long one.
    """
    rule = config.exposure
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
    days = days_between(end, begun)
    short = ((days >= real(0.0)) & (days <= real(config.evidence.short_term_days))).fill_null(
        ibis.literal(False)  # noqa: FBT003 -- a literal's value
    )
    last = ibis.ifelse(running, moment, end)
    half_life = real(config.half_life_days.rental_short_term)
    decayed_weight = ibis.ifelse(
        short, decayed(real(1.0), last, moment, half_life), ibis.literal(0, "int64")
    )
    return {c.DECAYED_WEIGHT: decayed_weight, c.ACTIVE: active, BEGUN: begun}


def _decayed(
    rows: Rows, weight: ir.FloatingValue, half_life_days: ir.FloatingValue
) -> ir.IntegerValue:
    return decayed(weight, rows[c.EVENT_AT], rows[c.CUT], half_life_days)


BEGUN: Final = "begun"
_WEIGHT: Final = "_weight"
_HALF_LIFE: Final = "_half_life_days"
Columns = Callable[[Rows, ScoreConfig], Mapping[str, ir.Value]]
FACTS_OF: Final[Mapping[str, Columns]] = {
    "complaints": complaint_facts,
    "violations": violation_facts,
    "inspections": inspection_facts,
    "rentals": rental_facts,
    "adverts": advert_facts,
}
"""What a row says by table, the same at every cut; what begins with ``_`` is used below only."""
COLUMNS_OF: Final[Mapping[str, Columns]] = {
    "complaints": complaint_columns,
    "violations": violation_columns,
    "inspections": inspection_columns,
    "rentals": rental_columns,
    "adverts": advert_columns,
}
"""What it says at a cut, of rows to which `FACTS_OF` were added."""


def signal_columns(rows: ir.Table, name: str, config: ScoreConfig) -> ir.Table:
    """Add everything that rows of a table say at their cuts."""
    rows = rows.mutate(**FACTS_OF[name](rows, config))
    rows = rows.mutate(**COLUMNS_OF[name](rows, config))
    return rows.drop(*(hidden for hidden in (_WEIGHT, _HALF_LIFE) if hidden in rows.columns))
