"""What every repository is built on; queries with many values go in chunks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, case, func, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from data.store.audit.chain import Sealing

if TYPE_CHECKING:
    import pandas as pd

Row = TypeVar("Row")
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
        return (func.instr if is_sqlite(self._session) else func.strpos)(column, word) > 0

    def _count_each(
        self, conditions: Mapping[str, ColumnElement[bool]], *where: ColumnElement[bool]
    ) -> dict[str, int]:
        """Count the rows of which each condition holds, among those of which all others do."""
        sums = [func.coalesce(func.sum(case((c, 1), else_=0)), 0) for c in conditions.values()]
        row = self._session.execute(select(*sums).where(*where)).one()
        return {name: int(count) for name, count in zip(conditions, row, strict=True)}

    def _count_by(
        self, column: Any, words: Iterable[str], *where: ColumnElement[bool]  # noqa: ANN401 -- a mapped column
    ) -> dict[str, int]:  # fmt: skip
        """Count the rows by what a column says, of each word."""
        counted = select(column, func.count()).where(*where).group_by(column)
        found = {str(row[0]): int(row[1]) for row in self._session.execute(counted)}
        return dict.fromkeys(map(str, words), 0) | found

    def _fresh(self, query: Select[Row]) -> list[Row]:
        """Return the rows of a query as they are in the database now."""
        fresh = query.execution_options(populate_existing=True)
        return list(self._session.scalars(fresh))

    def _among(
        self, query: Select[Row], column: Any, values: Collection[Value]  # noqa: ANN401 -- a mapped column
    ) -> Iterator[Row]:  # fmt: skip
        for some in in_chunks(values):
            yield from self._session.scalars(query.where(column.in_(some)))

    def _kept(self, row: Row) -> Row:
        """Add a row, or keep what was changed of it; return it, with its number."""
        self._session.add(row)
        self._session.flush()
        return row

    def _insert(self, kind: Any, /, **values: Any) -> int:  # noqa: ANN401 -- a mapped class, its columns
        """Add a row that the session need not know and return its number."""
        adding = insert(kind).values(**values).returning(kind.id)
        return int(self._session.execute(adding).scalar_one())

    def _insert_all(self, kind: Any, rows: Iterable[Mapping[str, Any]]) -> None:  # noqa: ANN401 -- a mapped class
        """Add rows, if there are any; each with the same columns."""
        if values := [dict(row) for row in rows]:
            # Else rows go in one statement only as far as the same columns of them are null.
            self._session.execute(insert(kind), values, execution_options={"render_nulls": True})

    def _changed(self, kind: Any, /, *where: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401 -- a mapped class, its columns
        """Change the row of which all conditions hold; False for none.

        Two at once cannot both succeed.
        """
        changing = update(kind).where(*where).values(**values)
        found = self._session.execute(
            changing.returning(*kind.__table__.primary_key),
            execution_options={"synchronize_session": False},
        )
        return found.first() is not None


def inside_where(kind: Any, inside: InsideOf | None) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- a mapped class
    """Return the conditions under which somebody may see a row of a table with places."""
    return [] if inside is None else [inside.has(kind)]


def is_sqlite(session: Session) -> bool:
    """Say whether the store is SQLite, not PostgreSQL."""
    return session.get_bind().dialect.name == "sqlite"


def frame_of(
    rows: Iterable[Sequence[Any]], columns: Sequence[str], *, dtype: type | None = None
) -> pd.DataFrame:
    """Return rows of a query as a frame; only who asks for one imports pandas."""
    import pandas as pd

    return pd.DataFrame([tuple(row) for row in rows], columns=list(columns), dtype=dtype)


def in_chunks(values: Collection[Value]) -> Iterator[list[Value]]:
    """Yield sorted values, so many at a time as one question may name."""
    wanted = sorted(values)
    for start in range(0, len(wanted), MOST_NAMED):
        yield wanted[start : start + MOST_NAMED]


def narrow(
    query: Select[*tuple[Any, ...]],
    column: InstrumentedAttribute[Value] | InstrumentedAttribute[Value | None],
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
