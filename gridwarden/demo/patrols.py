"""Patrols of the demonstration city: four teams, last week's plan and what came of it, this week's.

Everything goes through the services that an office uses, on a clock that is put back: what a plan
is made from is what was known on the Sunday before. What the teams find is read from the city's
hidden truth, whatever the plan hoped for.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from data.workspace.clock import DEFAULT_ZONE
from governance.access.permissions import Actor
from governance.office import Office
from governance.patrols.routing.model.plan import Plan, PlanOptions
from governance.patrols.routing.model.shifts import Team
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from simulation.truth.visit_outcomes import look_at_doors

WEEK: Final = timedelta(days=7)
PLANNED_AT: Final = time(16, 0)
SEARCH_ITERATIONS: Final = 12_000
"""A second and a half for 3,000 buildings on a quiet machine. Counted, not timed: what a plan is
must not depend on how busy the machine was."""
KEPT_SHARE: Final = 0.92
"""Of the stops, where somebody went: something always comes between."""
JOINT: Final = "联合检查队"
TEAMS: Final = (
    (Team(team_id="new", name="白班巡查队", shifts=((2, "day"), (4, "day"))), "demo-warden"),
    (Team(team_id="new", name="夜间巡查队", shifts=((3, "evening"),)),
     "demo-grid-chief"),
    (Team(team_id="new", name=JOINT, people=5, officers=2, shifts=((5, "evening"),),
          departments=("教育", "市场监管", "公安")), "demo-enforcement-officer"),
    (Team(team_id="new", name="周末巡查队", shifts=((6, "day"),)),
     "demo-building-head"),
)  # fmt: skip
"""Each team, with the account among its members that one click signs in as."""
OFFICER, WARDEN = "执法人员", "网格员"
PLANNER: Final = "demo-planner"
"""The account that makes and publishes plans."""


@dataclass
class Clock:
    """A clock that shows what it was put to."""

    shown: datetime

    def __call__(self) -> datetime:
        """Return the time it shows, aware."""
        return self.shown.replace(tzinfo=DEFAULT_ZONE)

    def put(self, shown: datetime) -> None:
        """Let it show another local time."""
        self.shown = shown


def add_demo_patrols(folder: Path, *, truth: Path, today: date, seed: int, actor: Actor) -> None:
    """Name teams, plan the week before and this one, and go by the plan until yesterday.

    ``folder``: the workspace of a demonstration, with its people.
    ``truth``: folder of its hidden truth.
    ``today``: the day the city's records end.
    ``seed``: of the city, of what chance draws, of the search for routes and of what is found: two
    builds of one city with the same last day plan the same stops, and find the same there.
    """
    this = today - timedelta(days=today.weekday())
    rng = np.random.default_rng([seed, this.toordinal()])
    clock = Clock(sunday_before(this - WEEK))
    office = open_office(folder, now=clock)
    members = {team.team_id: login for team, login in _named(office, actor)}
    planner = office.sign_in.act_as(PLANNER, None)
    for monday in (this - WEEK, this):
        clock.put(sunday_before(monday))
        plan = _planned(office, planner, monday, seed=seed)
        visits = _visits(plan, until=today, rng=rng)
        results = look_at_doors(truth, visits, rng=rng)
        _record(office, clock, plan, visits.assign(result=results), members)
    office.close()


def draft_next_week(folder: Path, *, now: datetime, seed: int) -> None:
    """Make the plan of the week after that of ``now``, local time, for a planner to publish."""
    today = now.date()
    office = open_office(folder, now=Clock(no_later(now, PLANNED_AT)))
    monday = today - timedelta(days=today.weekday()) + WEEK
    office.plans.make(office.sign_in.act_as(PLANNER, None), options_of_week(monday, seed=seed))
    office.close()


def no_later(now: datetime, wanted: time) -> datetime:
    """Return a time of the day that it is, or ``now`` where that is still to come."""
    return min(now, datetime.combine(now, wanted))


def sunday_before(monday: date) -> datetime:
    """Return when a week is planned."""
    return datetime.combine(monday - timedelta(days=1), PLANNED_AT)


def _named(office: Office, actor: Actor) -> list[tuple[Team, str]]:
    """Keep the teams, each with an account and with people of the staff who have none."""
    staff = office.responsibility.staff(actor)
    known = set(office.accounts.all(actor)["person_id"])
    unnamed = staff[staff["active"] & ~staff["person_id"].isin(known)]
    free = {
        role: iter(unnamed.loc[unnamed["role"] == role, "person_id"].tolist()[::-1])
        for role in (OFFICER, WARDEN)
    }
    named = []
    for team, login in TEAMS:
        person = next(free[OFFICER if team.name == JOINT else WARDEN], None)
        members = (login, *(() if person is None else (str(person),)))
        named.append((office.teams.save(actor, replace(team, members=members)), login))
    return named


def options_of_week(monday: date, *, seed: int) -> PlanOptions:
    """Return what is asked of a week's plan; the same is planned whenever it is asked."""
    return PlanOptions(
        first=monday, last=monday + WEEK - timedelta(days=1), iterations=SEARCH_ITERATIONS,
        seed=f"demonstration {seed} {monday}", one_more=False,
    )  # fmt: skip


def _planned(office: Office, actor: Actor, monday: date, *, seed: int) -> Plan:
    made = office.plans.make(actor, options_of_week(monday, seed=seed))
    return office.plans.publish(actor, made.plan_id, version=made.version)


def _visits(plan: Plan, *, until: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return the stops where somebody went before a day, by time: ``team_id`` and ``at``."""
    shifts = plan.shifts[["shift_id", "team_id", "day"]]
    stops = plan.stops[["shift_id", "building_id", "arrive"]].merge(shifts, on="shift_id")
    at = stops["day"] + pd.to_timedelta(stops["arrive"], unit="min")
    went = (stops["day"] < pd.Timestamp(until)) & (rng.random(len(stops)) < KEPT_SHARE)
    return stops.assign(at=at)[went].sort_values(["at", "building_id"], ignore_index=True)


def _record(
    office: Office, clock: Clock, plan: Plan, visits: pd.DataFrame, members: dict[str, str]
) -> None:
    """Record visits as the teams' own accounts, each when it was made."""
    for team, those in visits.groupby("team_id", sort=True):
        clock.put(those["at"].iloc[0].to_pydatetime())
        actor = office.sign_in.act_as(members[str(team)], None)
        for row in those.to_dict("records"):
            clock.put(row["at"].to_pydatetime())
            office.visits.record(actor, _new_visit(plan, row))


def _new_visit(plan: Plan, row: dict[Any, Any]) -> NewVisit:
    return NewVisit(
        key=f"{plan.plan_id}/{row['building_id']}", building_id=str(row["building_id"]),
        at=row["at"].to_pydatetime(), result=str(row["result"]), origin="plan",
    )  # fmt: skip
