"""Repositories of visits and photos; no row is ever changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Row, Select, Text, and_, func, insert, select, true

from data.store.audit.row_seals import seal_visit
from data.store.repositories.repository import Repository, frame_of, narrow
from data.store.repositories.versioned import (
    ChangedMeanwhileError,
    add_once,
    hold_all,
    is_newest,
    read_one,
)
from data.store.tables.visits import VisitPhoto, VisitVersion
from data.workspace.cache import Cache

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = tuple(column.name for column in VisitVersion.__table__.columns)
_DTYPES = {
    **{c.name: "str" for c in VisitVersion.__table__.columns if isinstance(c.type, Text)},
    **dict.fromkeys(("at", "recorded_at", "retry_at"), "datetime64[us]"),
    **dict.fromkeys(("pupils", "teachers", "minutes"), "Int64"),
    **dict.fromkeys(("id", "version"), "int64"),
    **dict.fromkeys(("withdrawn", "mine", "may_undo"), "bool"),
    "name": "str",
}


@dataclass(frozen=True, slots=True)
class VisitsState:
    """What tells one content of the table from another: rows are only added."""

    rows: int
    newest: int


LATELY: Final = 10_000
"""Versions that are counted each time: one that is committed late has a number below others."""
_LONG_AGO: Final = WeakKeyDictionary[object, VisitsState]()
"""The store's engine or connection → how many versions there are up to a number long ago."""
_LAST_TO_DOORS: Final = WeakKeyDictionary[object, Cache[list[int]]]()
"""The store's engine or connection → the last visits to doors, by question and state of the log."""


class Visits(Repository):
    """Visits with all their versions, and their photos."""

    def add(self, version: Mapping[str, Any]) -> tuple[VisitVersion, bool]:
        """Seal and add a version, unless the same person sent this key before.

        Returns ``version``, ``new``: what is in the table under this key, and whether it was put
        there now.

        Raises `ChangedMeanwhileError` when somebody else added this version of the visit at the
        same time.
        """
        sealed = {**version, "seal": seal_visit(self._sealing.key(), version)}
        added = add_once(self._session, VisitVersion, sealed)
        stored = self.by_key(version["recorded_by"], version["key"])
        if stored is None:
            raise ChangedMeanwhileError("visit_changed_meanwhile", seen=version["visit_id"])
        return stored, added

    def by_key(self, recorded_by: str, key: str) -> VisitVersion | None:
        """Return the version that a person sent under a key."""
        query = select(VisitVersion)
        query = query.where(VisitVersion.recorded_by == recorded_by, VisitVersion.key == key)
        return read_one(self._session, query)

    def newest(self, visit_id: str) -> VisitVersion | None:
        """Return the version of a visit that holds, withdrawn or not."""
        query = select(VisitVersion).where(VisitVersion.visit_id == visit_id)
        return read_one(self._session, query.order_by(VisitVersion.version.desc()).limit(1))

    def versions(self, visit_id: str) -> pd.DataFrame:
        """Return every version of a visit, oldest first."""
        query = select(VisitVersion.__table__).where(VisitVersion.visit_id == visit_id)
        return framed(self._rows(query.order_by(VisitVersion.version)))

    def state(self, *, until: int | None = None) -> VisitsState:
        """Return what tells whether anything was added, among all or the first ones.

        Every page asks for that of all, so of a long log only what was added lately is counted each
        time; that rows of long ago are still there is known to a process from its first question.
        """
        if until is not None:
            return VisitsState(*self._count(VisitVersion.id <= until))
        store = self._session.get_bind()
        old = _LONG_AGO.get(store, VisitsState(0, 0))
        added, newest = self._count(VisitVersion.id > old.newest)
        if old.newest and not added:  # another database lies there now
            old = VisitsState(0, 0)
            added, newest = self._count(true())
        if added > 2 * LATELY:
            before = newest - LATELY
            rows, _ = self._count(VisitVersion.id <= before)
            _LONG_AGO[store] = VisitsState(rows, before)
        return VisitsState(old.rows + added, newest)

    def _count(self, which: ColumnElement[bool]) -> tuple[int, int]:
        newest = select(func.coalesce(func.max(VisitVersion.id), 0)).where(which)
        count = select(func.count()).select_from(VisitVersion).where(which)
        rows, last = self._session.execute(
            select(count.scalar_subquery(), newest.scalar_subquery())
        ).one()
        return rows, last

    def log(
        self, *, after: int = 0, until: int | None = None, whole_visits: bool = False
    ) -> pd.DataFrame:
        """Return every version with a number above ``after``, in the order they came.

        ``until``: leave out the versions with a number above this one.
        ``whole_visits``: also the earlier versions of the visits that have one above.
        """
        known = true() if until is None else VisitVersion.id <= until
        added = (VisitVersion.id > after) & known
        if whole_visits:
            fresh = select(VisitVersion.visit_id).where(added)
            added = VisitVersion.visit_id.in_(fresh) & known
        query = select(VisitVersion.__table__).where(added)
        return framed(self._rows(query.order_by(VisitVersion.id)))

    def holding(self, **which: Any) -> pd.DataFrame:  # noqa: ANN401 -- as below
        """Return as a frame what `holding_rows` returns, which takes the same."""
        return framed(self.holding_rows(**which))

    def holding_rows(
        self,
        *,
        buildings: Collection[str] | None = None,
        since: datetime | None = None,
        before: datetime | None = None,
        recorded_by: str | None = None,
        limit: int | None = None,
        ending_with: Collection[str] = (),
    ) -> Sequence[Row[Any]]:
        """Return the visits that hold – newest version, not withdrawn – newest visit first.

        ``buildings``: only at these; everywhere when None.
        ``since``, ``before``: local time of the visit: at or after the first, before the second.
        ``recorded_by``: only what this account wrote.
        ``limit``, ``ending_with``: at most so many of the newest; of these only the last to each
        door, with such an end.
        """
        where = [_is_newest(), VisitVersion.withdrawn.is_(False)]
        where += [] if since is None else [VisitVersion.at >= since]
        where += [] if before is None else [VisitVersion.at < before]
        if recorded_by is not None:
            by = VisitVersion.recorded_by  # no index of it where that of buildings finds fewer rows
            where.append((by if buildings is None else func.coalesce(by, "")) == recorded_by)
        query = select(VisitVersion.__table__).where(and_(*where))
        query = query.order_by(VisitVersion.at.desc(), VisitVersion.id.desc()).limit(limit)
        queries = narrow(query, VisitVersion.building_id, buildings)
        if ending_with:
            only = None if buildings is None else frozenset(buildings)
            key = self.state(), only, since, before, recorded_by, limit, frozenset(ending_with)
            kept = _LAST_TO_DOORS.setdefault(self._session.get_bind(), Cache(50))
            last = kept.get(key, lambda: self._last_to_doors(queries, limit, ending_with))
            queries = narrow(select(VisitVersion.__table__), VisitVersion.id, last)
        return sorted(self._rows(*queries), key=lambda row: (row.at, row.id), reverse=True)[:limit]

    def _last_to_doors(
        self, queries: Sequence[Select[Any]], limit: int | None, steps: Collection[str]
    ) -> list[int]:
        """Return the numbers of the visits that are the last to their door, of some next steps."""
        columns = VisitVersion.__table__.c["at", "id", "building_id", "unit", "next_step"]
        found = (self._session.execute(each.with_only_columns(*columns)) for each in queries)
        oldest_first = sorted(tuple(row) for rows in found for row in rows)
        last = {row[2:4]: row for row in oldest_first[-(limit or 0) :]}
        return [row[1] for row in last.values() if row[4] in steps]

    def last_per_building(
        self,
        *,
        buildings: Collection[str] | None = None,
        before: datetime | None = None,
        until: int | None = None,
        columns: Sequence[str] = COLUMNS,
    ) -> pd.DataFrame:
        """Return the last visit that holds of each building.

        ``buildings``: only of these; of all when None.
        ``before``: local time: only visits that happened before it.
        ``until``: as held when the version of this number was the newest; now when None.
        ``columns``: these alone, of `COLUMNS`, ``building_id`` among them.
        """
        wanted = select(*VisitVersion.__table__.c[tuple(columns)])
        places = select(VisitVersion.building_id).distinct()
        parts = []
        for chosen in narrow(places, VisitVersion.building_id, buildings):
            place = chosen.subquery()
            # Walks the index from the latest visit of a building back to the first that holds.
            last = (
                select(VisitVersion.id)
                .where(VisitVersion.building_id == place.c.building_id)
                .where(_is_newest(until), VisitVersion.withdrawn.is_(False))
                .order_by(VisitVersion.at.desc(), VisitVersion.id.desc())
                .limit(1)
            )
            if before is not None:
                last = last.where(VisitVersion.at < before)
            if until is not None:
                last = last.where(VisitVersion.id <= until)
            ids = select(last.correlate(place).scalar_subquery()).select_from(place)
            parts.append(wanted.where(VisitVersion.id.in_(ids)))
        found = framed(self._rows(*parts), columns)
        return found.sort_values("building_id", ignore_index=True)

    def neighbours_in_time(
        self, *, building_id: str, since: datetime, until: datetime, other_than: str
    ) -> int:
        """Count other accounts' visits to a building within a time."""
        query = select(func.count(VisitVersion.recorded_by.distinct())).where(
            _is_newest(),
            VisitVersion.withdrawn.is_(False),
            VisitVersion.building_id == building_id,
            VisitVersion.at >= since,
            VisitVersion.at <= until,
            VisitVersion.recorded_by != other_than,
        )
        return self._session.execute(query).scalar_one()

    def last_before(self, *, recorded_by: str, at: datetime, since: datetime) -> datetime | None:
        """Return when an account's previous visit was, from ``since`` on."""
        query = select(func.max(VisitVersion.at)).where(
            _is_newest(),
            VisitVersion.withdrawn.is_(False),
            VisitVersion.recorded_by == recorded_by,
            VisitVersion.at >= since,
            VisitVersion.at < at,
        )
        return self._session.execute(query).scalar_one()

    def later_than(self, at: datetime) -> int:
        """Count the visits that stand and happened after a local time."""
        rows = select(func.count()).where(VisitVersion.at > at, _is_newest())
        return self._session.scalar(rows.where(VisitVersion.withdrawn.is_(False))) or 0

    def add_photo(self, **photo: Any) -> None:  # noqa: ANN401 -- columns of the table
        """Add the row of a photo of a visit that does not have it yet."""
        self._session.execute(insert(VisitPhoto).values(**photo))

    def hold_photos(self) -> None:
        """Keep others from adding photos until the end of the unit of work."""
        hold_all(self._session, VisitPhoto)

    def photos(self, visit_ids: Collection[str]) -> dict[str, list[str]]:
        """Return visit → the SHA-256 of its photos, in the order they were added."""
        found: dict[str, list[str]] = {}
        query = select(VisitPhoto.visit_id, VisitPhoto.sha256)
        for some in narrow(query.order_by(VisitPhoto.id), VisitPhoto.visit_id, visit_ids):
            for visit_id, sha256 in self._session.execute(some):
                found.setdefault(visit_id, []).append(sha256)
        return found

    def buildings_of_photo(self, sha256: str, *, recorded_by: str | None = None) -> list[str]:
        """Return the buildings whose visits, not withdrawn, a photo belongs to.

        ``recorded_by``: only visits of this account.
        """
        query = _photos_shown(VisitVersion.building_id).where(VisitPhoto.sha256 == sha256)
        if recorded_by is not None:
            query = query.where(VisitVersion.recorded_by == recorded_by)
        return sorted(self._session.scalars(query))

    def photo_hashes(self) -> list[str]:
        """Return the SHA-256 of every photo of a visit that was not taken back."""
        return sorted(self._session.scalars(_photos_shown(VisitPhoto.sha256)))

    def _rows(self, *queries: Select[Any]) -> list[Row[Any]]:
        return [row for query in queries for row in self._session.execute(query)]


def framed(rows: Sequence[Sequence[Any]], columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """Return rows of visits as a frame, each column of its kind."""
    kinds = {name: kind for name, kind in _DTYPES.items() if name in columns}
    return frame_of(rows, columns, dtype=object).astype(kinds)


def _photos_shown(column: Any) -> Select[Any]:  # noqa: ANN401 -- of either table
    """Ask for a column of photos whose visit was not taken back, each value once."""
    of_visit = VisitPhoto.visit_id == VisitVersion.visit_id
    shown = select(column).distinct().select_from(VisitVersion).join(VisitPhoto, of_visit)
    return shown.where(_is_newest(), VisitVersion.withdrawn.is_(False))


def _is_newest(until: int | None = None) -> ColumnElement[bool]:
    return is_newest(VisitVersion, "visit_id", until=until)
