"""Event rows before a cut as Ibis expressions, each with its decayed evidence weight.

Everything downstream, sums and explanations alike, stands on these few tables, so a row counts the
same wherever it is shown. ``decayed_weight`` is the evidence weight of a row times its decay
factor, in whole multiples of 2^-32 (see ``risk.events.decay``). A row enters only if it was learnt
and happened before the cut; where the time of the event is unknown, the time it was learnt stands
in. Texts that are unknown read ``''``. ``keep`` names further columns to carry along as text.

``cut`` is one moment or several: each row then comes once for every cut at which it is known, in
the version that held then, with that moment as ``cut``.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import ibis
from ibis import ir

from data.lake.schema import TUTORING
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.cuts import Cuts, held_at_each, list_cuts
from risk.events.expressions import text_of
from risk.events.known_from import known_before, without_later_texts
from risk.events.repeats import (
    POSITION,
    alike_visits,
    copies_of_visits,
    once_per_visit,
    without_repeated_tickets,
)
from risk.events.signals import BEGUN, signal_columns

PLACEMENT: Final = (c.BUILDING, c.H3_R10, c.GRID, c.COMMUNITY, c.MATCH_LEVEL)
PLACE_KEYS: Final = (c.CUT, c.BUILDING, c.H3_R10, c.GRID, c.COMMUNITY)
"""Where an assigned row counts at a cut: at its building, or at the others that are known."""
OWN_POINT: Final = ("room", "building", "cell")
"""Levels of placement at which a row's cell is where it happened, not the middle of an estate."""
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "complaints": (
        *("ticket_no", "related_ticket", "reporter_key", "status", "source", "category", "nature"),
        *("is_true", "closed_at", c.IMPORTED_AT),
    ),
    "violations": (),
    "inspections": (
        *("inspection_id", "unit_id", "party_key", "raw_address", *POSITION),
        *("result", "mode", "minutes"),
    ),
    "rentals": (
        *("unit_id", "filing_no", "status", "start_date", "end_date"),
        *("lessee_key", "lessee_kind", "purpose", c.IMPORTED_AT),
    ),
    "adverts": ("contact_key", "kind", TUTORING),
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
    """Select the complaints that count (`risk.events.signals`).

    A ticket whose status marks it as a repeat, or that points to an older ticket which is here too
    (催办), says nothing new and is left out. Outcome, status and older ticket read ``''`` as long
    as they were not known (`risk.events.known_from`).
    """
    table = _known_rows(source, "complaints", cut, keep)
    table = without_repeated_tickets(table, config.evidence.duplicate_marks)
    return _select(table, "complaints", config, keep)


def violation_rows(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, keep: Sequence[str] = ()
) -> ir.Table:
    """Select the decided violations (`risk.events.signals`)."""
    table = _known_rows(source, "violations", cut, keep)
    return _select(table, "violations", config, keep)


def inspection_rows(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, keep: Sequence[str] = ()
) -> ir.Table:
    """Select the visits (`risk.events.signals`).

    A visit that two files tell of counts once.
    """
    table = once_per_visit(_known_rows(source, "inspections", cut, keep))
    return _select(table, "inspections", config, keep)


def rental_rows(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, keep: Sequence[str] = ()
) -> ir.Table:
    """Select the leases and licences that began before the cut (`risk.events.signals`)."""
    table = _known_rows(source, "rentals", cut, keep)
    rows = _select(table, "rentals", config, keep)
    rows = rows.filter(rows[BEGUN] < rows[c.CUT]).drop(BEGUN)
    only_visited = config.exposure.counts_after_first_inspection
    return _inspected_only(rows, source, cut) if only_visited else rows


def advert_rows(
    source: FeatureSource, *, cut: Cuts, config: ScoreConfig, keep: Sequence[str] = ()
) -> ir.Table:
    """Select the adverts that are about tutoring in school subjects (`data.derived.screened`)."""
    table = _known_rows(source, "adverts", cut, keep)
    return _select(table.filter(table[TUTORING]), "adverts", config, keep)


def has_adverts(source: FeatureSource, cut: Cuts) -> bool:
    """Say whether any advert of tutoring is known at the last of some cuts."""
    last = max(list_cuts(cut))
    table = source.table("adverts", cut=last)
    adverts = table.filter(table[TUTORING], known_before(table, last))
    found = adverts.select(c.ROW_KEY).limit(1)
    return bool(len(found.to_pyarrow()))


SIGNALS: Final = {
    "complaints": complaint_rows,
    "violations": violation_rows,
    "inspections": inspection_rows,
    "rentals": rental_rows,
    "adverts": advert_rows,
}


def counted_rows(
    source: FeatureSource,
    name: str,
    *,
    cut: Cuts,
    config: ScoreConfig,
    keep: Sequence[str] = (),
    alike: bool = True,
) -> ir.Table:
    """Select the rows of a table of `SIGNALS` that count, each at the places that it names.

    ``alike``: False where it is known that no visits are (`risk.events.repeats.any_alike`).
    """
    if name == "inspections" and not alike:
        return _select(_known_rows(source, name, cut, keep), name, config, keep)
    return SIGNALS[name](source, cut=cut, config=config, keep=keep)


def assigned_rows(
    source: FeatureSource,
    name: str,
    *,
    cut: Cuts,
    config: ScoreConfig,
    keep: Sequence[str] = (),
    alike: bool = True,
) -> ir.Table:
    """Select the rows of a table of `SIGNALS` that count, each at one place (`assign_to_place`).

    ``alike``: False where it is known that no visits are (`risk.events.repeats.any_alike`).
    """
    register = known_buildings(source, max(list_cuts(cut)))
    # Without copies last: an engine that expects few rows to be left joins the other way round.
    rows = counted_rows(source, name, cut=cut, config=config, keep=keep, alike=False)
    rows = assign_to_place(rows, register)
    if name != "inspections" or not alike:
        return rows
    copies = copies_of_visits(alike_visits(_known_rows(source, name, cut, keep)))
    return rows.anti_join(copies, [c.CUT, c.ROW_KEY]).select(*rows.columns)


def assign_to_place(rows: ir.Table, register: ir.Table) -> ir.Table:
    """Let each row count at one place: its building, or else the levels it is sure of.

    A row of a building that the register knew at its cut keeps the building only; the cell, grid
    and community read ``''``. Any other row loses the building and keeps grid and community, and
    its cell where its own point gave it: an estate's or a community's middle is not where anything
    happened.
    """
    known = register.select(_registered=c.BUILDING, _since=c.LEARNT_AT)
    rows = rows.left_join(known, rows[c.BUILDING] == known["_registered"])
    placed = (rows["_since"] < rows[c.CUT]).fill_null(ibis.literal(value=False))
    return _assign(rows, placed).drop("_registered", "_since")


def assign_elsewhere(rows: ir.Table) -> ir.Table:
    """Do what `assign_to_place` does of rows that are at no building known at their cut."""
    return _assign(rows, ibis.literal(value=False))


def _assign(rows: ir.Table, placed: ir.BooleanValue) -> ir.Table:
    own_point = rows[c.MATCH_LEVEL].isin(list(OWN_POINT))
    return rows.mutate(
        **{
            c.BUILDING: ibis.ifelse(placed, rows[c.BUILDING], ""),
            c.H3_R10: ibis.ifelse(placed | ~own_point, "", rows[c.H3_R10]),
            c.GRID: ibis.ifelse(placed, "", rows[c.GRID]),
            c.COMMUNITY: ibis.ifelse(placed, "", rows[c.COMMUNITY]),
        }
    )


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


def wanted_columns(name: str, keep: Sequence[str] = ()) -> set[str]:
    """Return the columns of a table that its signal reads."""
    return {
        *PLACEMENT, c.CERTAINTY, c.ROW_KEY, c.EVENT_AT, c.LEARNT_AT, *_NEEDED[name], *keep
    }  # fmt: skip


def known_of_versions(
    versions: ir.Table, name: str, cuts: Sequence[datetime], *, columns: Collection[str]
) -> ir.Table:
    """Return what was known at each of several cuts, as `known_rows` does, of versions of rows."""
    table = held_at_each(versions, cuts, columns=columns)
    return _known(table, name)


def unknown_buildings(source: FeatureSource, cut: datetime) -> list[str]:
    """Return the buildings that rows name and the register did not know before the cut, sorted.

    Rows there count at no building (`assign_to_place`).
    """
    known = known_buildings(source, cut).select(c.BUILDING)
    tables = [source.table(name, cut=cut).select(c.BUILDING).distinct() for name in _NEEDED]
    named = ibis.union(*tables, distinct=True).drop_null()
    strange = named.anti_join(known, c.BUILDING).to_pyarrow()[c.BUILDING]
    return sorted(strange.to_pylist())


def _known_rows(source: FeatureSource, name: str, cut: Cuts, keep: Sequence[str] = ()) -> ir.Table:
    """Select what was known at each cut, as `known_rows` does, of the columns that are needed."""
    wanted = wanted_columns(name, keep)
    if not isinstance(cut, datetime):
        versions = source.versions(name, cut=max(cut))
        return known_of_versions(versions, name, cut, columns=wanted)
    table = source.table(name, cut=cut)
    columns = [column for column in table.columns if column in wanted]
    return _known(table.select(*columns, **{c.CUT: ibis.literal(cut)}), name)


def _known(table: ir.Table, name: str) -> ir.Table:
    table = table.filter(known_before(table, table[c.CUT]))
    table = table.mutate(**{c.EVENT_AT: table[c.EVENT_AT].fill_null(table[c.LEARNT_AT])})
    return without_later_texts(table, name, table[c.CUT])


def _inspected_only(rows: ir.Table, source: FeatureSource, cut: Cuts) -> ir.Table:
    visits = _known_rows(source, "inspections", cut)
    unit = {c.REGISTERED_UNIT: text_of(visits, "unit_id")}
    return rows.semi_join(visits.select(c.CUT, **unit), [c.CUT, c.REGISTERED_UNIT])


def _select(table: ir.Table, name: str, config: ScoreConfig, keep: Sequence[str]) -> ir.Table:
    signals = signal_columns(table, name, config)
    added = [column for column in signals.columns if column not in table.columns]
    texts = {text: text_of(signals, text) for text in (*PLACEMENT, *keep)}
    return signals.select(c.CUT, c.ROW_KEY, c.EVENT_AT, *added, **texts)
