"""What every repository is built on; queries with many values go in chunks."""

from collections.abc import Collection, Iterator
from typing import Any, Final, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from data.store.audit.chain import Sealing

Value = TypeVar("Value", str, int)

MOST_NAMED: Final = 500
"""How many values one question names: SQLite takes some thousands of parameters."""


class Repository:
    """Reads and writes some of the store's tables within a unit of work.

    ``sealing``: seals the rows of those tables that are sealed.
    """

    def __init__(self, session: Session, sealing: Sealing) -> None:
        self._session = session
        self._sealing = sealing


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
