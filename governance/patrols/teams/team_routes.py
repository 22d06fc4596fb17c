"""What a team sees of a plan: where to go when, and what to look for; never why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from data.derived.placing.building_ends import stands
from governance.access.permissions import Action, Actor, may, require
from governance.patrols.base import read_teams
from governance.patrols.blinding import open_mode
from governance.patrols.plans import PlanService
from governance.patrols.routing.model.plan import PlanError
from governance.patrols.routing.model.shifts import Team
from governance.service import Service
from governance.visits.base import VisitReader, known_texts
from governance.visits.rules.checklist import checklist

DAYS: Final = 7
TEAM_COLUMNS: Final = (
    *("shift_id", "team", "day", "part", "place", "building_id", "name", "address", "kind"),
    *("lon", "lat", "arrive", "minutes", "mode", "departments", "look_for", "done", "last_at"),
    "last_result",
)
SHOWN: Final = ("shift_id", "team_id", "day", "part", "place", "building_id", "arrive", "minutes",
                "mode")  # fmt: skip
"""What is read of a published stop; its arm is none of it."""


class TeamRouteService(Service):
    """Services that tell a team where to go."""

    _plans: PlanService
    _visit_reader: VisitReader
    _nowhere: pd.DataFrame | None = None

    def my_patrol(
        self,
        actor: Actor,
        *,
        on: date | None = None,
        shift_id: str | None = None,
        leaves_as: str | None = None,
    ) -> pd.DataFrame:
        """Return the published stops of the teams that the actor is in, by day, shift and place.

        ``on``: the first of `DAYS`; today when None.
        ``shift_id``: only this shift.
        ``leaves_as``: name of the file in which the route leaves the office, which is written down;
        None when it is only looked at.

        Returns columns `TEAM_COLUMNS`: ``arrive`` minutes after midnight; ``mode`` 日查, 夜查 or
        联检 – what chance chose and what is looked at again read like all others; ``look_for`` and
        ``departments`` tuples; ``done`` when somebody was there on that day or later; ``last_at``
        local.
        """
        require(actor, Action.RECORD_VISIT)
        first = on or self._local_now().date()
        last = first + timedelta(days=DAYS - 1)
        stops, teams = self._published(actor, since=first, until=last)
        if shift_id is not None:
            stops = stops[stops["shift_id"] == shift_id]
        if leaves_as is not None:
            plans, shifts = (sorted(set(stops[name])) for name in ("plan_id", "shift_id"))
            self._record_own_export(
                actor, file=leaves_as, plans=plans, shifts=len(shifts), stops=len(stops)
            )
        return self._team_rows(stops, teams)

    def sheets(self, actor: Actor, plan_id: str, shift_ids: Collection[str]) -> pd.DataFrame:
        """Return the stops of some shifts as their teams see them: `TEAM_COLUMNS`, in order.

        By day, shift and place. For whoever sees plans, as the plan stands now and within the
        scope; for who is in the team and does not answer for the whole street, as published.

        Raises `PlanError`: ``plan_missing``, or ``shift_missing`` for the first shift that the plan
        – or what is published of it for the actor – has not.
        """
        wanted = frozenset(shift_ids)
        sees_plans = may(actor, Action.SEE_PLAN)
        if not sees_plans:
            require(actor, Action.RECORD_VISIT)
        if may(actor, Action.RECORD_VISIT) and not (sees_plans and actor.scope.street):
            stops, teams = self._published(actor, plan_id=plan_id)
            # Whether there is such a plan is nobody's business: both read alike.
            if not sees_plans or (wanted and wanted <= {*stops["shift_id"]}):
                return self._team_rows(_of_shifts(stops, wanted), teams)
        plan = self._plans.get(actor, plan_id)
        shifts = _of_shifts(plan.shifts, wanted)[["shift_id", "team_id", "day", "part"]]
        return self._team_rows(plan.stops.merge(shifts, on="shift_id"), plan.teams)

    def _published(self, actor: Actor, **which: Any) -> tuple[pd.DataFrame, tuple[Team, ...]]:  # noqa: ANN401 -- as `Patrols.stops` takes it
        """Return the published stops of the teams that the actor is in, and the active teams."""
        with self._workspace.store.begin() as unit:
            team_ids = unit.patrols.teams_of_members({actor.id, actor.person_id or actor.id})
            return unit.patrols.stops(teams=team_ids, **which), read_teams(unit)

    def _team_rows(self, stops: pd.DataFrame, teams: Collection[Team]) -> pd.DataFrame:
        if stops.empty:  # as for most who look, whatever they look at
            if self._nowhere is None:
                self._nowhere = self._rows_of(stops, ())
            return self._nowhere.copy()
        return self._rows_of(stops, teams)

    def _rows_of(self, stops: pd.DataFrame, teams: Collection[Team]) -> pd.DataFrame:
        stops, ids = stops[list(SHOWN)], sorted(set(stops["building_id"]))
        last = self._visit_reader.last_at_buildings(ids).reindex(stops["building_id"])
        last = known_texts(last, ("last_result",)).set_index(stops.index)
        places = self._visit_reader.places(ids).reindex(stops["building_id"])
        places = known_texts(places.set_index(stops.index), ("name", "address", "kind"))
        names = {team.team_id: team.name for team in teams}
        departments = {team.team_id: team.departments for team in teams}
        days = pd.to_datetime(stops["day"]).astype("datetime64[us]")
        rows = stops.assign(
            **places,
            day=days,
            team=[names.get(each, each) for each in stops["team_id"]],
            departments=_lists(stops, [departments.get(each, ()) for each in stops["team_id"]]),
            mode=[open_mode(*each) for each in zip(stops["mode"], stops["part"], strict=True)],
            look_for=_lists(stops, self._looks(places["kind"], stops["arrive"], days)),
            last_at=last["last_at"],
            last_result=last["last_result"],
            done=(last["last_at"] >= days).astype(bool),
        )
        rows = rows[stands(rows, days)]
        order = rows.sort_values(["day", "shift_id", "place"], kind="stable", ignore_index=True)
        return order[list(TEAM_COLUMNS)]

    def _looks(
        self, kinds: pd.Series[str], arrive: pd.Series[int], days: pd.Series[pd.Timestamp]
    ) -> list[tuple[str, ...]]:
        day_kinds = self._visit_reader.calendar.day_kinds(days.to_numpy())
        on_break = day_kinds["school_break"].fillna(value=False).astype(bool)
        return [
            checklist(kind, hour=int(minute) // 60, on_break=bool(off))
            for kind, minute, off in zip(kinds, arrive, on_break, strict=True)
        ]


def _of_shifts(rows: pd.DataFrame, wanted: frozenset[str]) -> pd.DataFrame:
    missing = sorted(wanted - set(rows["shift_id"]))
    if missing:
        raise PlanError("shift_missing", seen=missing[0])
    return rows[rows["shift_id"].isin(wanted)]


def _lists(frame: pd.DataFrame, values: list[tuple[str, ...]]) -> pd.Series[Any]:
    return pd.Series(values, index=frame.index, dtype=object)
