"""Rows of a plan's shifts and stops, what they come to, and what is left out and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.contracts.vocabulary import VisitKind
from governance.patrols.routing.model.plan import PlanTotals
from governance.patrols.routing.model.plan_tables import (
    SHIFT_COLUMNS,
    STOP_COLUMNS,
    UNCOVERED_COLUMNS,
    frame_of,
)
from governance.patrols.routing.model.problem import FREE, Floats, PatrolProblem, Route
from governance.patrols.routing.model.settings import EVENING
from governance.patrols.routing.model.vocabulary import Arm, StopReason, UncoveredReason
from governance.patrols.routing.selection.candidates import HIGHEST
from governance.patrols.routing.selection.coverage_floor import weeks_until_met
from governance.patrols.routing.selection.formulate import Formulation, PlanningBase
from governance.patrols.routing.solver.schedule import late_stops, over_minutes, time_route


def stop_rows(formulation: Formulation, routes: Sequence[Route]) -> pd.DataFrame:
    """Return `STOP_COLUMNS` of routes, by shift and place."""
    base, problem, parts = formulation.base, formulation.problem, []
    chances = base.slot_chances(base.rows["find_chance"].to_numpy(float))
    for route in routes:
        shift, members = problem.shifts[route.shift], formulation.members[route.stops]
        rows = base.rows.iloc[members]
        by_hour = VisitKind.NIGHT if shift.part == EVENING else VisitKind.DAY
        stops = rows.assign(
            shift_id=shift.shift_id,
            place=range(1, len(rows) + 1),
            building_kind=rows["kind"],
            arrive=route.arrive,
            walk_m=_legs_m(problem, route),
            mode=[mode or by_hour for mode in rows["mode"]],
            find_chance=chances[members, route.shift],
            locked=problem.locked[route.stops] != FREE,
            floor_due_on=rows["due_on"],
        )
        parts.append(stops[list(STOP_COLUMNS)])
    if not parts:
        return frame_of({}, STOP_COLUMNS)
    return frame_of(pd.concat(parts, ignore_index=True), STOP_COLUMNS)


def shift_rows(
    formulation: Formulation, routes: Sequence[Route], stops: pd.DataFrame
) -> pd.DataFrame:
    """Return `SHIFT_COLUMNS` of all shifts, also of those that stay at home."""
    base, problem = formulation.base, formulation.problem
    team_of, route_of = {t.team_id: t for t in base.teams}, {r.shift: r for r in routes}
    finds = stops.groupby("shift_id")["find_chance"].sum()
    rows = []
    for number, shift in enumerate(problem.shifts):
        route = route_of.get(number) or time_route(problem, number, [])
        team = team_of[shift.team_id]
        rows.append(
            {
                **{name: getattr(shift, name) for name in SHIFT_COLUMNS if hasattr(shift, name)},
                "team": team.name,
                "slot_kind": base.slots["slot_kind"].iloc[number],
                "minutes": route.minutes,
                "most_minutes": shift.minutes,
                "over_minutes": over_minutes(problem, route),
                "stops": len(route.stops),
                "distance_m": route.metres,
                "expected_finds": float(finds.get(shift.shift_id, 0.0)),
                "departments": list(team.departments),
            }
        )
    return frame_of(pd.DataFrame(rows, columns=list(SHIFT_COLUMNS)), SHIFT_COLUMNS)


def uncovered_rows(formulation: Formulation, visited: pd.Series[str]) -> pd.DataFrame:
    """Return `UNCOVERED_COLUMNS`: what should be on the plan and is not, and why.

    Nobody knows where it is; law wants officers and no team has them; no shift is at an hour that
    makes sense; somebody was there just before, or it was on a plan then; all shifts it could be in
    are full of what a person locked, or the one that it was locked to is no more; or else, and for
    whatever the solver was not even given, there is not time enough. Most pressing first: musts,
    then the latest by their own period.
    """
    base, rows = formulation.base, formulation.base.rows
    before = base.inputs.locked
    locked: list[str] = [] if before is None else before["building_id"].tolist()
    was_locked = rows["building_id"].isin(locked)
    minutes_left = _minutes_left(formulation.problem)
    fits = rows["minutes"].to_numpy(np.int64)[:, None] <= minutes_left[None, :]
    has_room = np.asarray((base.candidates.allowed & fits).any(axis=1)) & ~was_locked
    lately = rows["recent"] & ~rows["appointed"] & ~was_locked
    why_not = rows["why_not"].where(
        rows["why_not"] != "",
        np.select(
            [lately & rows["seen_lately"], lately, has_room],
            [
                UncoveredReason.VISITED_LATELY,
                UncoveredReason.ON_PLAN_LATELY,
                UncoveredReason.NO_CAPACITY,
            ],
            UncoveredReason.LOCKED_OUT,
        ),
    )
    left = (rows["wanted"] | was_locked) & ~rows["building_id"].isin(visited)
    ranked = rows.assign(reason=why_not)[left].sort_values(
        ["must", "late", "building_id"], ascending=[False, False, True]
    )
    return frame_of(ranked, UNCOVERED_COLUMNS)


def totals_of(
    base: PlanningBase, shifts: pd.DataFrame, stops: pd.DataFrame, uncovered: pd.DataFrame
) -> PlanTotals:
    """Return what a plan comes to; objective, bound, one more team and seconds are left open."""
    inputs, rows, due = base.inputs, base.rows, base.candidates.floor_due
    visited = rows["building_id"].isin(stops["building_id"]).to_numpy(bool)
    highest = rows["rank"].between(1, HIGHEST).to_numpy(bool)
    level = inputs.rules.interval_level
    chances = stops["find_chance"].to_numpy(float)
    ids = stops["building_id"].tolist()
    low, high = (0.0, 0.0) if stops.empty else inputs.interval(chances, level, building_ids=ids)
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
        random_stops=int(stops["arm"].eq(Arm.RANDOM).sum()),
        ordinary_stops=int(sum(StopReason.ORDINARY in reasons for reasons in stops["reasons"])),
        uncovered=len(uncovered),
        highest=int(highest.sum()),
        highest_kept=int((highest & visited).sum()),
        floor_due=int(due.sum()),
        floor_kept=int((due & visited).sum()),
        floor_weeks=weeks_until_met(inputs, rows, visited),
        over_time=int((shifts["over_minutes"] > 0).sum()),
    )


def _legs_m(problem: PatrolProblem, route: Route) -> Floats:
    """Return the metres to each stop from the one before, or from the start."""
    stops = route.stops
    first = problem.start_metres[route.shift, stops[:1]]
    legs: Floats = np.append(first, problem.metres[stops[:-1], stops[1:]])
    return legs


def _minutes_left(problem: PatrolProblem) -> Floats:
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
