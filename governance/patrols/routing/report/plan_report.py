"""Make a plan of routes: its rows, what it comes to, what the planner should know."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from data.calendars.calendar import calendar_notes
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.problem import Orders, PatrolProblem, Route, objective_of
from governance.patrols.routing.model.shifts import default_teams
from governance.patrols.routing.model.vocabulary import PlanNote, StopReason, UncoveredReason
from governance.patrols.routing.report.plan_rows import (
    is_out_of_hours,
    shift_rows,
    stop_rows,
    totals_of,
    uncovered_rows,
)
from governance.patrols.routing.selection.formulate import Formulation
from governance.patrols.routing.solver.schedule import time_route

FEW_RANDOM: Final = 5
"""Fewer stops that chance chose say next to nothing about what the list leaves out."""


def report_plan(formulation: Formulation, orders: Orders, *, alone: Collection[str] = ()) -> Plan:
    """Return the plan of routes, timed in the order given whether they fit or not.

    Bound, one more team and seconds are left open.

    ``alone``: sensitive buildings without company.
    """
    base, problem = formulation.base, formulation.problem
    options = base.inputs.options
    routes = [time_route(problem, shift, order) for shift, order in sorted(orders.items()) if order]
    stops = stop_rows(formulation, routes)
    shifts = shift_rows(formulation, routes, stops)
    uncovered = uncovered_rows(formulation, stops["building_id"])
    totals = totals_of(base, shifts, stops, uncovered)
    notes = _notes(formulation, stops, uncovered)
    notes[PlanNote.ALONE] = bool(alone)
    notes[PlanNote.OUT_OF_HOURS] = any(is_out_of_hours(problem, route) for route in routes)
    return Plan(
        kind=options.kind,
        title=options.title,
        first=options.first,
        last=options.last,
        options=options,
        totals=replace(totals, objective=round(_worth(problem, routes), 4)),
        teams=base.teams,
        shifts=shifts,
        stops=stops,
        uncovered=uncovered,
        notes=(
            *calendar_notes(options.first, options.last, base.inputs.calendar),
            *(str(note) for note in PlanNote if notes.get(note)),
        ),
        locked=frozenset(stops.loc[stops["locked"], "building_id"]),
    )


def _worth(problem: PatrolProblem, routes: Sequence[Route]) -> float:
    """Return what routes are worth, those put where they cannot be for nothing but their must."""
    where = problem.locked.copy()
    for route in routes:
        where[route.stops] = route.shift
    return objective_of(replace(problem, locked=where), tuple(routes))


def _notes(
    formulation: Formulation, stops: pd.DataFrame, uncovered: pd.DataFrame
) -> dict[PlanNote, bool]:
    base, candidates = formulation.base, formulation.base.candidates
    drawn, visited = (
        sum(StopReason.CHANCE in reasons for reasons in rows["reasons"])
        for rows in (base.rows, stops)
    )
    cut = (base.rows["open"] & (base.rows["must"] > 0)).to_numpy(bool, copy=True)
    cut[formulation.members] = False
    needs_officers = uncovered["reason"].eq(UncoveredReason.NEEDS_JOINT_TEAM)
    unplaced = uncovered["reason"].eq(UncoveredReason.NO_COORDINATES)
    return {
        PlanNote.NO_TEAMS_NAMED: base.teams
        == default_teams(base.inputs.rules, count=len(base.teams)),
        PlanNote.NO_SHIFTS: not base.shifts,
        PlanNote.NO_PLACES: bool(unplaced.any()) and not len(stops),
        PlanNote.NO_OFFICERS: bool(needs_officers.any()),
        PlanNote.RANDOM_SMALL: 0 < candidates.random < FEW_RANDOM,
        PlanNote.RANDOM_SQUEEZED: visited < drawn,
        PlanNote.FLOOR_OUT_OF_REACH: candidates.floor_out_of_reach,
        PlanNote.CUT: bool(cut.any()),
    }
