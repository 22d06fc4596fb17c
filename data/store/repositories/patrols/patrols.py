"""Repositories of teams and plans; no version of a plan is ever changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session, defer
from sqlalchemy.orm.attributes import set_committed_value

from data.store.pieces import cut, joined
from data.store.repositories.repository import Repository, frame_of, narrow
from data.store.repositories.versioned import (
    ChangedMeanwhileError,
    add_once,
    hold_all,
    insert_into,
    is_newest,
    read_one,
)
from data.store.tables.patrols import PatrolPiece, PatrolPlan, PatrolStop, PatrolTeam

if TYPE_CHECKING:
    import pandas as pd

LISTED: Final = ("plan_id", "version", "kind", "title", "first", "last", "state", "made_at",
                 "made_by", "note", "restores", "stops", "expected_finds")  # fmt: skip
"""What tells of a plan's version, without its content and never with its seed."""
STOPS_PLACES: Final = ("building_id", "grid_code", "community_code", "find_chance")
UNCOVERED_PLACES: Final = ("building_id", "grid_code", "community_code", "due_on", "reason")
STOP_COLUMNS: Final = tuple(c.name for c in PatrolStop.__table__.columns if c.name != "id")


@dataclass(frozen=True, slots=True)
class PatrolsState:
    """What tells whether any published stop or any team changed.

    Neither the highest number nor the latest time does: who began first may commit last.
    """

    versions: int
    """How many there are of all plans; none is ever removed."""
    teams: tuple[tuple[object, ...], ...]
    """Of each its id, whether it is active, its members and when it changed."""


class Patrols(Repository):
    """Teams, plans with all their versions, and the published stops."""

    def teams(self, *, everybody: bool = False) -> Sequence[PatrolTeam]:
        """Return the teams by id; also those no longer active when ``everybody``."""
        query = select(PatrolTeam).order_by(PatrolTeam.team_id)
        if not everybody:
            query = query.where(PatrolTeam.active)
        return self._session.scalars(query).all()

    def save_team(self, team: Mapping[str, Any], *, at: datetime, by: str) -> None:
        """Add a team or replace it; ``at`` is naive UTC."""
        row = self._session.get(PatrolTeam, team["team_id"]) or PatrolTeam()
        for name, value in team.items():
            setattr(row, name, value)
        row.active, row.changed_at, row.changed_by = True, at, by
        self._kept(row)

    def remove_team(self, team_id: str, *, at: datetime, by: str) -> bool:
        """Make a team inactive; False when there is no active one of this id."""
        row = self._session.get(PatrolTeam, team_id)
        if row is None or not row.active:
            return False
        row.active, row.changed_at, row.changed_by = False, at, by
        self._session.flush()
        return True

    def add_version(self, version: Mapping[str, Any]) -> None:
        """Add a version of a plan.

        Raises `ChangedMeanwhileError` when somebody else added a version of this number meanwhile.
        """
        if not add_once(self._session, PatrolPlan, version):
            number = version["version"]
            raise ChangedMeanwhileError("plan_changed", seen=number - 1, expected=number)

    def keep_rows(self, frame: pd.DataFrame, *, by: str) -> list[str]:
        """Keep the rows of a frame where they are not kept yet; return the digests of its pieces.

        ``by``: its column that tells rows apart.
        """
        pieces = cut(frame, by=by)
        digests = [digest for digest, _ in pieces]
        queries = narrow(select(PatrolPiece.digest), PatrolPiece.digest, digests)
        held = {digest for some in queries for digest in self._session.scalars(some)}
        new = [{"digest": digest, "rows": rows} for digest, rows in pieces if digest not in held]
        if new:  # others may keep the same meanwhile
            adding = insert_into(self._session, PatrolPiece.__table__)
            self._session.execute(adding.on_conflict_do_nothing(), new)
        return digests

    def kept_rows(
        self, digests: Sequence[str], columns: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return the frame that `keep_rows` kept, only some columns where they are named."""
        query = select(PatrolPiece.digest, PatrolPiece.rows)
        parts = narrow(query, PatrolPiece.digest, digests)
        held = {digest: rows for some in parts for digest, rows in self._session.execute(some)}
        return joined([held[each] for each in digests], columns)

    def version(self, plan_id: str, version: int | None = None) -> PatrolPlan | None:
        """Return a version of a plan; the one that holds when no number is given."""
        query = select(PatrolPlan).where(PatrolPlan.plan_id == plan_id)
        if version is not None:
            query = query.where(PatrolPlan.version == version)
        return read_one(self._session, query.order_by(PatrolPlan.version.desc()).limit(1))

    def version_in_parts(
        self, plan_id: str, version: int, *, parts: Sequence[str]
    ) -> PatrolPlan | None:
        """Return a version of a plan with these parts of its content; no other is decoded."""
        query = select(PatrolPlan, *(PatrolPlan.content[name] for name in parts))
        query = query.where(PatrolPlan.plan_id == plan_id, PatrolPlan.version == version)
        found = self._session.execute(query.options(defer(PatrolPlan.content))).one_or_none()
        if found is None:
            return None
        row: PatrolPlan = found[0]
        self._session.expunge(row)
        set_committed_value(row, "content", dict(zip(parts, found[1:], strict=True)))
        return row

    def newest_version(self, plan_id: str) -> int | None:
        """Return the number of the version of a plan that holds; None where there is none."""
        query = select(func.max(PatrolPlan.version)).where(PatrolPlan.plan_id == plan_id)
        return self._session.scalar(query)

    def shown_version(self, plan_id: str) -> int | None:
        """Return the number of the version of a plan that teams see; None where they see none."""
        query = select(PatrolStop.version).where(PatrolStop.plan_id == plan_id)
        return self._session.scalar(query.limit(1))

    def versions(self, plan_id: str) -> pd.DataFrame:
        """Return what tells of every version of a plan, newest first: `LISTED`."""
        query = select(*_columns()).where(PatrolPlan.plan_id == plan_id)
        return listed(self._session, query.order_by(PatrolPlan.version.desc()))

    def plans(self, *, limit: int | None = None) -> pd.DataFrame:
        """Return what tells of every plan's version that holds, latest week first: `LISTED`."""
        query = select(*_columns()).where(_is_newest())
        query = query.order_by(PatrolPlan.first.desc(), PatrolPlan.id.desc())
        return listed(self._session, query.limit(limit))

    def stop_places(self, plan_id: str, version: int) -> pd.DataFrame:
        """Return where the stops of a version are: `STOPS_PLACES`; nothing else is decoded."""
        return _places(STOPS_PLACES, self._parts(plan_id, version, "stops", STOPS_PLACES))

    def left_places(self, plan_id: str, version: int) -> pd.DataFrame:
        """Return what a version leaves uncovered: `UNCOVERED_PLACES`; nothing else is decoded."""
        (pieces,) = self._parts(plan_id, version, "uncovered", ("pieces",))
        if pieces is not None:
            return self.kept_rows(pieces, UNCOVERED_PLACES)
        lists = self._parts(plan_id, version, "uncovered", UNCOVERED_PLACES)
        return _places(UNCOVERED_PLACES, lists)

    def left_codes(self, plan_id: str, version: int) -> pd.DataFrame | None:
        """Return the codes that were kept of what a version leaves; None of an earlier one."""
        (codes,) = self._parts(plan_id, version, "uncovered", ("codes",))
        return None if codes is None else self.kept_rows(codes)

    def _parts(self, plan_id: str, version: int, part: str, names: Sequence[str]) -> Sequence[Any]:
        """Return what a part of a version's content has under some names, None where nothing."""
        query = select(*(PatrolPlan.content[part, name] for name in names))
        query = query.where(PatrolPlan.plan_id == plan_id, PatrolPlan.version == version)
        return self._session.execute(query).one()

    def makers(self) -> frozenset[str]:
        """Return the accounts that made any version of any plan."""
        return frozenset(self._session.scalars(select(PatrolPlan.made_by).distinct()))

    def of_day(self, day: date, *, kind: str, without: str) -> tuple[str, int] | None:
        """Return id and version of the plan of a kind, last changed, whose span holds a day.

        ``without``: the state that does not count.
        """
        query = select(PatrolPlan.plan_id, PatrolPlan.version).where(
            _is_newest(), PatrolPlan.kind == kind, PatrolPlan.state != without,
            PatrolPlan.first <= day, PatrolPlan.last >= day,
        )  # fmt: skip
        newest = query.order_by(PatrolPlan.id.desc()).limit(1)
        found = self._session.execute(newest).one_or_none()
        return None if found is None else (found.plan_id, found.version)

    def published_of_span(self, first: date, last: date, *, kind: str) -> list[str]:
        """Return the ids of the plans of a kind whose stops are out and whose spans meet one."""
        plans = select(PatrolPlan.plan_id).where(PatrolPlan.kind == kind)
        query = select(PatrolStop.plan_id).distinct().where(
            PatrolStop.first <= last, PatrolStop.last >= first, PatrolStop.plan_id.in_(plans)
        )  # fmt: skip
        return sorted(self._session.scalars(query))

    def hold_all(self) -> None:
        """Keep others from publishing or naming teams until the end of the unit of work.

        For rules over all of them, such as "one plan a week": two that are each right alone must
        not be wrong together.
        """
        hold_all(self._session, PatrolStop)

    def put_stops(self, plan_id: str, stops: Sequence[Mapping[str, Any]]) -> None:
        """Replace the published stops of a plan; by nothing when there are none."""
        self._session.execute(delete(PatrolStop).where(PatrolStop.plan_id == plan_id))
        self._insert_all(PatrolStop, stops)

    def stops(
        self,
        *,
        plan_id: str | None = None,
        buildings: Collection[str] | None = None,
        teams: Collection[str] | None = None,
        since: date | None = None,
        until: date | None = None,
        spans: date | None = None,
    ) -> pd.DataFrame:
        """Return published stops, `STOP_COLUMNS`, by day, shift and place.

        ``plan_id``, ``buildings``, ``teams``: only of these; of all when None.
        ``since``, ``until``: first and last day of the stops.
        ``spans``: only of plans whose span holds this day.
        """
        where: list[ColumnElement[bool]] = []
        if plan_id is not None:
            where.append(PatrolStop.plan_id == plan_id)
        if teams is not None:
            where.append(PatrolStop.team_id.in_(sorted(teams)))
        if since is not None:
            where.append(PatrolStop.day >= since)
        if until is not None:
            where.append(PatrolStop.day <= until)
        if spans is not None:
            where += [PatrolStop.first <= spans, PatrolStop.last >= spans]
        columns = [getattr(PatrolStop, name) for name in STOP_COLUMNS]
        query = select(*columns).where(*where)
        rows = [row for part in narrow(query, PatrolStop.building_id, buildings)
                for row in self._session.execute(part).all()]  # fmt: skip
        frame = frame_of(rows, STOP_COLUMNS)
        order = ["day", "shift_id", "place", "plan_id"]
        return frame.sort_values(order, kind="stable", ignore_index=True)

    def buildings_of_members(
        self, members: Collection[str], *, on: date, late_from: date
    ) -> frozenset[str]:
        """Return the published stops of the active teams that any of these people is in.

        ``on``: the day that is asked about; of plans that begin by then.
        ``late_from``: and do not end before this day.
        """
        teams = self.teams_of_members(members)
        if not teams:
            return frozenset()
        query = select(PatrolStop.building_id).distinct().where(
            PatrolStop.team_id.in_(sorted(teams)), PatrolStop.first <= on,
            PatrolStop.last >= late_from,
        )  # fmt: skip
        return frozenset(self._session.scalars(query))

    def teams_of_members(self, members: Collection[str]) -> frozenset[str]:
        """Return the ids of the active teams that any of these people is in."""
        wanted = set(members)
        return frozenset(each.team_id for each in self.teams() if wanted & set(each.members))

    def state(self) -> PatrolsState:
        """Return what changes whenever a plan or a team does."""
        versions = self._session.scalar(select(func.count()).select_from(PatrolPlan))
        query = select(PatrolTeam.team_id, PatrolTeam.active, PatrolTeam.changed_at,
                       PatrolTeam.members).order_by(PatrolTeam.team_id)  # fmt: skip
        teams = ((*facts, *members) for *facts, members in self._session.execute(query))
        return PatrolsState(int(versions or 0), tuple(teams))


def listed(session: Session, query: Select[Any]) -> pd.DataFrame:
    """Return the rows of a query for the columns `LISTED`."""
    frame = frame_of(session.execute(query).all(), LISTED)
    return frame.astype({"made_at": "datetime64[us]", "restores": "Int64"})


def _places(names: Sequence[str], lists: Sequence[Any]) -> pd.DataFrame:
    import pandas as pd

    columns = dict(zip(names, lists, strict=True))
    return pd.DataFrame(
        {name: pd.Series(column or [], dtype=object) for name, column in columns.items()}
    )


def _columns() -> list[Any]:
    return [getattr(PatrolPlan, name) for name in LISTED]


def _is_newest() -> ColumnElement[bool]:
    return is_newest(PatrolPlan, "plan_id")
