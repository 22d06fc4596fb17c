"""The list of a day of one person: own buildings, those that a plan delegates, what was done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import pandas as pd

from data.calendars.write import calendar_version
from data.derived.inputs import read_inputs
from governance.access.permissions import Action, Actor, may
from governance.service import Component, Resources
from governance.visits.base import VisitReader, with_last
from governance.visits.rules.blinding import blinded_kind, may_unblind
from governance.visits.rules.checklist import checklist
from governance.visits.rules.daily_list import (
    CHIEF_STEPS,
    RETRY,
    WARDEN_STEPS,
    list_of_day,
    start_of,
)

MY_BUILDINGS: Final = (
    "building_id", "name", "address", "kind", "tier", "grid_code", "community_code", "lon", "lat",
    "today", "order", "why", "done", "due_on", "days_late", "walk_m", "look_for",
    "last_at", "last_result", "last_kind", "next_step", "retry_at",
)  # fmt: skip
MOST_LISTS: Final = 100
"""So many lists of persons and days are held, each with the state that it was computed from."""


class DailyWorklist(Component):
    """The parts that make a list of a day."""

    _visit_reader: VisitReader

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._lists: dict[tuple[str, date, frozenset[str]], tuple[object, pd.DataFrame]] = {}

    def visit_list(self, actor: Actor, *, on: date, also: Collection[str] = ()) -> pd.DataFrame:
        """Return a day's list: the scope, and where a plan sends the actor that day.

        Of what is delegated neither the tier is told nor what follows from it. The list is as
        computed before while nothing has changed that it rests on.

        Parameters
        ----------
        also
            Delegated buildings that are listed too where no plan sends the actor there that day.
        """
        also = actor.delegated.intersection(also)
        key, state = (actor.id, on, also), self._state(actor)
        kept = self._lists.get(key)
        if kept is None or kept[0] != state:
            kept = (state, self._new_list(actor, on=on, also=also))
            self._lists[key] = kept
            while len(self._lists) > MOST_LISTS:
                self._lists.pop(next(iter(self._lists)), None)
        return kept[1].copy(deep=False)

    def _state(self, actor: Actor) -> tuple[object, ...]:
        """Return what differs whenever a list of the actor's may differ."""
        inputs, newest = read_inputs(self._workspace), self._snapshots.latest()
        with self._workspace.store.begin() as unit:
            patrols = unit.patrols.state()
        return (
            *(actor.roles, actor.scope, actor.person_id, actor.delegated),
            *(inputs.fingerprints, inputs.visits, patrols),
            newest.snapshot_id if newest else None,
            calendar_version(self._workspace),
            self._local_now().replace(minute=0, second=0, microsecond=0),
        )

    def _new_list(self, actor: Actor, *, on: date, also: Collection[str]) -> pd.DataFrame:
        planned = self._planned_for(actor, on)
        buildings = self._visit_reader.buildings(actor, also={*planned, *also})
        other_days = buildings["building_id"].isin(actor.delegated - set(planned))
        listed = self._list_of(actor, buildings[~other_days], on=on, planned=planned)
        if other_days.any():
            others = self._list_of(actor, buildings[other_days], on=on, planned=())
            others = others.assign(today=False, order=0, why="")
            listed = pd.concat([listed, others], ignore_index=True)
        delegated = listed["building_id"].isin(actor.delegated)
        return listed.assign(
            tier=listed["tier"].mask(delegated, ""),
            due_on=listed["due_on"].mask(delegated),
            days_late=listed["days_late"].mask(delegated, 0),
        )

    def _list_of(
        self, actor: Actor, buildings: pd.DataFrame, *, on: date, planned: Sequence[str]
    ) -> pd.DataFrame:
        ids = self._asked_buildings(actor, buildings)
        began = start_of(on)
        before = with_last(buildings, self._visit_reader.last_at_buildings(ids, before=began))
        steps = CHIEF_STEPS if may(actor, Action.SEE_REASONS) else WARDEN_STEPS
        listed = list_of_day(
            before, on=on, rules=self._visit_reader.rules, draw=self._visit_reader.draw,
            steps=steps, planned=planned,
        )  # fmt: skip
        end = start_of(on + timedelta(days=1))
        last = self._visit_reader.last_at_buildings(ids, before=end)
        listed = with_last(listed.drop(columns=[*last.columns]), last)
        listed = _with_today(listed, began=began, end=end, steps=steps)
        listed["look_for"] = pd.Series(self._visit_looks(listed["kind"], on=on), dtype=object)
        listed = self.with_blinded_kinds(actor, listed, "last_kind", "last_at")
        return listed[list(MY_BUILDINGS)]

    def _planned_for(self, actor: Actor, on: date) -> list[str]:
        """Return where published plans send the actor's teams that day, in their order."""
        people = [each for each in (actor.id, actor.person_id) if each]
        with self._workspace.store.begin() as unit:
            own = unit.patrols.teams_of_members(people)
            stops = unit.patrols.stops(teams=own, since=on, until=on) if own else None
        return [] if stops is None else stops["building_id"].tolist()

    def with_blinded_kinds(
        self, actor: Actor, rows: pd.DataFrame, kind: str, at: str
    ) -> pd.DataFrame:
        """Return rows whose kinds of visit do not tell who may not know what chance chose."""
        if may_unblind(actor):
            return rows
        rules = self._visit_reader.rules
        told = [blinded_kind(*each, rules) for each in zip(rows[kind], rows[at], strict=True)]
        return rows.assign(**{kind: pd.Series(told, index=rows.index, dtype="str")})

    def _asked_buildings(self, actor: Actor, buildings: pd.DataFrame) -> Collection[str] | None:
        """Return the codes to ask for; None for all of them."""
        return None if actor.scope.street else buildings["building_id"].tolist()

    def _visit_looks(self, kinds: pd.Series, *, on: date) -> list[tuple[str, ...]]:
        now = self._local_now()
        hour = now.hour if on == now.date() else self._visit_reader.rules.evening_hour
        told = self._visit_reader.calendar.day_kinds([on]).iloc[0]
        on_break = bool(told["school_break"]) if pd.notna(told["school_break"]) else False
        looks = {k: checklist(k, hour=hour, on_break=on_break) for k in kinds.unique()}
        return [looks[kind] for kind in kinds]


def _with_today(
    listed: pd.DataFrame, *, began: datetime, end: datetime, steps: Collection[str]
) -> pd.DataFrame:
    """Mark what was visited that day, and add what got an appointment for later that day."""
    visited = listed["last_at"] >= began
    again = visited & listed["retry_at"].notna() & (listed["retry_at"] < end)
    again &= listed["next_step"].isin(list(steps))
    added = again & ~listed["today"]
    place = listed["order"].max() + added.cumsum()
    return listed.assign(
        today=listed["today"] | again,
        why=listed["why"].mask(again, RETRY),
        order=listed["order"].mask(added, place).astype(int),
        done=visited & ~again,
    ).sort_values(["today", "order"], ascending=[False, True], kind="stable", ignore_index=True)
