"""Let the engine sum every table of events, for one cut or for several at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final, Self

from ibis import ir

from data.derived.backends.parts import can_be_in_parts
from geo.garbage import no_collection
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.confirmed import mark_own_events
from risk.events.cuts import Cuts, list_cuts
from risk.events.expressions import text_of
from risk.events.open_reports import REPORT_TEXTS, VISIT_TEXTS
from risk.events.rows import (
    PLACE_KEYS,
    FeatureSource,
    assign_elsewhere,
    assign_to_place,
    assigned_rows,
    counted_rows,
    has_adverts,
    known_buildings,
)
from risk.events.signals import COLUMNS_OF
from risk.features.sums.aggregates import (
    pivot_cuts,
    sum_adverts,
    sum_complaints,
    sum_inspections,
    sum_rentals,
    sum_violations,
)
from risk.features.sums.at_cuts import (
    RowsToSum,
    at_one_cut,
    elsewhere,
    finds_only,
    known_throughout,
    one_below_the_other,
    one_part,
    repeated_rows,
    side_by_side,
)
from risk.features.sums.sums import Expression, Register, Sums

CUTS_AT_ONCE: Final = 12
"""So many cuts are summed side by side in one pass at most."""
SUMS_AT_ONCE: Final = 4_000_000
"""So many sums of one kind, of all buildings at all cuts of a pass, are held at most, for memory:
an engine takes several hundred bytes for the sums of a building at a cut."""
BUILDINGS_SIDE_BY_SIDE: Final = 20_000
"""From so many buildings on cuts are summed side by side. Long expressions take seconds to write
and plan, more than a street's rows take one below the other; the sums are the same."""
ROWS_IN_PART: Final = 1_000_000
"""So many rows of a table are summed at once, about, of offices whose cuts are side by side."""
_KEPT: Final = {"complaints": REPORT_TEXTS, "inspections": VISIT_TEXTS}
_IN_PARTS: Final = ("complaints", "inspections", "rentals")
_BUILDING_KEYS: Final = (c.CUT, c.BUILDING)
_MOST_EXPRESSIONS: Final = 16


@dataclass(frozen=True, kw_only=True)
class _Tables:
    """The tables of a source as of one cut or several; equal where the tables are the same ones.

    ``alike``: whether any visits are (`risk.events.repeats.any_alike`). ``cuts_per_query``: how
    many cuts are summed side by side in one pass; 0 where they are summed one below the other.
    ``in_parts``: tables that are summed in parts.

    Ibis calls tables of one name equal, whosever connection they are on, so the session is compared
    as well. What is asked of the same tables again need not be written again: the expressions of
    several cuts are long (`_expressions`).
    """

    cut: Cuts
    config: ScoreConfig = field(compare=False)
    config_hash: str
    session: int
    tables: tuple[tuple[str, Any], ...]
    cuts_per_query: int
    alike: bool
    in_parts: frozenset[str]

    @classmethod
    def of(
        cls,
        source: FeatureSource,
        cut: Cuts,
        config: ScoreConfig,
        *,
        cuts_per_query: int,
        alike: bool,
        in_parts: frozenset[str],
    ) -> Self:
        cut = cut if isinstance(cut, datetime) else tuple(cut)
        last = max(list_cuts(cut))
        register = source.table("buildings", cut=last)
        read = source.table if isinstance(cut, datetime) else source.versions
        names = set(COLUMNS_OF) - (set() if has_adverts(source, cut) else {c.ADVERTS})
        events = {name: read(name, cut=last) for name in sorted(names)}
        tables = {"buildings": register, **events}
        return cls(
            cut=cut,
            config=config,
            config_hash=config.config_hash,
            session=id(register.get_backend()),  # kept alive by the tables
            cuts_per_query=cuts_per_query,
            alike=alike,
            in_parts=in_parts,
            tables=tuple((name, table.op()) for name, table in tables.items()),
        )

    def table(self, name: str, *, cut: datetime | None = None) -> ir.Table:  # noqa: ARG002 -- of one cut
        """Return the rows of a table."""
        return dict(self.tables)[name].to_expr()

    def versions(self, name: str, *, cut: datetime | None = None) -> ir.Table:  # noqa: ARG002 -- of all cuts
        """Return the versions of the rows of a table."""
        return dict(self.tables)[name].to_expr()

    def part_of(self, name: str) -> FeatureSource:
        """Return the tables with one of them in parts, if it is summed so."""
        return one_part(self, name) if name in self.in_parts else self


def cuts_at_once(buildings: int) -> int:
    """Return how many cuts of an office are summed side by side in one pass at most.

    0 of few buildings: their cuts are all summed at once, one below the other.
    """
    most = min(CUTS_AT_ONCE, max(SUMS_AT_ONCE // max(buildings, 1), 1))
    return most if buildings >= BUILDINGS_SIDE_BY_SIDE else 0


def read_sums(
    source: FeatureSource,
    *,
    cut: Cuts,
    config: ScoreConfig,
    register: Register,
    alike: bool = True,
) -> dict[str, Sums]:
    """Sum complaints, violations, inspections and rentals per place; adverts if any are known.

    ``alike``: False where it is known that no visits are
    (`risk.events.repeats.any_alike`).
    """
    per_query = cuts_at_once(len(register.ids))
    with no_collection():  # to write a question takes some hundred thousand objects
        rows = _rows_in_parts(source, cut) if per_query else {}
        parts = -(-max(rows.values(), default=1) // ROWS_IN_PART)
        in_parts = frozenset(rows if parts > 1 else ())
        tables = _Tables.of(
            source, cut, config, cuts_per_query=per_query, alike=alike, in_parts=in_parts
        )
        return Sums.read(_expressions(tables), register, parts)


def _rows_in_parts(source: FeatureSource, cut: Cuts) -> dict[str, int]:
    """Count the rows of the tables that can be summed in parts, by building.

    Complaints cannot where any points to another ticket, which may be of another building.
    """
    read = source.table if isinstance(cut, datetime) else source.versions
    rows = {name: read(name, cut=max(list_cuts(cut))) for name in _IN_PARTS}
    if not can_be_in_parts(rows["complaints"]):
        return {}
    pointing = rows["complaints"].filter(text_of(rows["complaints"], "related_ticket") != "")
    if len(pointing.select(c.ROW_KEY).limit(1).to_pyarrow()):
        del rows["complaints"]
    return {name: int(each.count().to_pyarrow().as_py()) for name, each in rows.items()}


@lru_cache(maxsize=_MOST_EXPRESSIONS)
def _expressions(source: _Tables) -> Mapping[str, Expression]:
    """Write the sums of tables."""
    config = source.config
    of_complaints = partial(sum_complaints, config=config)
    of_inspections = partial(sum_inspections, config=config)
    sums = {
        "complaints": _express(source, "complaints", PLACE_KEYS, of_complaints),
        "violations": _violations(source),
        "inspections": _express(source, "inspections", PLACE_KEYS, of_inspections),
        "rentals": _express(source, "rentals", _BUILDING_KEYS, sum_rentals),
    }
    if c.ADVERTS in dict(source.tables):  # few beside the others, so one below the other
        adverts = assigned_rows(source, "adverts", cut=source.cut, config=config)
        sums[c.ADVERTS] = Expression(long=lambda: sum_adverts(adverts))
    return sums


def _express(
    source: _Tables, name: str, keys: Sequence[str], add_up: Callable[[RowsToSum], ir.Table]
) -> Expression:
    """Write the sums of a table, for several cuts side by side where that can be."""
    cut, config, keep = source.cut, source.config, _KEPT.get(name, ())
    if isinstance(cut, datetime):
        return _express_at(cut, source, name, keys, add_up)
    only_visited = name == "rentals" and config.exposure.counts_after_first_inspection
    if only_visited or not source.cuts_per_query:
        rows = assigned_rows(source, name, cut=cut, config=config, keep=keep, alike=source.alike)
        return Expression(long=lambda: add_up(one_below_the_other(rows, keys)))
    part, in_parts = source.part_of(name), name in source.in_parts
    # Copies of a visit are in its part; of complaints in parts none points to another ticket.
    may_repeat = source.alike if name == "inspections" else not in_parts
    repeated = repeated_rows(part, name, cuts=cut, config=config) if may_repeat else None
    wide = [
        (some, add_up(side_by_side(part, name, cuts=some, config=config, keep=keep,
                                   left_out=repeated)))
        for some in _parts(cut, source.cuts_per_query)
    ]  # fmt: skip

    def long() -> ir.Table:
        rest = assigned_rows(
            elsewhere(source, cut), name, cut=cut, config=config, keep=keep, alike=source.alike
        )
        if repeated is not None and name == "complaints":  # may repeat a ticket of another place
            rest = rest.anti_join(repeated, [c.CUT, c.ROW_KEY]).select(*rest.columns)
        return add_up(one_below_the_other(rest, keys))

    return Expression(long=long, wide=wide, in_parts=in_parts)


def _express_at(
    cut: datetime,
    source: _Tables,
    name: str,
    keys: Sequence[str],
    add_up: Callable[[RowsToSum], ir.Table],
) -> Expression:
    """Write the sums of a table at one cut."""
    keep, alike = _KEPT.get(name, ()), source.alike
    read = partial(counted_rows, name=name, cut=cut, config=source.config, keep=keep, alike=alike)
    return Expression(
        long=lambda: add_up(one_below_the_other(_elsewhere_at(source, read(source)), keys)),
        wide=[((cut,), add_up(at_one_cut(read(source.part_of(name)))))],
        in_parts=name in source.in_parts,
    )


def _violations(source: _Tables) -> Expression:
    """Write the sums of decided violations."""
    cuts, add_up = list_cuts(source.cut), partial(sum_violations, config=source.config)
    read = partial(counted_rows, cut=source.cut, config=source.config, alike=source.alike)
    decisions = read(source, "violations")
    visits = read(finds_only(source, source.config), "inspections")
    sums = add_up(mark_own_events(decisions, visits, _BUILDING_KEYS), keys=_BUILDING_KEYS)

    def long() -> ir.Table:
        return add_up(
            mark_own_events(*(_elsewhere_at(source, rows) for rows in (decisions, visits)))
        )

    return Expression(long=long, wide=[(cuts, pivot_cuts(sums, cuts))])


def _elsewhere_at(source: _Tables, rows: ir.Table) -> ir.Table:
    """Return those of the rows that are not at a building known at all cuts, assigned."""
    known = known_throughout(source, list_cuts(source.cut))
    rest = rows.anti_join(known, c.BUILDING).select(*rows.columns)
    if isinstance(source.cut, datetime):
        return assign_elsewhere(rest)
    return assign_to_place(rest, known_buildings(source, max(source.cut)))


def _parts(cuts: Sequence[datetime], at_once: int) -> Iterator[Sequence[datetime]]:
    for first in range(0, len(cuts), at_once):
        yield cuts[first : first + at_once]
