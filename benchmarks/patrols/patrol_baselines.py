"""A plain plan and a plain bound that our planner is compared with, for `patrol_plan.py`."""

import numpy as np

from governance.patrols.routing.model.problem import FREE, PatrolProblem, Solution
from governance.patrols.routing.solver.insertion_heuristic import Insertions
from governance.patrols.routing.solver.schedule import assemble, fits, time_route
from governance.patrols.routing.solver.upper_bound import capacity_s, least_price


def nearest_first(problem: PatrolProblem) -> Solution:
    """Fill shift after shift with the nearest door that still fits at the end of the route.

    From a shift's start, or else from what is worth most there.
    """
    table = Insertions(problem)
    for shift in table.orders:
        while shift not in table.closed and _append_nearest(table, shift):
            pass
    return assemble(problem, table.orders, method="greedy:nearest")


def _append_nearest(table: Insertions, shift: int) -> bool:
    """Append the nearest free candidate that fits; False if there is none."""
    order, starts = table.orders[shift], table.problem.shifts[shift].lon is not None
    if order or starts:
        far = table.walk[order[-1]] if order else table.start_walk[shift]
    else:
        far = -table.worth[shift]
    allowed = np.flatnonzero(table.free & (table.worth[shift] > 0))
    nearest = allowed[np.argsort(far[allowed], kind="stable")]
    return any(_append(table, shift, int(stop)) for stop in nearest)


def _append(table: Insertions, shift: int, stop: int) -> bool:
    """Put a candidate at the end of a route; False if it does not fit there."""
    order = [*table.orders[shift], stop]
    if not fits(table.problem, time_route(table.problem, shift, order)):
        return False
    table.orders[shift], table.free[stop] = order, False
    return True


def knapsack_bound(problem: PatrolProblem) -> float:
    """Return the plain fractional knapsack: all shifts' minutes in one sack, each visit at best.

    Each candidate counts with the value of its best shift, whichever is full. Where a shift has no
    start, its first visit needs no walk: the longest of the shortest walks is given back for it.
    Locked visits are in the sack whatever they cost, against time too, as in a plan.

    Returns ``bound``: in the objective's unit (finds); at least that of every solution that keeps
    the rules.
    """
    worth, price = problem.worth, least_price(problem)
    best = np.nanmax(np.where(np.isnan(worth), -np.inf, worth), axis=1, initial=-np.inf)
    gain = best - problem.km_worth * price.walk_m / 1000.0
    room, given_back = capacity_s(problem, price)
    fixed = problem.locked != FREE
    free = np.flatnonzero(~fixed & (gain > 0))
    order = free[np.argsort(-gain[free] / price.seconds[free], kind="stable")]
    taken = np.cumsum(price.seconds[order])
    part = 1.0 - np.clip((taken - room.sum()) / price.seconds[order], 0.0, 1.0)
    return float(gain[order] @ part + gain[fixed].sum() + given_back)
