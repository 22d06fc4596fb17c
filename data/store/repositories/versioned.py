"""Shared queries of tables that keep every version: rows are added and never changed."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Executable, Select, delete, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

Row = TypeVar("Row")


def add_once(session: Session, kind: Any, row: Mapping[str, Any]) -> bool:  # noqa: ANN401 -- a mapped class
    """Add a row; False where one that must differ from it is there already."""
    table = kind.__table__
    dialect = sqlite if _is_sqlite(session) else postgresql
    adding = dialect.insert(table).values(**row).on_conflict_do_nothing()
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

    Parameters
    ----------
    kind
        A mapped class with a column ``id``.
    on_postgresql
        The statement that does it there.
    """
    # The first write takes the whole of an SQLite database; this one changes nothing.
    session.execute(delete(kind).where(kind.id < 0) if _is_sqlite(session) else on_postgresql)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
