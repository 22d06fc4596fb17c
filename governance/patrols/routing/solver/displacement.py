"""Displacement: what must be visited takes the place of stops that are worth far less.

A search that moves one visit at a time finds no way to a visit that takes the place of several.
"""

from typing import Final

import numpy as np

from governance.patrols.routing.model.problem import FREE, Orders, PatrolProblem
from governance.patrols.routing.solver.insertion_heuristic import Insertions, fill_by_worth

SURE: Final = 1.0
"""From so many finds on, a must is worth more than every stop that it can displace."""


def displace_for_musts(problem: PatrolProblem, orders: Orders) -> Orders:
    """Insert musts that were left out where they displace least, then fill up.

    Locked stops are never displaced, nor musts of half its worth or more; a must that fits nowhere
    stays left out.
    """
    on = {stop for order in orders.values() for stop in order}
    left = [s for s in np.flatnonzero(problem.must >= SURE).tolist() if s not in on]
    changed = dict(orders)
    for stop in sorted(left, key=lambda each: -problem.must[each]):
        ways = [_with(problem, changed, shift, stop) for shift in sorted(changed)]
        possible = [way for way in ways if way is not None]
        if possible:
            _, changed = min(possible, key=lambda way: way[0])
    table = Insertions(problem, changed)
    fill_by_worth(table)
    return table.orders


def _with(
    problem: PatrolProblem, orders: Orders, shift: int, stop: int
) -> tuple[float, Orders] | None:
    """Return what a shift loses by a stop, and the routes; None where it cannot go there."""
    if np.isnan(problem.value[stop, shift]):
        return None
    order, loss = list(orders[shift]), 0.0
    yields = max(SURE, float(problem.must[stop]) / 2)
    weaker = [e for e in order if problem.locked[e] == FREE and problem.must[e] < yields]
    for removed in [None, *sorted(weaker, key=lambda each: (problem.worth[each, shift], each))]:
        if removed is not None:
            order = [each for each in order if each != removed]
            loss += float(problem.worth[removed, shift])
        table = Insertions(problem, {**orders, shift: order})
        if shift in table.closed:
            return None
        if table.insert(shift, stop):
            return loss, table.orders
    return None
