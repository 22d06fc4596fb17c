"""Shared queries of tables that keep every version: rows are added and never changed."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Executable, Select, delete, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from data.store.repositories.repository import in_chunks

Row = TypeVar("Row")


def insert_into(session: Session, table: Any) -> Any:  # noqa: ANN401 -- of either dialect
    """Return an INSERT that may say what to do where the row is there already."""
    if _is_sqlite(session):
        from sqlalchemy.dialects.sqlite import insert

        return insert(table)
    from sqlalchemy.dialects import postgresql  # takes long to import

    return postgresql.insert(table)


def add_once(session: Session, kind: Any, row: Mapping[str, Any]) -> bool:  # noqa: ANN401 -- a mapped class
    """Add a row; False where one that must differ from it is there already."""
    table = kind.__table__
    adding = insert_into(session, table).values(**row).on_conflict_do_nothing()
    # Rows come back only where one was added; not every driver counts them.
    return session.execute(adding.returning(table.c.id)).first() is not None


def is_newest(kind: Any, key: str, *, until: int | None = None) -> ColumnElement[bool]:  # noqa: ANN401 -- a mapped class
    """Return the condition that no later version of a row is there.

    Parameters
    ----------
    kind
        A mapped class with columns ``id`` and ``version``.
    key
        Its column that all versions of one thing share.
    until
        Only rows with a number up to this one count as there; all when None.
    """
    later = aliased(kind)
    return ~(
        select(later.id)
        .where(
            getattr(later, key) == getattr(kind, key),
            later.version > kind.version,
            true() if until is None else later.id <= until,
        )
        .exists()
    )


def read_one(session: Session, query: Select[Row]) -> Row | None:
    """Return the row of a query that outlives the unit of work: nothing changes it any more."""
    found = session.scalars(query).one_or_none()
    if found is not None:
        session.expunge(found)
    return found


def hold_all(session: Session, kind: Any, *, on_postgresql: Executable) -> None:  # noqa: ANN401 -- a mapped class
    """Keep others from changing a table until the end of the unit of work.

    ``kind``: a mapped class with a column ``id``.
    ``on_postgresql``: the statement that does it there.
    """
    # The first write takes the whole of an SQLite database; this one changes nothing.
    session.execute(delete(kind).where(kind.id < 0) if _is_sqlite(session) else on_postgresql)


def newest_number(session: Session, numbers: Any, *, stem: str) -> int:  # noqa: ANN401 -- a mapped column
    """Return the highest of the numbers that begin with a stem, 0 where there is none.

    ``numbers``: the mapped column, of texts such as ``XS-2026-0107``.
    ``stem``: as ``XS-2026-``; what follows it are digits.
    """
    length = func.length(numbers)
    query = select(numbers).where(numbers.like(f"{stem}%"))
    found = session.scalar(query.order_by(length.desc(), numbers.desc()).limit(1))
    return int(found.removeprefix(stem)) if found else 0


def histories(
    session: Session,
    of: InstrumentedAttribute[int],
    ids: Collection[int],
    *,
    by: Any,  # noqa: ANN401
) -> dict[int, list[Any]]:
    """Return id → its events, the oldest first.

    ``of``: the column of the events that names what they are of.
    ``by``: their column of numbers.
    """
    found: dict[int, list[Any]] = {}
    query = select(of.class_).order_by(of, by)
    for some in in_chunks(ids):
        for event in session.scalars(query.where(of.in_(some))):
            found.setdefault(getattr(event, of.key), []).append(event)
    return found


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
