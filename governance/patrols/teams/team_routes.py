"""What a team sees of a plan: where to go when, and what to look for; never why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from governance.access.permissions import Action, Actor, may, require
from governance.patrols.base import PlanInputReader
from governance.patrols.blinding import open_mode
from governance.patrols.plans import PlanService
from governance.patrols.routing.model.plan import LONGEST_DAYS, PlanError
from governance.patrols.routing.model.shifts import Team
from governance.service import Service
from governance.visits.base import VisitReader, ids_of, known_texts
from governance.visits.rules.checklist import checklist

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

    _plan_inputs: PlanInputReader
    _plans: PlanService
    _visit_reader: VisitReader

    def my_patrol(
        self,
        actor: Actor,
        *,
        on: date | None = None,
        days: int = 7,
        shift_id: str | None = None,
        leaves_as: str | None = None,
    ) -> pd.DataFrame:
        """Return the published stops of the teams that the actor is in, by day, shift and place.

        Parameters
        ----------
        on, days
            First day, today when None; and for how many.
        shift_id
            Only this shift.
        leaves_as
            Name of the file in which the route leaves the office, which is written down; None when
            it is only looked at.

        Returns
        -------
        DataFrame
            Columns `TEAM_COLUMNS`: ``arrive`` minutes after midnight; ``mode`` 日查, 夜查 or 联检
            – what chance chose and what is looked at again read like all others; ``look_for`` and
            ``departments`` tuples; ``done`` when somebody was there on that day or later;
            ``last_at`` local.
        """
        require(actor, Action.RECORD_VISIT)
        first = on or self._local_now().date()
        last = first + timedelta(days=min(max(days, 1), LONGEST_DAYS) - 1)
        with self._workspace.store.begin() as unit:
            own = unit.patrols.teams_of_members(ids_of(actor))
            stops = unit.patrols.stops(teams=own, since=first, until=last)
        if shift_id is not None:
            stops = stops[stops["shift_id"] == shift_id]
        if leaves_as is not None:
            plans, shifts = (sorted(set(stops[name])) for name in ("plan_id", "shift_id"))
            self._record_own_export(
                actor, file=leaves_as, plans=plans, shifts=len(shifts), stops=len(stops)
            )
        teams = {team.team_id: team for team in self._plan_inputs.named_teams()}
        return self._team_rows(stops[list(SHOWN)], teams)

    def sheets(self, actor: Actor, plan_id: str, shift_ids: Collection[str]) -> pd.DataFrame:
        """Return the stops of some shifts as their teams see them: `TEAM_COLUMNS`, in order.

        By day, shift and place. For whoever sees plans, as the plan stands now and within the
        scope; for who is in the team and does not answer for the whole street, as published.

        Raises
        ------
        PlanError
            ``plan_missing``, or ``shift_missing`` for the first shift that the plan – or what is
            published of it for the actor – has not.
        """
        wanted = frozenset(shift_ids)
        sees_plans = may(actor, Action.SEE_PLAN)
        if not sees_plans:
            require(actor, Action.RECORD_VISIT)
        if may(actor, Action.RECORD_VISIT) and not (sees_plans and actor.scope.street):
            own = self._published_stops(actor, plan_id)
            if not sees_plans or (wanted and wanted <= {*own["shift_id"]}):
                return self._published_sheets(own, wanted)
        plan = self._plans.get(actor, plan_id)
        _require_shifts(wanted, plan.shifts["shift_id"])
        shifts = plan.shifts[["shift_id", "team_id", "day", "part"]]
        stops = plan.stops[plan.stops["shift_id"].isin(wanted)].merge(shifts, on="shift_id")
        return self._team_rows(stops[list(SHOWN)], {team.team_id: team for team in plan.teams})

    def _published_stops(self, actor: Actor, plan_id: str) -> pd.DataFrame:
        with self._workspace.store.begin() as unit:
            own = unit.patrols.teams_of_members(ids_of(actor))
            return unit.patrols.stops(plan_id=plan_id, teams=own)

    def _published_sheets(self, stops: pd.DataFrame, wanted: frozenset[str]) -> pd.DataFrame:
        # Whether there is such a plan is nobody's business: both read alike.
        _require_shifts(wanted, stops["shift_id"])
        stops = stops[stops["shift_id"].isin(wanted)]
        return self._team_rows(
            stops[list(SHOWN)], {t.team_id: t for t in self._plan_inputs.named_teams()}
        )

    def _team_rows(self, stops: pd.DataFrame, teams: dict[str, Team]) -> pd.DataFrame:
        ids = sorted(set(stops["building_id"]))
        last = self._visit_reader.last_at_buildings(ids).reindex(stops["building_id"])
        last = known_texts(last, ("last_result",)).set_index(stops.index)
        known = self._visit_reader.places(ids).reindex(stops["building_id"]).set_index(stops.index)
        known = known_texts(known, ("name", "address", "kind"))
        days = pd.to_datetime(stops["day"]).astype("datetime64[us]")
        told = stops.assign(
            **known,
            day=days,
            team=[_name_of(teams, each) for each in stops["team_id"]],
            departments=_lists(stops, [_departments(teams, each) for each in stops["team_id"]]),
            mode=[open_mode(*each) for each in zip(stops["mode"], stops["part"], strict=True)],
            look_for=_lists(stops, self._looks(known["kind"], stops)),
            last_at=last["last_at"],
            last_result=last["last_result"],
            done=(last["last_at"] >= days).astype(bool),
        )
        order = told.sort_values(["day", "shift_id", "place"], kind="stable", ignore_index=True)
        return order[list(TEAM_COLUMNS)]

    def _looks(self, kinds: pd.Series, stops: pd.DataFrame) -> list[tuple[str, ...]]:
        days = sorted({pd.Timestamp(day).date() for day in stops["day"]})
        known = self._visit_reader.calendar.day_kinds(days)["school_break"].fillna(value=False)
        on_break = dict(zip(days, known.astype(bool), strict=True))
        told = zip(kinds, stops["arrive"], stops["day"], strict=True)
        return [
            checklist(
                kind, hour=int(arrive) // 60, on_break=bool(on_break[pd.Timestamp(day).date()])
            )
            for kind, arrive, day in told
        ]


def _require_shifts(wanted: frozenset[str], known: pd.Series[str]) -> None:
    missing = sorted(wanted - set(known))
    if missing:
        raise PlanError("shift_missing", seen=missing[0])


def _name_of(teams: dict[str, Team], team_id: str) -> str:
    return teams[team_id].name if team_id in teams else team_id


def _departments(teams: dict[str, Team], team_id: str) -> tuple[str, ...]:
    return teams[team_id].departments if team_id in teams else ()


def _lists(frame: pd.DataFrame, values: list[Any]) -> pd.Series:
    return pd.Series(values, index=frame.index, dtype=object)
