"""Rows at several cuts side by side: each version once, with what it says at every cut.

Rows one below the other (`risk.events.rows`) come once for every cut. Most of them stand at a
building that the register knew at all of the cuts; these are read here without being repeated, so
that one pass over a table sums it for all cuts, a column for each. The rest, of buildings that came
between the cuts and of no building, is read as before (`Elsewhere`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import ibis
from ibis import ir

from data.derived.backends.parts import in_part
from data.lake.validity import held_at
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.cuts import version_times
from risk.events.expressions import hash_of, text_of
from risk.events.known_from import (
    LATER_KNOWN_FROM,
    WRITTEN_LATER,
    known_before,
    later_texts,
    later_texts_known_from,
)
from risk.events.repeats import (
    alike_visits,
    copies_of_visits,
    is_marked,
    without_repeated_tickets,
)
from risk.events.rows import FeatureSource, known_buildings, known_of_versions, wanted_columns
from risk.events.signals import BEGUN, COLUMNS_OF, FACTS_OF, is_confirmed, rental_columns

_LEFT_OUT = "_left_out"
_COUNTS = "_counts"


@dataclass(frozen=True, kw_only=True)
class AtCut:
    """Rows as they read at a cut (`risk.events.signals.Rows`)."""

    table: ir.Table
    """The rows."""
    values: Mapping[str, ir.Value]
    """Columns that read otherwise than in the table, or are not in it."""
    counts: ir.BooleanValue
    """Whether a row is known at the cut and says something; True of rows that were filtered."""

    @property
    def columns(self) -> Sequence[str]:
        """Names of the columns."""
        return (*self.table.columns, *self.values)

    def __getitem__(self, name: str) -> ir.Value:
        """Return a column."""
        return self.values[name] if name in self.values else self.table[name]

    def where_counted(self, value: ir.Value) -> ir.Value:
        """Return a value of the rows that count, NULL of the others."""
        return ibis.ifelse(self.counts, value, ibis.null(value.type()))


@dataclass(frozen=True, kw_only=True)
class RowsToSum:
    """Rows, and how they read at each cut."""

    table: ir.Table
    """The rows."""
    keys: tuple[str, ...]
    """What they are summed by."""
    read: Callable[[ir.Table], Mapping[str, AtCut]]
    """How some of the rows read at each cut, by suffix of its columns."""

    @cached_property
    def at(self) -> Mapping[str, AtCut]:
        """How the rows read at each cut."""
        return self.read(self.table)

    def each(self, work_out: Callable[[AtCut], Mapping[str, ir.Value]], *further: str) -> ir.Table:
        """Return the keys, further columns, and what is worked out of the rows at every cut."""
        columns = {
            name + cut: value for cut, at in self.at.items() for name, value in work_out(at).items()
        }
        return self.table.select(*self.keys, *further, **columns)


def of_several(table: ir.Table, keys: Sequence[str], further: str) -> ir.Table:
    """Select the rows that share building and a further column with another.

    Most rows are alone, and counting them by hashes costs a fraction of grouping them. Hashes that
    meet by chance only select two more rows. ``keys``: of the rows (`RowsToSum`).
    """
    by = [*(name for name in (c.CUT, c.BUILDING) if name in keys), further]
    hashed = table.mutate(_shared=hash_of(*(table[name] for name in by)))
    groups = hashed.group_by("_shared").agg(_rows=hashed.count())
    shared = groups.filter(groups["_rows"] > 1)
    return hashed.semi_join(shared, "_shared").select(*table.columns)


def one_below_the_other(rows: ir.Table, keys: Sequence[str]) -> RowsToSum:
    """Sum rows that come once for every cut, with ``cut`` among the keys."""

    def read(table: ir.Table) -> Mapping[str, AtCut]:
        return {"": AtCut(table=table, values={}, counts=ibis.literal(value=True))}

    return RowsToSum(table=rows, keys=tuple(keys), read=read)


def at_one_cut(rows: ir.Table) -> RowsToSum:
    """Sum rows of one cut by the building that they name, as `side_by_side` does of several."""

    def read(table: ir.Table) -> Mapping[str, AtCut]:
        return {"0": AtCut(table=table, values={}, counts=ibis.literal(value=True))}

    return RowsToSum(table=rows, keys=(c.BUILDING,), read=read)


def side_by_side(
    source: FeatureSource,
    name: str,
    *,
    cuts: Sequence[datetime],
    config: ScoreConfig,
    left_out: ir.Table | None,
    keep: Sequence[str] = (),
) -> RowsToSum:
    """Read each version of the rows once, to be summed by the building that it names.

    Sums of a building that was not known at all of the cuts are of no use.

    ``left_out``: ``cut`` and ``row_key`` of rows that say nothing new (`repeated_rows`).
    """
    table = _versions(source, name, cuts, keep)
    if left_out is not None:
        table = table.left_join(_flags(left_out, cuts), c.ROW_KEY).drop(f"{c.ROW_KEY}_right")
    table = table.mutate(**{c.EVENT_AT: table[c.EVENT_AT].fill_null(table[c.LEARNT_AT])})
    table = table.mutate(**FACTS_OF[name](table, config))
    if name in WRITTEN_LATER:
        table = table.mutate(**{LATER_KNOWN_FROM: later_texts_known_from(table, name)})
    # As columns, for else they would be written again wherever a row is counted.
    table = table.mutate(
        **{f"{_COUNTS}{n}": _counts(table, name, cut, config, n) for n, cut in enumerate(cuts)}
    )

    def read(rows: ir.Table) -> Mapping[str, AtCut]:
        return {str(n): _at(rows, name, cut, config, n, keep) for n, cut in enumerate(cuts)}

    return RowsToSum(table=table, keys=(c.BUILDING,), read=read)


def known_throughout(source: FeatureSource, cuts: Sequence[datetime]) -> ir.Table:
    """Return the ids of the buildings that the register knew at all of the cuts."""
    register = known_buildings(source, max(cuts))
    return register.filter(register[c.LEARNT_AT] < ibis.literal(min(cuts))).select(c.BUILDING)


def repeated_rows(
    source: FeatureSource, name: str, *, cuts: Sequence[datetime], config: ScoreConfig
) -> ir.Table | None:
    """Return ``cut`` and ``row_key`` of the rows that repeat another, by cut; None without any.

    Visits that two files tell of (`risk.events.repeats.once_per_visit`), tickets that point to an
    older one.
    """
    versions = _versions(source, name, cuts, ())
    if name == "inspections":
        alike = known_of_versions(alike_visits(versions), name, cuts, columns=versions.columns)
        return copies_of_visits(alike)
    if name != "complaints" or "related_ticket" not in versions.columns:
        return None
    pointing = versions.filter(text_of(versions, "related_ticket") != "")
    pointed_at = pointing.select(ticket_no=text_of(pointing, "related_ticket"))
    older = versions.semi_join(pointed_at, "ticket_no").select(*versions.columns)
    both = known_of_versions(pointing.union(older), name, cuts, columns=versions.columns)
    new = without_repeated_tickets(both, config.evidence.duplicate_marks)
    return both.anti_join(new, [c.CUT, c.ROW_KEY]).select(c.CUT, c.ROW_KEY)


def _versions(
    source: FeatureSource, name: str, cuts: Sequence[datetime], keep: Sequence[str]
) -> ir.Table:
    """Return the versions learnt by the last cut, of the columns that are needed."""
    table = source.versions(name, cut=max(cuts))
    wanted = {*wanted_columns(name, keep), *version_times(table)}
    table = table.select(*(column for column in table.columns if column in wanted))
    return table.filter(known_before(table, max(cuts)))


def _flags(rows: ir.Table, cuts: Sequence[datetime]) -> ir.Table:
    """Return one row per ``row_key`` with a column for each cut: whether it is left out."""
    flags = {
        f"{_LEFT_OUT}{number}": (rows[c.CUT] == ibis.literal(cut)).any()
        for number, cut in enumerate(cuts)
    }
    return rows.group_by(c.ROW_KEY).agg(**flags)


def _at(
    table: ir.Table, name: str, cut: datetime, config: ScoreConfig, number: int, keep: Sequence[str]
) -> AtCut:
    """Return rows as they read at a cut; ``keep``: further texts."""
    counts = table[f"{_COUNTS}{number}"]
    known = {c.CUT: ibis.literal(cut), **later_texts(table, name, cut)}
    read = AtCut(table=table, values=known, counts=counts)
    texts = {text: text_of(read, text) for text in keep}
    values = {**known, **texts, **COLUMNS_OF[name](read, config)}
    return AtCut(table=table, values=values, counts=counts)


def _counts(
    table: ir.Table, name: str, cut: datetime, config: ScoreConfig, number: int
) -> ir.BooleanValue:
    """Say of each row whether it is known at a cut and says something new."""
    moment = ibis.literal(cut)
    counts = held_at(table, moment) & known_before(table, cut)
    known = {c.CUT: moment, **later_texts(table, name, cut)}
    read = AtCut(table=table, values=known, counts=counts)
    if f"{_LEFT_OUT}{number}" in table.columns:
        counts &= ~table[f"{_LEFT_OUT}{number}"].fill_null(ibis.literal(value=False))
    if name == "complaints":
        counts &= ~is_marked(read, config.evidence.duplicate_marks)
    if name == "rentals":
        counts &= rental_columns(read, config)[BEGUN] < moment
    return counts


class _Part:
    """Some of the rows of another source; its register whole."""

    def __init__(self, source: FeatureSource, part: Callable[[str, ir.Table], ir.Table]) -> None:
        self._source = source
        self._part = part

    def table(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        """Return the part of the rows of ``name``."""
        return self._part(name, self._source.table(name, cut=cut))

    def versions(self, name: str, *, cut: datetime | None = None) -> ir.Table:
        """Return the part of the versions."""
        return self._part(name, self._source.versions(name, cut=cut))


def elsewhere(source: FeatureSource, cuts: Sequence[datetime]) -> FeatureSource:
    """Return the rows that `side_by_side` leaves: not at a building known at all of the cuts."""
    known = known_throughout(source, cuts)

    def rest(name: str, table: ir.Table) -> ir.Table:
        if name == "buildings":
            return table
        return table.anti_join(known, c.BUILDING).select(*table.columns)

    return _Part(source, rest)


def one_part(source: FeatureSource, name: str) -> FeatureSource:
    """Return a source of which one table is read in parts, by building (`in_part`)."""

    def part(each: str, table: ir.Table) -> ir.Table:
        return in_part(table, c.BUILDING) if each == name else table

    return _Part(source, part)


def finds_only(source: FeatureSource, config: ScoreConfig) -> FeatureSource:
    """Return a source whose visits are the certain finds alone.

    Which visits are told twice stays the same: rows of one visit have one result.
    """

    def finds(name: str, table: ir.Table) -> ir.Table:
        return table.filter(is_confirmed(table, config)) if name == "inspections" else table

    return _Part(source, finds)
