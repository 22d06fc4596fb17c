"""What a warden reads: the buildings to visit, today's first, and what was seen there before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from data.calendars.write import calendar_version
from data.derived.placing.building_ends import stands
from data.lake.schema import ENDED_ON
from data.store.repositories.visits import framed
from data.workspace.cache import Cache
from data.workspace.clock import start_of
from governance.access.permissions import Action, Actor, may, require
from governance.service import Resources, Service
from governance.visits.base import VisitReader, ids_of, with_last
from governance.visits.recorded import VISITS, RecordedVisitService
from governance.visits.rules.blinding import with_blinded_kinds
from governance.visits.rules.checklist import checklist
from governance.visits.rules.daily_list import (
    CHIEF_STEPS,
    WARDEN_STEPS,
    list_of_day,
    mark_today,
)
from governance.visits.rules.new_visit import VisitRefusedError

MY_BUILDINGS: Final = (
    "building_id", "name", "address", "kind", "tier", "grid_code", "community_code", "lon", "lat",
    "today", "order", "why", "done", "due_on", "days_late", "walk_m", "look_for",
    "last_at", "last_result", "last_kind", "next_step", "retry_at", ENDED_ON,
)  # fmt: skip
SHOWN_VISITS: Final = 20
_TOLD_AHEAD: Final = timedelta(days=7)
"""So far ahead lists to print reach."""
MOST_LISTS: Final = 100
"""So many lists of persons and days are kept."""


@dataclass(frozen=True, kw_only=True)
class WardenBuilding:
    """One building as whoever looks after it sees it."""

    row: dict[str, Any]
    """Its row of `my_buildings`."""
    visits: pd.DataFrame
    """Its last visits, newest first, columns `VISITS`."""
    units: tuple[str, ...]
    """Doors that are known there, for recording several at once."""


class WorklistService(Service):
    """Services that say where to go and what was seen."""

    _visit_reader: VisitReader
    _recorded: RecordedVisitService

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._lists: Cache[pd.DataFrame] = Cache(MOST_LISTS)

    def my_buildings(
        self, actor: Actor, *, on: date | None = None, leaves_as: str | None = None
    ) -> pd.DataFrame:
        """Return the buildings of an actor's scope, today's first in walking order.

        Where a published plan sends the actor that day, what is due by the tier's cadence, what has
        an appointment, what was found and is looked at again – and between them some that chance
        put there, told alike, so that no building on a list stands out. The list of a day stays
        the same while its visits come in.

        ``on``: which day's; today when None.
        ``leaves_as``: name of the file in which the list leaves the office, which is written down;
        None when it is only looked at.

        Returns columns `MY_BUILDINGS`; ``why`` is ``round``, ``retry``, ``revisit`` or ``""``;
        ``order`` counts from 1, 0 for what is not today's; ``done`` when it was visited that day
        and nothing is left for that day; ``look_for`` are codes; times are local.

        Raises `NotAllowedError` when the actor neither records nor sees visits nor reads the
        register.
        """
        require(actor, _reading_right(actor))
        day = on or self._local_now().date()
        listed = self._pinned()._list(actor, on=day)  # noqa: SLF001 -- of its own class
        if leaves_as is not None:
            self._record_own_export(actor, file=leaves_as, on=str(day), buildings=len(listed))
        return listed if may(actor, Action.SEE_VISITS) else _as_in_register(listed)

    def building(self, actor: Actor, building_id: str) -> WardenBuilding:
        """Return one building of the actor's: today's row, last visits, known doors.

        Raises `NotAllowedError` when the actor neither records nor sees visits, or the building is
        not one of theirs.
        Raises `VisitRefusedError` when the register does not know it.
        """
        require(actor, Action.SEE_VISITS)
        return self._pinned()._building(actor, building_id)  # noqa: SLF001 -- of its own class

    def visits(self, actor: Actor, **which: Any) -> pd.DataFrame:  # noqa: ANN401 -- of another service
        """List recorded visits: a frame of `RecordedVisitService.listed`, which takes the same.

        Returns columns `VISITS`; ``signs`` and ``photos`` are lists.
        """
        require(actor, Action.SEE_VISITS)
        rows = self._recorded.listed(actor, **which)
        return framed([[row[name] for name in VISITS] for row in rows], VISITS)

    def _building(self, actor: Actor, building_id: str) -> WardenBuilding:
        if self._visit_reader.building(actor, building_id) is None:
            raise VisitRefusedError("building_unknown", seen=building_id)
        listed = self._list(actor, on=self._local_now().date(), also=[building_id])
        row = listed[listed["building_id"] == building_id].iloc[0]
        visits = self.visits(actor, building_id=building_id, limit=SHOWN_VISITS)
        return WardenBuilding(
            row={str(name): value for name, value in row.items()},
            visits=visits,
            units=self._visit_reader.known_doors(building_id, visits["unit"]),
        )

    def _list(self, actor: Actor, *, on: date, also: Collection[str] = ()) -> pd.DataFrame:
        """Return a day's list, computed anew when anything has changed that it rests on.

        ``also`` are delegated buildings that are listed where no plan sends the actor that day.
        """
        also = actor.delegated.intersection(also)
        key = (actor.id, on, also, *self._state(actor))
        listed = self._lists.get(key, lambda: self._new_list(actor, on=on, also=also))
        return listed.copy(deep=False)

    def _state(self, actor: Actor) -> tuple[object, ...]:
        """Return what differs whenever a list of the actor's may differ."""
        newest = self._snapshots.latest()
        with self._workspace.store.begin() as unit:
            patrols = unit.patrols.state()
        return (
            *(actor.roles, actor.scope, actor.person_id, actor.delegated),
            *(self._engine.state, patrols),
            newest.snapshot_id if newest else None,
            calendar_version(self._workspace),
            self._local_now().replace(minute=0, second=0, microsecond=0),
        )

    def _new_list(self, actor: Actor, *, on: date, also: Collection[str]) -> pd.DataFrame:
        """List the scope, and where a plan sends the actor that day.

        What no longer stands is not today's and never due. Of what is delegated neither the tier is
        told nor what follows from it; the tier of no building to whoever may not know reasons, nor
        a due day that tells it: high, seen yesterday and on the list again can mean only one thing.
        """
        planned = self._planned_for(actor, on)
        buildings = self._visit_reader.buildings(actor, also={*planned, *also})
        stood = stands(buildings, on)
        planned = [each for each in planned if each in set(buildings.loc[stood, "building_id"])]
        other_days = ~stood | buildings["building_id"].isin(actor.delegated - set(planned))
        listed = self._list_of(actor, buildings[~other_days], on=on, planned=planned)
        if other_days.any():
            others = self._list_of(actor, buildings[other_days], on=on, planned=())
            others = others.assign(today=False, order=0, why="")
            listed = pd.concat([listed, others], ignore_index=True)
        delegated = listed["building_id"].isin(actor.delegated)
        unknown = delegated | (not may(actor, Action.SEE_REASONS))
        if not may(actor, Action.SEE_REASONS):
            listed = _due_without_tier(listed, on=on)
        never_due = delegated | ~stands(listed, on)
        return listed.assign(
            tier=listed["tier"].mask(unknown, ""),
            due_on=listed["due_on"].mask(never_due),
            days_late=listed["days_late"].mask(never_due, 0),
        )

    def _list_of(
        self, actor: Actor, buildings: pd.DataFrame, *, on: date, planned: Sequence[str]
    ) -> pd.DataFrame:
        ids = None if actor.scope.street else buildings["building_id"].tolist()
        began, end = start_of(on), start_of(on + timedelta(days=1))
        rules, draw = self._visit_reader.rules, self._visit_reader.draw
        steps = CHIEF_STEPS if may(actor, Action.SEE_REASONS) else WARDEN_STEPS
        last = self._visit_reader.last_at_buildings(ids, before=end, steps=steps)
        visited = last.index[last["last_at"] >= began]
        earlier = self._visit_reader.last_at_buildings(visited, before=began, steps=steps)
        before = with_last(buildings, pd.concat([last.drop(visited), earlier]))
        listed = list_of_day(before, on=on, rules=rules, draw=draw, steps=steps, planned=planned)
        listed = with_last(listed.drop(columns=[*last.columns]), last)
        listed = mark_today(listed, began=began, end=end, steps=steps)
        listed["look_for"] = pd.Series(self._visit_looks(listed["kind"], on=on), dtype=object)
        blinded = with_blinded_kinds(listed, "last_kind", at="last_at", actor=actor, rules=rules)
        return blinded[list(MY_BUILDINGS)]

    def _planned_for(self, actor: Actor, on: date) -> list[str]:
        """Return where published plans send the actor's teams that day, in their order."""
        with self._workspace.store.begin() as unit:
            team_ids = unit.patrols.teams_of_members(ids_of(actor))
            return unit.patrols.stops(teams=team_ids, since=on, until=on)["building_id"].tolist()

    def _visit_looks(self, kinds: pd.Series, *, on: date) -> list[tuple[str, ...]]:
        now = self._local_now()
        hour = now.hour if on == now.date() else self._visit_reader.rules.evening_hour
        day = self._visit_reader.calendar.day_kinds([on]).iloc[0]
        on_break = bool(day["school_break"]) if pd.notna(day["school_break"]) else False
        looks = {k: checklist(k, hour=hour, on_break=on_break) for k in kinds.unique()}
        return [looks[kind] for kind in kinds]


def _due_without_tier(listed: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Return a list with the due days of a week alone, and nothing late.

    The days between the last visit and the day when a building is due are those of its tier. What
    is on the list of the day is due that day, whatever put it there.
    """
    day, due = pd.Timestamp(on), listed["due_on"]
    due = due.mask(listed["today"] | (due < day), day)
    return listed.assign(due_on=due.where(due < day + _TOLD_AHEAD), days_late=0)


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
