"""Our plan as a policy: the product's score, chance of a find and `make_plan`, week by week."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.calendars.calendar import Calendar
from data.calendars.read import SCHOOL_BREAK, TERM, Span
from governance.patrols.base import SENSITIVE_DAYS
from governance.patrols.routing import make_plan
from governance.patrols.routing.model.plan import Plan, PlanOptions
from governance.patrols.routing.model.plan_inputs import BUILDING_COLUMNS, PlanInputs
from governance.patrols.routing.model.settings import PatrolRules
from governance.patrols.routing.model.shifts import Team, usual_worth
from governance.patrols.routing.model.vocabulary import Arm, StopReason
from governance.visits.rules.follow_up import propose_next_step
from governance.visits.rules.settings import VisitRules
from simulation.patrols.dispatch import LIST, ORDINARY, RANDOM
from simulation.patrols.office import Office
from simulation.patrols.scores import Scorer
from simulation.truth.inspections import COMPLAINT, PURPOSES, RESULTS

EVENING_HOUR, DAY_HOUR = 19, 15
USUAL_DAYS = 365
"""So far back go the visits whose times are the usual ones."""


@dataclass(kw_only=True)
class OurPlan:
    """What `gridwarden plan` would make each week, with a short search for want of time."""

    name: str = "our plan"
    rules: PatrolRules = field(default_factory=lambda: PatrolRules(most_candidates=250))
    """The product's settings; shares are changed by what is compared."""
    iterations: int = 300
    """Of the solver, each week."""
    scorer: Scorer = field(default_factory=Scorer)
    calendar: Calendar = field(default_factory=lambda: school_calendar())  # noqa: PLW0108 -- defined below

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Make the plan of a week."""
        made = self.make(self.inputs(office, day), day)
        numbers = {shift.shift_id: n for n, shift in enumerate(office.shifts(day))}
        rows = {building: n for n, building in enumerate(office.buildings["building_id"])}
        stops = made.stops
        company = np.array(
            [StopReason.ORDINARY in reasons for reasons in stops["reasons"]], dtype=bool
        )
        drawn = (stops["arm"] == Arm.RANDOM).to_numpy(bool)
        return pd.DataFrame(
            {
                "shift": stops["shift_id"].map(numbers),
                "place": stops["place"],
                "building": stops["building_id"].map(rows),
                "arm": np.select([drawn, company], [RANDOM, ORDINARY], LIST),
                "minutes": stops["minutes"],
                "chance": stops["find_chance"],
            }
        )

    def make(self, inputs: PlanInputs, day: int) -> Plan:  # noqa: ARG002 -- for who watches
        """Make the plan of the week that begins on a day."""
        return make_plan.make_plan(inputs)

    def inputs(self, office: Office, day: int) -> PlanInputs:
        """Return what the plan service would hand to `make_plan` on that Monday."""
        first = office.monday(day)
        ranking = self.scorer.rank(office, day)
        reported_at = self.scorer.reported_at(office, day)
        visits = office.visits
        late = visits[visits["day"] >= day - USUAL_DAYS]
        return PlanInputs(
            options=PlanOptions(
                first=first,
                last=first + timedelta(days=6),
                one_more=False,
                floor_cost=False,
                iterations=self.iterations,
            ),
            rules=self.rules,
            visit_rules=VisitRules(),
            calendar=self.calendar,
            teams=_teams(office),
            buildings=self._buildings(office, day, ranking.buildings).assign(
                reported_at=reported_at
            ),
            find_chance=self.scorer.chance(office, day),
            interval=ranking.interval,
            usual_worth=usual_worth(
                _moments(office, late),
                self.calendar,
                self.rules,
                effects=ranking.visits.part_effects(),
            ),
            seed=f"{office.draws}/{day}",
        )

    def _buildings(self, office: Office, day: int, ranked: pd.DataFrame) -> pd.DataFrame:
        b = office.buildings
        reports = office.reports
        reports = reports[reports["day"] >= day - SENSITIVE_DAYS]
        frame = b[["building_id", "kind", "lon", "lat", "grid_code", "community_code"]].assign(
            name=b["building_id"],
            address=b["building_id"],
            score=ranked["score"].to_numpy(),
            tier=ranked["tier"].to_numpy(),
            sensitive=b.index.isin(reports["building"]),
            last_stop_on=_last_stops(office),
            **self._last_visits(office),
        )
        return frame[[name for name in BUILDING_COLUMNS if name != "reported_at"]]

    def _last_visits(self, office: Office) -> dict[str, Any]:
        """Return when each building was last visited, what it gave, and what comes next."""
        v = office.visits
        last = v.sort_values("day", kind="stable").drop_duplicates("building", keep="last")
        at = _moments(office, last)
        results = [RESULTS[code] for code in last["result"]]
        rules = VisitRules()
        steps = [
            propose_next_step(result, moment, rules=rules, calendar=self.calendar)
            for result, moment in zip(results, at, strict=True)
        ]
        night = last["night"].to_numpy(bool)
        frame = pd.DataFrame(
            {
                "last_at": np.array(at, dtype="datetime64[us]"),
                "last_result": results,
                "last_kind": np.where(night, "夜查", "日查"),
                "next_step": [step.step for step in steps],
                "retry_at": np.array([step.retry_at for step in steps], dtype="datetime64[us]"),
            },
            index=last["building"].to_numpy(np.int64),
        ).reindex(range(len(office.buildings)))
        frame = frame.fillna({"last_result": "", "last_kind": "", "next_step": "none"})
        return {str(name): frame[name].to_numpy() for name in frame}


def school_calendar() -> Calendar:
    """Return the shipped holidays and an invented school year: breaks as the town's seasons."""
    spans = [
        (date(2024, 2, 26), date(2024, 6, 30), TERM),
        (date(2024, 7, 1), date(2024, 9, 1), SCHOOL_BREAK),
        (date(2024, 9, 2), date(2025, 1, 19), TERM),
        (date(2025, 1, 20), date(2025, 2, 23), SCHOOL_BREAK),
        (date(2025, 2, 24), date(2025, 6, 30), TERM),
        (date(2025, 7, 1), date(2025, 8, 31), SCHOOL_BREAK),
        (date(2025, 9, 1), date(2026, 1, 25), TERM),
        (date(2026, 1, 26), date(2026, 3, 1), SCHOOL_BREAK),
        (date(2026, 3, 2), date(2026, 6, 30), TERM),
        (date(2026, 7, 1), date(2026, 8, 31), SCHOOL_BREAK),
        (date(2026, 9, 1), date(2027, 1, 24), TERM),
    ]
    invented = tuple(Span(first=first, last=last, kind=kind) for first, last, kind in spans)
    return Calendar(spans=Calendar.shipped().spans + invented)


def _teams(office: Office) -> tuple[Team, ...]:
    """Return the scene's teams: two officers each, from the office in the middle."""
    scene = office.scene
    middle = office.buildings[["lon", "lat"]].mean()
    out = (*((day, "evening") for day in scene.evenings), *((day, "day") for day in scene.days))
    return tuple(
        Team(
            team_id=f"T{number + 1}",
            name=f"{number + 1}",
            officers=2,
            lon=float(middle["lon"]),
            lat=float(middle["lat"]),
            shifts=out,
        )
        for number in range(scene.teams)
    )


def _last_stops(office: Office) -> pd.Series:
    """Return the day of each building's last stop on our plans, NaT without any.

    Visits before the first plan, and answers to complaints that others give, are none.
    """
    v = office.visits
    of_plans = v[(v["day"] >= 0) & (v["purpose"] != PURPOSES[COMPLAINT])]
    days = of_plans.groupby("building")["day"].max().reindex(range(len(office.buildings)))
    return pd.Timestamp(office.start) + pd.to_timedelta(days, unit="D").astype("timedelta64[us]")


def _moments(office: Office, visits: pd.DataFrame) -> list[datetime]:
    hours = np.where(visits["night"].to_numpy(bool), EVENING_HOUR, DAY_HOUR)
    return [
        datetime.combine(office.monday(int(day)), time(int(hour)))
        for day, hour in zip(visits["day"], hours, strict=True)
    ]
