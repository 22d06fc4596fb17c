"""Event rows before a cut as Ibis expressions, each with its decayed evidence weight.

Everything downstream, sums and explanations alike, stands on these few tables, so a row counts the
same wherever it is shown. ``decayed_weight`` is the evidence weight of a row times its decay
factor, in whole multiples of 2^-32 (see ``risk.events.decay``). A row enters only if it was learnt
and happened before the cut; where the time of the event is unknown, the time it was learnt stands
in. Texts that are unknown read ``''``. ``keep`` names further columns to carry along as text.

``cut`` is one moment or several: each row then comes once for every cut at which it is known, in
the version that held then, with that moment as ``cut``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import ibis
from ibis import ir

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.cuts import Cuts, held_at_each, list_cuts
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
from risk.events.known_from import imported_before, known_before, without_later_texts
from risk.events.repeats import once_per_visit, without_repeated_tickets

PLACEMENT: Final = (c.BUILDING, c.H3_R10, c.GRID, c.COMMUNITY, c.MATCH_LEVEL)
PLACE_KEYS: Final = (c.CUT, c.BUILDING, c.H3_R10, c.GRID, c.COMMUNITY)
"""Where a settled row counts at a cut: at its building, or at the others that are known."""
OWN_POINT: Final = ("room", "building", "cell")
"""Levels of placement at which a row's cell is where it happened, not the middle of an estate."""
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "complaints": (
        *("ticket_no", "related_ticket", "reporter_key", "status", "source", "category", "nature"),
        *("is_true", "closed_at", c.IMPORTED_AT),
    ),
    "violations": (),
    "inspections": (
        *("inspection_id", "unit_id", "party_key", "raw_address"),
        *("result", "mode", "minutes"),
    ),
    "rentals": (
        *("unit_id", "filing_no", "status", "start_date", "end_date"),
        *("lessee_key", "lessee_kind", "purpose", c.IMPORTED_AT),
    ),
}
"""The columns that a signal reads; the rest is left where it is, for speed."""


class FeatureSource(Protocol):
    """What ``risk`` asks of an engine: the current, placed rows of a table."""

    def table(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        """Return the rows of ``name`` learnt before ``cut``."""

    def versions(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        """Return every version of the rows of ``name``, to be cut by `data.lake.validity`.

        ``cut``: they are placed by the registers known before it.
        """


def complaint_rows(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, keep: Sequence[str] = ()
) -> ir.Table:
    """Select the complaints that count, with ``reporter``, ``day`` and ``decayed_weight``.

    A ticket whose status marks it as a repeat, or that points to an older ticket which is here too
    (催办), says nothing new and is left out. ``decayed_weight`` is the certainty of the placement,
    times policy's weights of source, category, nature and verified truth, times the decay factor.
    Outcome, status and older ticket read ``''`` as long as they were not known
    (`risk.events.known_from`).
    """
    table = _known_rows(source, "complaints", cut, keep)
    table = without_repeated_tickets(table, config.evidence.duplicate_marks)
    evidence = config.evidence
    weight = (
        certainty_of(table)
        * evidence_weight(text_of(table, "source"), evidence.complaint_source, otherwise=1.0)
        * evidence_weight(text_of(table, "category"), evidence.complaint_category, otherwise=1.0)
        * evidence_weight(text_of(table, "nature"), evidence.complaint_nature, otherwise=1.0)
        * evidence_weight(text_of(table, "is_true"), evidence.complaint_truth, otherwise=1.0)
    )
    decayed_weight = decayed(
        weight, table[c.EVENT_AT], table[c.CUT], config.half_life_days.complaints
    )
    reporter = text_of(table, "reporter_key")
    return _select(
        table, decayed_weight, {c.REPORTER: reporter, c.DAY: table[c.EVENT_AT].truncate("D")}, keep
    )


def violation_rows(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, keep: Sequence[str] = ()
) -> ir.Table:
    """Select the decided violations, with ``decayed_weight``."""
    table = _known_rows(source, "violations", cut, keep)
    half_life = config.half_life_days.violations
    weight = decayed(certainty_of(table), table[c.EVENT_AT], table[c.CUT], half_life)
    return _select(table, weight, {}, keep)


def inspection_rows(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, keep: Sequence[str] = ()
) -> ir.Table:
    """Select the visits, each with the ``signal`` it gives and its ``decayed_weight``.

    ``signal`` is one of ``inspections_found``, ``inspections_not_found``, ``inspections_no_access``
    or ``visit`` for a result that policy does not list; the weight of the last is 0. ``confirms``
    marks a find that is certain, ``sure`` is the certainty of the placement, and ``effort`` how
    thoroughly was looked (`risk.events.effort`): having found nothing says as much as was looked. A
    visit that two files tell of counts once.
    """
    table = once_per_visit(_known_rows(source, "inspections", cut, keep))
    result, certainty = text_of(table, "result"), certainty_of(table)
    at, cut_of_row = table[c.EVENT_AT], table[c.CUT]
    evidence, half_lives = config.evidence, config.half_life_days
    effort = effort_of(table, config.effort)
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
            (when, decayed(weight * certainty * looked.get(signal, one), at, cut_of_row, half_life))
            for when, signal, weight, half_life in branches
        ),
        ibis.literal(0, "int64"),
    )
    confirms = result.isin(list(evidence.confirmed))
    extra = {
        c.SIGNAL: signal,
        c.CONFIRMS: confirms,
        c.SURE: certainty,
        c.EFFORT: effort,
    }
    return _select(table, decayed_weight, extra, keep)


def rental_rows(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, keep: Sequence[str] = ()
) -> ir.Table:
    """Select the leases and licences that began before the cut.

    ``registered_unit`` names the unit, ``active`` says whether the lease runs at the cut,
    ``business`` whether it lets a dwelling to a business, ``tenant`` who rents it, and
    ``decayed_weight`` is 1 for a running short lease, decayed from its end for a past one, 0 for a
    long one.
    """
    table = _known_rows(source, "rentals", cut, keep)
    rule, evidence = config.exposure, config.evidence
    moment = table[c.CUT]
    start, end = time_of(table, "start_date"), time_of(table, "end_date")
    if not rule.trust_end_date:
        end = ibis.ifelse(
            (end < moment) | imported_before(table, moment), end, ibis.null("timestamp")
        )
    # A lease without a start is taken to have begun when it was learnt.
    begun = start.fill_null(table[c.EVENT_AT])
    running = (end >= moment).fill_null(ibis.literal(True))  # noqa: FBT003 -- a literal's value
    active = ~text_of(table, "status").isin(list(rule.inactive_statuses))
    if rule.trust_end_date:
        active &= running
    business = text_of(table, "lessee_kind").isin(list(evidence.business_tenants)) & text_of(
        table, "purpose"
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
    extra = {
        c.REGISTERED_UNIT: first_known(table, "unit_id", "filing_no", c.ROW_KEY),
        c.TENANT: text_of(table, "lessee_key"),
        c.ACTIVE: active,
        c.BUSINESS: business,
    }
    rows = _select(table, decayed_weight, {**extra, "begun": begun}, keep)
    rows = rows.filter(rows["begun"] < rows[c.CUT]).drop("begun")
    return _inspected_only(rows, source, cut) if rule.counts_after_first_inspection else rows


SIGNALS: Final = {
    "complaints": complaint_rows,
    "violations": violation_rows,
    "inspections": inspection_rows,
    "rentals": rental_rows,
}


def settled_rows(
    source: FeatureSource,
    name: str,
    *,
    cut: Cuts,
    config: ScoreConfig,
    keep: Sequence[str] = (),
) -> ir.Table:
    """Select the rows of a table of `SIGNALS` that count, each at one place (`settle_rows`)."""
    rows = SIGNALS[name](source, cut=cut, config=config, keep=keep)
    return settle_rows(rows, known_buildings(source, max(list_cuts(cut))))


def settle_rows(rows: ir.Table, register: ir.Table) -> ir.Table:
    """Let each row count at one place: its building, or else the levels it is sure of.

    A row of a building that the register knew at its cut keeps the building only; the cell, grid
    and community read ``''``. Any other row loses the building and keeps grid and community, and
    its cell where its own point gave it: an estate's or a community's middle is not where anything
    happened.
    """
    known = register.select(_registered=c.BUILDING, _since=c.LEARNT_AT)
    rows = rows.left_join(known, rows[c.BUILDING] == known["_registered"])
    placed = (rows["_since"] < rows[c.CUT]).fill_null(ibis.literal(value=False))
    own_point = rows[c.MATCH_LEVEL].isin(list(OWN_POINT))
    return rows.mutate(
        **{
            c.BUILDING: ibis.ifelse(placed, rows[c.BUILDING], ""),
            c.H3_R10: ibis.ifelse(placed | ~own_point, "", rows[c.H3_R10]),
            c.GRID: ibis.ifelse(placed, "", rows[c.GRID]),
            c.COMMUNITY: ibis.ifelse(placed, "", rows[c.COMMUNITY]),
        }
    ).drop("_registered", "_since")


def known_rows(
    source: FeatureSource,
    name: str,
    cut: datetime,
    *,
    dated: bool = False,
    versions: bool = False,
) -> ir.Table:
    """Keep what was learnt and happened before the cut, whatever the engine let through.

    Where the time of an event is unknown the time it was learnt stands in; with ``dated`` such rows
    are left out. Texts that are written later read ``''`` where they were not known yet
    (`risk.events.known_from`). With ``versions`` every version is kept that was learnt by then.
    """
    table = source.versions(name, cut=cut) if versions else source.table(name, cut=cut)
    table = table.drop_null([c.EVENT_AT]) if dated else table
    table = table.filter(known_before(table, cut))
    table = table.mutate(**{c.EVENT_AT: table[c.EVENT_AT].fill_null(table[c.LEARNT_AT])})
    return without_later_texts(table, name, cut)


def known_buildings(source: FeatureSource, cut: datetime) -> ir.Table:
    """Keep the buildings that the register knew before the cut."""
    register = source.table("buildings", cut=cut)
    return register.filter(register[c.LEARNT_AT] < ibis.literal(cut))


def unknown_buildings(source: FeatureSource, cut: datetime) -> list[str]:
    """Return the buildings that rows name and the register did not know before the cut, sorted.

    Rows there count at no building (`settle_rows`).
    """
    known = known_buildings(source, cut).select(c.BUILDING)
    tables = [source.table(name, cut=cut).select(c.BUILDING).distinct() for name in _NEEDED]
    named = ibis.union(*tables, distinct=True).drop_null()
    strange = named.anti_join(known, c.BUILDING).to_pyarrow()[c.BUILDING]
    return sorted(strange.to_pylist())


def columns_needed(name: str, keep: Sequence[str] = ()) -> set[str]:
    """Return the columns that the rows of a table of `SIGNALS` are read for."""
    return {*PLACEMENT, c.CERTAINTY, c.ROW_KEY, c.EVENT_AT, c.LEARNT_AT, *_NEEDED[name], *keep}


def _known_rows(source: FeatureSource, name: str, cut: Cuts, keep: Sequence[str] = ()) -> ir.Table:
    """Select what was known at each cut, as `known_rows` does, of the columns that are needed."""
    wanted = columns_needed(name, keep)
    if isinstance(cut, datetime):
        table = source.table(name, cut=cut)
        columns = [column for column in table.columns if column in wanted]
        table = table.select(*columns, **{c.CUT: ibis.literal(cut)})
    else:
        table = held_at_each(source.versions(name, cut=max(cut)), cut, columns=wanted)
    table = table.filter(known_before(table, table[c.CUT]))
    table = table.mutate(**{c.EVENT_AT: table[c.EVENT_AT].fill_null(table[c.LEARNT_AT])})
    return without_later_texts(table, name, table[c.CUT])


def _inspected_only(rows: ir.Table, source: FeatureSource, cut: Cuts) -> ir.Table:
    visits = _known_rows(source, "inspections", cut)
    unit = {c.REGISTERED_UNIT: text_of(visits, "unit_id")}
    return rows.semi_join(visits.select(c.CUT, **unit), [c.CUT, c.REGISTERED_UNIT])


def _select(
    table: ir.Table,
    decayed_weight: ir.IntegerValue,
    extra: Mapping[str, ir.Value],
    keep: Sequence[str],
) -> ir.Table:
    placement = {name: text_of(table, name) for name in PLACEMENT}
    return table.select(
        **placement,
        **{
            c.CUT: table[c.CUT],
            c.ROW_KEY: table[c.ROW_KEY],
            c.EVENT_AT: table[c.EVENT_AT],
            c.DECAYED_WEIGHT: decayed_weight,
        },
        **extra,
        **{name: text_of(table, name) for name in keep},
    )
