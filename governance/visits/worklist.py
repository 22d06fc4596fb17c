"""What a warden reads: the buildings to visit, today's first, and what was seen there before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from governance.access.permissions import Action, Actor, may, require
from governance.service import Service
from governance.visits.base import VisitReader, known_texts
from governance.visits.rules.blinding import DERIVED_ORIGINS, may_unblind
from governance.visits.rules.daily_list import start_of
from governance.visits.rules.new_visit import VisitRefusedError
from governance.visits.worklist_building import DailyWorklist

VISITS: Final = (
    "visit_id", "version", "at", "building_id", "name", "unit", "result", "kind", "signs",
    "pupils", "teachers", "note", "next_step", "retry_at", "origin", "photos", "mine",
    "may_undo", "recorded_at",
)  # fmt: skip
VERSIONS: Final = (
    "version", "withdrawn", "recorded_at", "at", "unit", "result", "kind", "signs", "pupils",
    "teachers", "note", "next_step", "retry_at",
)  # fmt: skip
MOST_UNITS: Final = 300
SHOWN_VISITS: Final = 20


@dataclass(frozen=True, kw_only=True)
class WardenBuilding:
    """One building as whoever looks after it sees it.

    Parameters
    ----------
    row
        Its row of `my_buildings`.
    visits
        Its last visits, newest first, columns `VISITS`.
    units
        Doors that are known there, for recording several at once.
    """

    row: dict[str, Any]
    visits: pd.DataFrame
    units: tuple[str, ...]


class WorklistService(Service):
    """Services that say where to go and what was seen."""

    _daily_worklist: DailyWorklist
    _visit_reader: VisitReader

    def my_buildings(
        self, actor: Actor, *, on: date | None = None, leaves_as: str | None = None
    ) -> pd.DataFrame:
        """Return the buildings of an actor's scope, today's first in walking order.

        Where a published plan sends the actor that day, what is due by the tier's cadence, what has
        an appointment, what was found and is looked at again – and between them some that chance
        put there, told alike, so that no building on a list stands out. The list of a day stays
        the same while its visits come in.

        Parameters
        ----------
        on
            Which day's; today when None.
        leaves_as
            Name of the file in which the list leaves the office, which is written down; None when
            it is only looked at.

        Returns
        -------
        DataFrame
            Columns `MY_BUILDINGS`; ``why`` is ``round``, ``retry``, ``revisit`` or ``""``;
            ``order`` counts from 1, 0 for what is not today's; ``done`` when it was visited that
            day and nothing is left for that day; ``look_for`` are codes; times are local.

        Raises
        ------
        NotAllowedError
            When the actor neither records nor sees visits nor reads the register.
        """
        require(actor, _reading_right(actor))
        day = on or self._local_now().date()
        listed = self._daily_worklist.visit_list(actor, on=day)
        if leaves_as is not None:
            self._record_own_export(actor, file=leaves_as, on=str(day), buildings=len(listed))
        return listed if may(actor, Action.SEE_VISITS) else _as_in_register(listed)

    def building(self, actor: Actor, building_id: str) -> WardenBuilding:
        """Return one building of the actor's: today's row, last visits, known doors.

        Raises
        ------
        NotAllowedError
            When the actor neither records nor sees visits, or the building is not one of theirs.
        VisitRefusedError
            When the register does not know it.
        """
        require(actor, Action.SEE_VISITS)
        if self._visit_reader.building(actor, building_id) is None:
            raise VisitRefusedError("building_unknown", seen=building_id)
        listed = self._daily_worklist.visit_list(
            actor, on=self._local_now().date(), also=[building_id]
        )
        row = listed[listed["building_id"] == building_id].iloc[0]
        visits = self.visits(actor, building_id=building_id, limit=SHOWN_VISITS)
        return WardenBuilding(
            row={str(name): value for name, value in row.items()},
            visits=visits,
            units=self._known_doors(building_id, visits["unit"]),
        )

    def visits(
        self,
        actor: Actor,
        *,
        building_id: str | None = None,
        since: date | None = None,
        until: date | None = None,
        mine: bool = False,
        limit: int = 500,
    ) -> pd.DataFrame:
        """List recorded visits of the actor's scope, newest first; never who made them.

        Of the buildings that are delegated to the actor, the actor's own visits alone.

        Parameters
        ----------
        building_id
            Only there.
        since, until
            First and last day.
        mine
            Only the actor's own.
        limit
            At most so many of the newest.

        Returns
        -------
        DataFrame
            Columns `VISITS`; ``signs`` and ``photos`` are lists. How a visit came about
            (``origin``) is told only to whoever may know reasons; what a plan or chance brought
            about only to who makes plans.
        """
        require(actor, Action.SEE_VISITS)
        only = None if building_id is None else [building_id]
        buildings = self._visit_reader.buildings(
            actor, only=only, also=actor.delegated, scored=False
        )
        ids = set(buildings["building_id"])
        own = None if actor.scope.street and building_id is None else ids - actor.delegated
        limits: dict[str, Any] = {
            "since": None if since is None else start_of(since),
            "before": None if until is None else start_of(until + timedelta(days=1)),
            "limit": limit,
        }
        with self._workspace.store.begin() as unit:
            rows = unit.visits.holding(
                buildings=own, recorded_by=actor.id if mine else None, **limits
            )
            if delegated := ids & actor.delegated:
                there = unit.visits.holding(buildings=delegated, recorded_by=actor.id, **limits)
                rows = pd.concat([rows, there]).sort_values(
                    ["at", "id"], ascending=False, ignore_index=True
                )[:limit]
            photos = unit.visits.photos(rows["visit_id"].tolist())
        return self._visit_rows(actor, rows, buildings, photos)

    def versions(self, actor: Actor, visit_id: str) -> pd.DataFrame:
        """List every version of a visit at one of the actor's buildings, oldest first.

        At a delegated building, of a visit of one's own.

        Raises
        ------
        NotAllowedError
            When the actor sees no visits, or the building is not one of theirs.
        VisitRefusedError
            When there is no such visit.
        """
        require(actor, Action.SEE_VISITS)
        with self._workspace.store.begin() as unit:
            versions = unit.visits.versions(visit_id)
        if not len(versions):
            raise VisitRefusedError("visit_missing", seen=visit_id)
        building = str(versions["building_id"].iloc[-1])
        self._visit_reader.building(actor, building)
        if building in actor.delegated and versions["recorded_by"].iloc[-1] != actor.id:
            raise VisitRefusedError("visit_missing", seen=visit_id)
        blinded = self._daily_worklist.with_blinded_kinds(actor, versions, "kind", "at")
        return blinded[list(VERSIONS)]

    def _visit_rows(
        self,
        actor: Actor,
        rows: pd.DataFrame,
        buildings: pd.DataFrame,
        photos: dict[str, list[str]],
    ) -> pd.DataFrame:
        names = dict(zip(buildings["building_id"], buildings["name"], strict=True))
        mine = rows["recorded_by"] == actor.id
        now = self.clock.utc()
        fresh = rows["recorded_at"] >= now - timedelta(hours=self._visit_reader.rules.undo_hours)
        told = rows.assign(
            name=[names.get(building, "") for building in rows["building_id"]],
            photos=pd.Series([photos.get(v, []) for v in rows["visit_id"]], dtype=object),
            mine=mine,
            may_undo=mine & fresh & may(actor, Action.RECORD_VISIT),
        )
        if not may(actor, Action.SEE_REASONS):
            told["origin"] = ""
        elif not may_unblind(actor):
            told["origin"] = told["origin"].mask(told["origin"].isin(DERIVED_ORIGINS), "")
        return self._daily_worklist.with_blinded_kinds(actor, told, "kind", "at")[list(VISITS)]

    def _known_doors(self, building_id: str, seen: pd.Series) -> tuple[str, ...]:
        """Return the doors that the register of units or earlier visits name."""
        table = self._engine.table("units")
        units = table.filter(table["building_id"] == building_id).select("stairwell", "room")
        known = units.limit(MOST_UNITS).to_pyarrow().to_pandas()
        known = known_texts(known, ("stairwell", "room"))
        stairwell = known["stairwell"].where(known["stairwell"] != "无", "")
        doors = {*(stairwell + known["room"]), *seen} - {""}
        return tuple(sorted(doors, key=lambda door: (len(door), door))[:MOST_UNITS])


def _reading_right(actor: Actor) -> Action:
    """Return the strongest right by which somebody may read a list; else recording."""
    rights = (Action.RECORD_VISIT, Action.SEE_VISITS, Action.SEE_REGISTER)
    return next((right for right in rights if may(actor, right)), Action.RECORD_VISIT)


def _as_in_register(listed: pd.DataFrame) -> pd.DataFrame:
    """Leave what the register of buildings has: an outsider learns of no visit and no tier."""
    nothing = pd.Series([()] * len(listed), index=listed.index, dtype=object)
    return listed.assign(
        tier="", today=False, order=0, why="", done=False, due_on=None, days_late=0, walk_m=None,
        look_for=nothing, last_at=None, last_result=None, last_kind=None, next_step=None,
        retry_at=None,
    ).sort_values("building_id", ignore_index=True)  # fmt: skip
