"""Answers about all rows that follow the visits that come, instead of being read anew after each.

What comes oftest is a visit, and it is at one building. An answer that says of each building
something of its own is the old one but for the buildings that were visited since.
"""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final, Generic, TypeVar

from ibis.expr.types import Table

from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.engine import Engine
from data.lake.schema import ROW_KEY
from data.store.repositories.visits import VisitsState
from data.store.unit_of_work import Store
from data.workspace.cache import Cache

T = TypeVar("T")
MOST_CAME: Final = 500
"""So many versions of visits are followed; after more of them an answer is read anew."""


class FollowedAnswers(Generic[T]):
    """Keeps the latest answers. Threads may share it.

    ``size``: how many answers to keep at most.
    """

    def __init__(self, size: int) -> None:
        self._kept: Cache[_Kept[T]] = Cache(size)

    def get(
        self, key: Hashable, engine: Engine, store: Store, *, read: Callable[[], T],
        follow: Callable[[T, set[str]], T],
    ) -> T:  # fmt: skip
        """Return the answer of a key as of what an engine knows.

        ``key``: what the answer depends on beside the rows of the engine.
        ``engine``: pinned to a moment.
        ``read``: makes the answer of all rows.
        ``follow``: makes it of the one before and the buildings whose visits may be others since;
        nothing else that the engine knows has changed.
        """
        state = engine.state
        kept = self._kept.get((key, state.but_visits), _Kept)
        with kept.lock:
            if kept.answer is not None and kept.answer[0] == state.visits:
                return kept.answer[1]
            if kept.answer is None:
                visited = None
            else:
                visited = buildings_visited(engine, store, since=kept.answer[0])
            if kept.answer is None or visited is None:
                answer = read()
            else:
                answer = follow(kept.answer[1], visited)
            kept.answer = state.visits, answer
            return answer


class _Kept(Generic[T]):
    """An answer and the visits that are in it; None before there is one."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.answer: tuple[VisitsState, T] | None = None


def buildings_visited(engine: Engine, store: Store, *, since: VisitsState) -> set[str] | None:
    """Return the buildings whose visits may be others than they were, as they were sent.

    Those of every version of a visit that has a version since, and of the row of a file that tells
    of the same visit, which does not count beside it.

    ``engine``: pinned to a later moment.
    ``since``: the state of the log then; nothing but visits may have come since.

    Returns None where more than `MOST_CAME` versions came, or some were deleted.
    """
    now = engine.state.visits
    if not 0 < now.rows - since.rows <= MOST_CAME:
        return None
    with store.begin() as unit:
        came = unit.visits.log(after=since.newest, until=now.newest, whole_visits=True)
    if (came["id"] > since.newest).sum() != now.rows - since.rows:
        return None
    files = engine.imported_inspections().select(ROW_KEY, "building_id")
    again = ask_about_texts(files, {ROW_KEY: set(came["visit_id"])}, in_lists)
    return {*came["building_id"], *again["building_id"].drop_null().to_pylist()}


@dataclass(frozen=True)
class RowsAtBuildings:
    """The tables of an engine, of each the rows at some buildings: to follow an answer there."""

    engine: Engine
    buildings: Collection[str]

    def table(self, name: str, *, cut: datetime | None = None) -> Table:
        """Return rows as `Engine.table` does."""
        return self._only(self.engine.table(name, cut=cut))

    def versions(self, name: str, *, cut: datetime | None = None) -> Table:
        """Return rows as `Engine.versions` does."""
        return self._only(self.engine.versions(name, cut=cut))

    def _only(self, rows: Table) -> Table:
        return rows.filter(rows["building_id"].isin(sorted(self.buildings)))
