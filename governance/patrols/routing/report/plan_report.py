"""Make a plan of routes: its rows, what it comes to, what the planner should know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from data.calendars.calendar import calendar_notes
from governance.patrols.routing.model.plan import (
    ALONE,
    CHANCE,
    CUT,
    FLOOR_OUT_OF_REACH,
    NEEDS_JOINT_TEAM,
    NO_OFFICERS,
    NO_SHIFTS,
    NO_TEAMS_NAMED,
    OUT_OF_HOURS,
    RANDOM_SMALL,
    RANDOM_SQUEEZED,
    Plan,
)
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import PatrolProblem, Route, objective_of
from governance.patrols.routing.model.shifts import default_teams
from governance.patrols.routing.privacy.decoys import Orders
from governance.patrols.routing.report.plan_rows import (
    is_out_of_hours,
    routes_of,
    tell_shifts,
    tell_stops,
    tell_totals,
    tell_uncovered,
)
from governance.patrols.routing.selection.formulate import Formulation
from governance.patrols.routing.selection.planning_base import PlanningBase

FEW_RANDOM: Final = 5
"""Fewer stops that chance chose say next to nothing about what the list leaves out."""


def report_plan(
    inputs: PlanInputs,
    ground: PlanningBase,
    posed: Formulation,
    orders: Orders,
    *,
    alone: Collection[str] = (),
) -> Plan:
    """Return the plan of routes, timed in the order given whether they fit or not.

    Bound, one more team and seconds are left open.

    Parameters
    ----------
    alone
        Sensitive buildings without company.
    """
    problem, options = posed.problem, inputs.options
    routes = routes_of(problem, orders)
    stops = tell_stops(inputs, ground.candidates, posed, routes, ground.worths)
    shifts = tell_shifts(problem, ground.teams, routes, stops, ground.slot_kinds)
    uncovered = tell_uncovered(inputs, ground.candidates, problem, stops["building_id"])
    totals = tell_totals(inputs, ground.candidates, shifts, stops, uncovered)
    totals = replace(totals, objective=round(_worth(problem, routes), 4))
    late = any(is_out_of_hours(problem, route) for route in routes)
    return Plan(
        kind=options.kind,
        title=options.title,
        first=options.first,
        last=options.last,
        options=replace(options, seed=inputs.seed),
        totals=totals,
        teams=ground.teams,
        shifts=shifts,
        stops=stops,
        uncovered=uncovered,
        notes=tuple(_notes(inputs, ground, posed, stops, uncovered, alone=bool(alone), late=late)),
        locked=frozenset(stops.loc[stops["locked"], "building_id"]),
    )


def _worth(problem: PatrolProblem, routes: Sequence[Route]) -> float:
    """Return what routes are worth, those put where they cannot be for nothing but their must."""
    where = problem.locked.copy()
    for route in routes:
        where[route.stops] = route.shift
    return objective_of(replace(problem, locked=where), tuple(routes))


def _notes(
    inputs: PlanInputs,
    ground: PlanningBase,
    posed: Formulation,
    stops: pd.DataFrame,
    uncovered: pd.DataFrame,
    *,
    alone: bool,
    late: bool,
) -> list[str]:
    candidates = ground.candidates
    drawn = sum(CHANCE in reasons for reasons in candidates.rows["reasons"])
    visited = sum(CHANCE in reasons for reasons in stops["reasons"])
    cut = candidates.open & (candidates.rows["must"] > 0).to_numpy(bool)
    cut[posed.members] = False
    codes = {
        NO_TEAMS_NAMED: ground.teams == default_teams(inputs.rules, count=len(ground.teams)),
        NO_SHIFTS: not ground.shifts,
        RANDOM_SMALL: 0 < candidates.random < FEW_RANDOM,
        RANDOM_SQUEEZED: visited < drawn,
        FLOOR_OUT_OF_REACH: candidates.floor.out_of_reach,
        ALONE: alone,
        OUT_OF_HOURS: late,
        CUT: bool(cut.any()),
        NO_OFFICERS: bool(uncovered["reason"].eq(NEEDS_JOINT_TEAM).any()),
    }
    days = calendar_notes(inputs.options.first, inputs.options.last, inputs.calendar)
    return [*days, *(code for code, holds in codes.items() if holds)]
