"""Tell a plan: rows of shifts and stops, what they come to, and what is left out and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.contracts.vocabulary import VisitKind
from governance.patrols.routing.model.plan import (
    LOCKED_OUT,
    NO_CAPACITY,
    ORDINARY,
    RANDOM,
    PlanTotals,
)
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.plan_tables import (
    SHIFT_COLUMNS,
    STOP_COLUMNS,
    UNCOVERED_COLUMNS,
    frame_of,
)
from governance.patrols.routing.model.problem import FREE, Floats, PatrolProblem, Route
from governance.patrols.routing.model.settings import EVENING
from governance.patrols.routing.model.shifts import Team
from governance.patrols.routing.selection.candidates import Candidates
from governance.patrols.routing.selection.coverage_floor import weeks_until_met
from governance.patrols.routing.selection.formulate import Formulation, slot_chances
from governance.patrols.routing.solver.schedule import late_stops, over_minutes, time_route


def routes_of(problem: PatrolProblem, orders: dict[int, list[int]]) -> tuple[Route, ...]:
    """Time the routes of all shifts that go out."""
    return tuple(
        time_route(problem, shift, order) for shift, order in sorted(orders.items()) if order
    )


def tell_stops(
    inputs: PlanInputs,
    candidates: Candidates,
    posed: Formulation,
    routes: Sequence[Route],
    worths: Floats,
) -> pd.DataFrame:
    """Return `STOP_COLUMNS` of routes, by shift and place."""
    problem, parts = posed.problem, []
    chance = candidates.rows["find_chance"].to_numpy(float)
    for route in routes:
        shift = problem.shifts[route.shift]
        members = posed.members[route.stops]
        rows = candidates.rows.iloc[members]
        by_hour = VisitKind.NIGHT if shift.part == EVENING else VisitKind.DAY
        slot = worths[[route.shift]]
        told = {name: rows[name].tolist() for name in rows if name in STOP_COLUMNS}
        parts.append(
            told
            | {
                "shift_id": [shift.shift_id] * len(rows),
                "place": range(1, len(rows) + 1),
                "building_kind": rows["kind"].tolist(),
                "arrive": route.arrive.tolist(),
                "walk_m": _legs_m(problem, route).tolist(),
                "mode": [mode or by_hour for mode in rows["mode"]],
                "find_chance": slot_chances(chance[members], slot, inputs.usual_worth)[:, 0],
                "locked": (problem.locked[route.stops] != FREE).tolist(),
                "floor_due_on": rows["due_on"].tolist(),
            }
        )
    columns = {name: [each for part in parts for each in part[name]] for name in STOP_COLUMNS}
    return frame_of(columns, STOP_COLUMNS)


def tell_shifts(
    problem: PatrolProblem,
    teams: Sequence[Team],
    routes: Sequence[Route],
    stops: pd.DataFrame,
    slot_kinds: Sequence[str],
) -> pd.DataFrame:
    """Return `SHIFT_COLUMNS` of all shifts, also of those that stay at home."""
    by_id, by_shift = {team.team_id: team for team in teams}, {r.shift: r for r in routes}
    finds = stops.groupby("shift_id")["find_chance"].sum()
    rows = []
    for number, shift in enumerate(problem.shifts):
        route = by_shift.get(number) or time_route(problem, number, [])
        team = by_id[shift.team_id]
        rows.append(
            {
                **{name: getattr(shift, name) for name in SHIFT_COLUMNS if hasattr(shift, name)},
                "team": team.name,
                "slot_kind": slot_kinds[number],
                "minutes": route.minutes,
                "most_minutes": shift.minutes,
                "over_minutes": over_minutes(problem, route),
                "stops": len(route.stops),
                "distance_m": route.metres,
                "expected_finds": float(finds.get(shift.shift_id, 0.0)),
                "departments": list(team.departments),
            }
        )
    return frame_of({name: [row[name] for row in rows] for name in SHIFT_COLUMNS}, SHIFT_COLUMNS)


def tell_uncovered(
    inputs: PlanInputs, candidates: Candidates, problem: PatrolProblem, visited: pd.Series[str]
) -> pd.DataFrame:
    """Return `UNCOVERED_COLUMNS`: what should be on the plan and is not, and why.

    Nobody knows where it is; law wants officers and no team has them; no shift is at an hour that
    makes sense; all shifts it could be in are full of what a person locked, or the one that it was
    locked to is no more; or else, and for whatever the solver was not even given, there is not time
    enough. Most pressing first: musts, then the latest by their own period.
    """
    rows = candidates.rows
    lost = np.zeros(len(rows), dtype=bool)
    if inputs.locked is not None:
        lost = rows["building_id"].isin(inputs.locked["building_id"]).to_numpy(bool)
    left = (candidates.wanted | lost) & ~rows["building_id"].isin(visited).to_numpy(bool)
    full = _full_of_locked(problem)
    minutes = rows["minutes"].to_numpy(np.int64)
    room = (candidates.doors.allowed & (minutes[:, None] <= full[None, :])).any(axis=1) & ~lost
    why = candidates.doors.why_not.to_numpy(object)
    told = rows.assign(
        reason=np.where(why != "", why, np.where(room, NO_CAPACITY, LOCKED_OUT)),
        late=candidates.floor.dues.late,
    )
    ranked = told[left].sort_values(["must", "late", "building_id"], ascending=[False, False, True])
    columns = {name: ranked[name].tolist() for name in UNCOVERED_COLUMNS}
    return frame_of(columns, UNCOVERED_COLUMNS)


def tell_totals(
    inputs: PlanInputs,
    candidates: Candidates,
    shifts: pd.DataFrame,
    stops: pd.DataFrame,
    uncovered: pd.DataFrame,
) -> PlanTotals:
    """Return what a plan comes to; objective, bound, one more team and seconds are left open."""
    floor = candidates.floor
    visited = candidates.rows["building_id"].isin(stops["building_id"]).to_numpy(bool)
    level = inputs.rules.interval_level
    chances = stops["find_chance"].to_numpy(float)
    told = inputs.buildings.loc[inputs.buildings["told_at"].notna(), "building_id"]
    waiting = stops["building_id"].isin(told).to_numpy(bool)
    low, high = (0.0, 0.0) if stops.empty else inputs.interval(chances, level, waiting=waiting)
    return PlanTotals(
        shifts=int((shifts["stops"] > 0).sum()),
        stops=len(stops),
        buildings=int(stops["building_id"].nunique()),
        minutes=int(shifts["minutes"].sum()),
        distance_km=round(float(shifts["distance_m"].sum()) / 1000, 3),
        expected_finds=round(float(chances.sum()), 4),
        expected_low=float(low),
        expected_high=float(high),
        level=level,
        random_stops=int(stops["arm"].eq(RANDOM).sum()),
        ordinary_stops=int(sum(ORDINARY in reasons for reasons in stops["reasons"])),
        uncovered=len(uncovered),
        floor_due=int(floor.due.sum()),
        floor_kept=int((floor.due & visited).sum()),
        floor_weeks=weeks_until_met(inputs, floor, visited),
        over_time=int((shifts["over_minutes"] > 0).sum()),
    )


def _legs_m(problem: PatrolProblem, route: Route) -> Floats:
    """Return the metres to each stop from the one before, or from the start."""
    stops = route.stops
    first = problem.start_metres[route.shift, stops[:1]]
    legs: Floats = np.append(first, problem.metres[stops[:-1], stops[1:]])
    return legs


def _full_of_locked(problem: PatrolProblem) -> Floats:
    """Return the minutes of each shift that visits locked to it leave, shape (s,)."""
    fixed = problem.locked != FREE
    taken = np.bincount(
        problem.locked[fixed], problem.minutes[fixed], minlength=len(problem.shifts)
    )
    return np.array([shift.minutes for shift in problem.shifts], dtype=float) - taken


def is_out_of_hours(problem: PatrolProblem, route: Route) -> bool:
    """Say whether a visit of a route is in a shift where it cannot be, or comes too late."""
    cannot = np.isnan(problem.value[route.stops, route.shift])
    return bool(cannot.any() or late_stops(problem, route).any())
