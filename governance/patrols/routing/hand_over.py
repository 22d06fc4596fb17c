"""Hand stops of a plan over to other shifts, such as those of a team that is ill that day."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from governance.patrols.routing.begun_day import BegunDay
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.plan_tables import EDIT_COLUMNS
from governance.patrols.routing.model.problem import FREE, Bools, Orders, PatrolProblem, walked_m
from governance.patrols.routing.model.settings import PARTS
from governance.patrols.routing.model.shifts import Team, shift_id_of
from governance.patrols.routing.rebuild_plan import formulate_stops
from governance.patrols.routing.solver.insertion_heuristic import NEVER, Insertions, fill_by_worth
from governance.patrols.routing.solver.locked_stops import violation_s
from governance.patrols.routing.solver.schedule import fits, time_route


def extra_shifts(plan: Plan, shift_ids: Collection[str]) -> list[str]:
    """Return those of some shifts that a plan has not, but a team of it could have on its days.

    ``shift_ids``: such as ``T2/2026-12-01/day``.
    """
    days = pd.date_range(plan.first, plan.last).date
    possible = {
        shift_id_of(team, day, part) for team in plan.teams for day in days for part in PARTS
    }
    return sorted((possible & set(shift_ids)) - set(plan.shifts["shift_id"]))


def with_shifts(teams: Collection[Team], shift_ids: Collection[str]) -> tuple[Team, ...]:
    """Return teams that are out in these shifts too."""
    return tuple(
        replace(
            team,
            shifts=team.shifts
            + tuple(
                (day, part)
                for team_id, day, part in map(_parts, shift_ids)
                if team_id == team.team_id
            ),
        )
        for team in teams
    )


def hand_over(
    inputs: PlanInputs,
    plan: Plan,
    buildings: Collection[str],
    to_shifts: Collection[str],
    *,
    begun: BegunDay,
    over_time: bool = False,
) -> pd.DataFrame:
    """Return a plan's stops once some of them are handed over to other shifts.

    A shift without stops takes a whole route over as it is, if it can. Each other stop goes where
    it lengthens the way least and fits, what is worth most first. What fits in none of the shifts
    stays where it is. Nothing else moves, but that what a team visited today comes first in the
    order of its visits: what it takes over comes after that, and not before now. No shift that is
    over takes any. The same plan at the same time gives the same stops.

    ``plan``: its teams are out in all of ``to_shifts``, as `with_shifts` has them.
    ``buildings``: whose stops are handed over, unless they were visited; each is on the plan.
    ``to_shifts``: which may take them.
    ``begun``: the time, and what was visited.
    ``over_time``: whether what fits in none of them goes where it exceeds the hours least.

    Returns ``building_id, shift_id, arm, reasons, locked``, within a shift in the order of
    visiting; what was handed over is locked to its new shift.
    """
    stops = plan.stops.reset_index(drop=True)
    formulation, before = formulate_stops(inputs, plan, stops)
    wanted = set(buildings) - {*begun.visited_at.index}
    handed = stops["building_id"].isin(wanted).to_numpy(bool)
    if not handed.any():
        return stops[[*EDIT_COLUMNS]]
    ids = [shift.shift_id for shift in formulation.base.shifts]
    giving = set(stops.loc[handed, "shift_id"])
    takes = np.array([each in to_shifts and each not in giving for each in ids], dtype=bool)
    done, rest = begun.done_first(before, stops["building_id"].tolist())
    done = {shift: order for shift, order in done.items() if takes[shift]}
    rest = {shift: rest[shift] if takes[shift] else order for shift, order in before.items()}
    problem = begun.rest_of(formulation.problem, done)
    after = _taken_over(problem, rest, handed, takes, over_time=over_time)
    taken = {s for shift in np.flatnonzero(takes).tolist() for s in after[shift] if handed[s]}
    order = [
        (stop, ids[shift])
        for shift in range(len(ids))
        for stop in (
            [*done.get(shift, ()), *after[shift]] if takes[shift] else before.get(shift, [])
        )
        if takes[shift] or stop not in taken
    ]
    stops_after = stops.loc[[stop for stop, _ in order], [*EDIT_COLUMNS]]
    stops_after = stops_after.assign(shift_id=[shift for _, shift in order])
    moved = stops_after.index.isin(taken)
    return stops_after.assign(locked=stops_after["locked"].astype(bool) | moved).reset_index(
        drop=True
    )


def _taken_over(
    problem: PatrolProblem, before: Orders, handed: Bools, takes: Bools, *, over_time: bool
) -> Orders:
    """Return the orders in which the shifts that take stops over have as many as fit."""
    value = problem.value.copy()
    value[:, ~takes] = np.nan
    locked = np.where(handed, FREE, problem.locked)
    relaxed = replace(problem, value=value, locked=locked)
    begun = {
        shift: [stop for stop in before.get(shift, []) if not handed[stop]]
        for shift in range(len(problem.shifts))
    }
    _take_routes_over(relaxed, begun, before, handed, takes)
    table = Insertions(relaxed, begun)
    fill_by_worth(table)
    while (cost := np.where(handed, table.added_s, NEVER)).min() < NEVER:
        shift, stop = np.unravel_index(int(cost.argmin()), cost.shape)
        table.insert(int(shift), int(stop))
    for left in np.flatnonzero(handed & table.free).tolist() if over_time else ():
        _squeeze(relaxed, table.orders, left)
    return table.orders


def _squeeze(problem: PatrolProblem, orders: Orders, stop: int) -> None:
    """Put a stop where it exceeds the hours least, of these where it adds least to the way.

    Only in a shift that may go there.
    """

    def cost(shift: int, order: list[int]) -> tuple[int, float]:
        metres = walked_m(problem, shift, np.asarray(order, dtype=np.int64))
        return violation_s(problem, shift, order), metres

    def added(way: tuple[int, list[int]]) -> tuple[int, float]:
        (late, far), (was_late, was_far) = cost(*way), cost(way[0], orders[way[0]])
        return late - was_late, far - was_far

    ways = [
        (shift, [*orders[shift][:at], stop, *orders[shift][at:]])
        for shift in np.flatnonzero(~np.isnan(problem.worth[stop])).tolist()
        for at in range(len(orders[shift]) + 1)
    ]
    if ways:
        shift, order = min(ways, key=added)
        orders[shift] = order


def _take_routes_over(
    problem: PatrolProblem, begun: Orders, before: Orders, handed: Bools, takes: Bools
) -> None:
    """Give each whole route that is handed over to an empty shift that can walk it.

    One of the same day, if there is any.
    """
    shifts = problem.shifts
    for giving, route in before.items():
        empty = [s for s in np.flatnonzero(takes).tolist() if not begun[s]]
        for shift in sorted(empty, key=lambda each: shifts[each].day != shifts[giving].day):
            possible = not np.isnan(problem.value[route, shift]).any()
            if (
                handed[route].all()
                and possible
                and fits(problem, time_route(problem, shift, route))
            ):
                begun[shift] = list(route)
                break


def _parts(shift_id: str) -> tuple[str, str, str]:
    team, day, part = shift_id.split("/")
    return team, day, part
