"""What every repository is built on; queries with many values go in chunks."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data.store.audit.chain import Sealing

Value = TypeVar("Value", str, int)

MOST_NAMED: Final = 500
"""How many values one question names: SQLite takes some thousands of parameters."""
MOST_ROWS: Final = 500
"""How many rows a page of a list has at most."""


@dataclass(frozen=True, slots=True)
class InsideOf:
    """The codes of which a row must have one to be seen; None of whoever sees all."""

    communities: Collection[str]
    grids: Collection[str]
    buildings: Collection[str]

    def has(self, kind: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- a mapped class
        """Return the condition that a row has one of the codes in its columns of the place."""
        return or_(
            kind.community.in_(sorted(self.communities)),
            kind.grid.in_(sorted(self.grids)),
            kind.building_id.in_(sorted(self.buildings)),
        )


class Repository:
    """Reads and writes some of the store's tables within a unit of work.

    ``sealing``: seals the rows of those tables that are sealed.
    """

    def __init__(self, session: Session, sealing: Sealing) -> None:
        self._session = session
        self._sealing = sealing

    def _contains(self, column: Any, word: str) -> ColumnElement[bool]:  # noqa: ANN401 -- a mapped column
        """Return the condition that a text has a word; several times faster than LIKE."""
        sqlite = self._session.get_bind().dialect.name == "sqlite"
        return (func.instr if sqlite else func.strpos)(column, word) > 0

    def _count_each(
        self, conditions: Mapping[str, ColumnElement[bool]], *where: ColumnElement[bool]
    ) -> dict[str, int]:
        """Count the rows of which each condition holds, among those of which all others do."""
        sums = [func.coalesce(func.sum(case((c, 1), else_=0)), 0) for c in conditions.values()]
        row = self._session.execute(select(*sums).where(*where)).one()
        return {name: int(count) for name, count in zip(conditions, row, strict=True)}


def inside_where(kind: Any, inside: InsideOf | None) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- a mapped class
    """Return the conditions under which somebody may see a row of a table with places."""
    return [] if inside is None else [inside.has(kind)]


def in_chunks(values: Collection[Value]) -> Iterator[list[Value]]:
    """Yield sorted values, so many at a time as one question may name."""
    wanted = sorted(values)
    for start in range(0, len(wanted), MOST_NAMED):
        yield wanted[start : start + MOST_NAMED]


def narrow(
    query: Select[*tuple[Any, ...]],
    column: InstrumentedAttribute[Value],
    values: Collection[Value] | None,
) -> list[Select[*tuple[Any, ...]]]:
    """Return a question narrowed to the rows that have one of the values, in at least one part.

    ``values``: None leaves the question as it is; with none of them it finds nothing.
    """
    if values is None:
        return [query]
    return [query.where(column.in_(some)) for some in in_chunks(values)] or [
        query.where(column.in_([]))
    ]
