"""Share buildings out by a min-cost flow of load between fixed centres."""

import numpy as np
from ortools.graph.python import min_cost_flow

from governance.responsibility.assignment.solver.problem import NOBODY, Bools, Floats, Ints

UNITS = 100
"""Units of flow in a mean load: loads are whole numbers to the solver."""
FINE = 1_000
"""Steps of cost in a mean squared radius."""


class FlowError(RuntimeError):
    """The solver found no flow; with soft loads there always is one, so this is a defect."""


def whole_loads(load: Floats) -> Ints:
    """Return loads as whole numbers, a mean building being `UNITS`, none below 1."""
    units: Ints = np.maximum(1, np.rint(load / load.mean() * UNITS)).astype(np.int64)
    return units


def share_out(
    cost: Floats, load: Ints, *, offered: Ints, low: Floats, high: Floats, excess: float
) -> Ints:
    """Give each building to a warden at the least total cost, loads inside a band where possible.

    ``cost``: per unit of load, in mean squared radii, shape (n, k).
    ``load``: whole units of load of each building.
    ``offered``: the wardens that each building can go to, shape (n, k); `NOBODY` offers nothing.
    ``low``, ``high``: the band of each warden's load, in units, shape (w,). It is soft: outside it
    a unit costs `excess` more.

    Returns warden of each building. A building that the optimum splits goes where most of it went,
    so loads can leave the band by part of a building.

    Raises `FlowError` when the solver fails.
    """
    count, width = offered.shape
    wardens = len(low)
    solver = min_cost_flow.SimpleMinCostFlow()
    row, column = np.nonzero(offered != NOBODY)
    capacity = load[row]
    whole = np.rint(cost[row, column] * FINE).astype(np.int64)
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        row.astype(np.int32), (count + offered[row, column]).astype(np.int32), capacity, whole
    )
    total = int(load.sum())
    floor, ceiling = np.floor(low).astype(np.int64), np.ceil(high).astype(np.int64)
    price = int(excess * FINE)
    nodes = np.arange(count, count + wardens, dtype=np.int32)
    sink = np.full(wardens, count + wardens, dtype=np.int32)
    rest = np.full(wardens, total, dtype=np.int64)
    for room, toll in ((floor, -price), (ceiling - floor, 0), (rest, price)):
        solver.add_arcs_with_capacity_and_unit_cost(
            nodes, sink, room, np.full(wardens, toll, np.int64)
        )
    solver.set_nodes_supplies(np.arange(count, dtype=np.int32), load)
    solver.set_node_supply(count + wardens, -total)
    if solver.solve() != solver.OPTIMAL:
        raise FlowError("no flow was found")
    sent = np.zeros((count, width), dtype=np.int64)
    sent[row, column] = solver.flows(arcs)
    chosen: Ints = offered[np.arange(count), sent.argmax(axis=1)]
    return chosen


def offer(cost: Floats, allowed: Bools, *, most: int, keep: Ints) -> Ints:
    """Choose the wardens to offer each building: the cheapest that may be, and the one it has.

    ``cost``: shape (n, w).
    ``allowed``: pairs that may be, shape (n, w).
    ``keep``: a warden to offer in any case where allowed, `NOBODY` for none.

    Returns indices, shape (n, k); `NOBODY` fills what is left over.
    """
    count, wardens = cost.shape
    width = min(most, wardens)
    shown = np.where(allowed, cost, np.inf)
    nearest = np.argpartition(shown, width - 1, axis=1)[:, :width]
    rows = np.arange(count)
    offered = np.where(np.take_along_axis(allowed, nearest, axis=1), nearest, NOBODY)
    kept = np.where((keep != NOBODY) & allowed[rows, np.maximum(keep, 0)], keep, NOBODY)
    is_offered = (offered == kept[:, None]).any(axis=1)
    every: Ints = np.c_[offered, np.where(is_offered, NOBODY, kept)].astype(np.int64)
    return every
