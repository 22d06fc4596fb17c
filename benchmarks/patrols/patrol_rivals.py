"""What else plans the patrols of `patrol_plan.py`: OR-Tools' routing library, and plain rules.

In the library's words, whole seconds, one vehicle per shift, an optional visit per candidate whose
penalty is its value in its best shift; the loss of value in another shift is added to every arc
that leads to it in the costs of that shift's vehicle. Time is a dimension with waiting; the span of
a vehicle is limited to the shift's minutes. Nothing may be locked.
"""

from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from governance.patrols.routing.model.problem import (
    FREE,
    MINUTE_S,
    Floats,
    Ints,
    PatrolProblem,
    Solution,
)
from governance.patrols.routing.solver.insertion_heuristic import Insertions
from governance.patrols.routing.solver.pyvrp_model import UNITS
from governance.patrols.routing.solver.schedule import assemble, fits, last_begin_s, time_route
from governance.patrols.routing.solver.upper_bound import capacity_s, least_price

TIME = "time"
END = 0
"""Place where every route ends, at no distance; shift s starts at place 1 + s."""


class Rival:
    """OR-Tools' routing model of a problem."""

    def __init__(self, problem: PatrolProblem) -> None:
        """Build it; nothing may be locked."""
        assert (problem.locked == FREE).all()
        self.problem = problem
        self.first = 1 + len(problem.shifts)
        starts, count = [*range(1, self.first)], len(problem.shifts)
        places = self.first + problem.candidates
        self.manager = pywrapcp.RoutingIndexManager(places, count, starts, [END] * count)
        self.model = pywrapcp.RoutingModel(self.manager)
        self._add_costs()
        self._add_hours()

    def solve(self, seconds: float, start: Solution | None = None) -> Solution:
        """Search by guided local search for so long, from a plan or from cheapest insertions."""
        asked = pywrapcp.DefaultRoutingSearchParameters()
        asked.first_solution_strategy = (
            routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        )
        asked.local_search_metaheuristic = (
            routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        )
        asked.time_limit.FromMilliseconds(round(seconds * 1000))
        self.model.CloseModelWithParameters(asked)
        if start is None:
            found = self.model.SolveWithParameters(asked)
        else:
            begin = self.model.ReadAssignmentFromRoutes(self._indices(start), True)  # noqa: FBT003
            assert begin is not None
            found = self.model.SolveFromAssignmentWithParameters(begin, asked)
        assert found is not None
        return assemble(self.problem, self._orders(found), method="OR-Tools")

    def _add_costs(self) -> None:
        """Price ways and visits that are not made, as the solver's PyVRP model does."""
        problem, worth = self.problem, self.problem.worth
        possible = ~np.isnan(worth)
        best = np.where(possible.any(axis=1), np.nanmax(np.where(possible, worth, 0), axis=1), 0)
        walking = np.rint(self._ways(problem.metres, problem.start_metres)
                          * (problem.km_worth * UNITS / 1000.0)).astype(np.int64)  # fmt: skip
        lost = np.rint((best[:, None] - np.where(possible, worth, 0.0)) * UNITS).astype(np.int64)
        kinds, kind = np.unique(lost, axis=1, return_inverse=True)
        evaluators = []
        for loss in kinds.T:
            ways = walking.copy()
            ways[:, self.first :] += loss
            np.fill_diagonal(ways, 0)
            evaluators.append(self.model.RegisterTransitMatrix(ways.tolist()))
        for vehicle, number in enumerate(kind):
            self.model.SetArcCostEvaluatorOfVehicle(evaluators[number], vehicle)
        prizes = np.rint(best * UNITS).astype(np.int64)
        for stop in range(problem.candidates):
            index = self._index(stop)
            self.model.AddDisjunction([index], int(prizes[stop]))
            vehicles = np.flatnonzero(possible[stop]).tolist()
            self.model.VehicleVar(index).SetValues([-1, *vehicles])

    def _add_hours(self) -> None:
        """Add time: walks, visits, doors' hours, and from when until when and how long a shift."""
        problem = self.problem
        seconds = self._ways(problem.walk_s, problem.start_walk_s)
        seconds[self.first :, 1:] += problem.minutes[:, None] * MINUTE_S
        seconds[self.first :, END] = problem.minutes * MINUTE_S
        transit = self.model.RegisterTransitMatrix(seconds.tolist())
        day_s = 24 * 60 * MINUTE_S
        self.model.AddDimension(transit, day_s, 2 * day_s, False, TIME)  # noqa: FBT003
        clock = self.model.GetDimensionOrDie(TIME)
        for vehicle, shift in enumerate(problem.shifts):
            hours = shift.from_minute * MINUTE_S, shift.until_minute * MINUTE_S
            clock.CumulVar(self.model.Start(vehicle)).SetRange(*hours)
            clock.CumulVar(self.model.End(vehicle)).SetRange(*hours)
            clock.SetSpanUpperBoundForVehicle(shift.minutes * MINUTE_S, vehicle)
        shuts = last_begin_s(problem, np.arange(problem.candidates))
        for stop, (opens, until) in enumerate(zip(problem.open_from, shuts, strict=True)):
            clock.CumulVar(self._index(stop)).SetRange(int(opens) * MINUTE_S, int(until))

    def _ways(self, between: Floats | Ints, starts: Floats | Ints) -> Any:  # noqa: ANN401
        """Return ways between all places: the end, the shifts' starts, the candidates."""
        places = self.first + self.problem.candidates
        ways = np.zeros((places, places), dtype=between.dtype)
        ways[self.first :, self.first :] = between
        ways[1 : self.first, self.first :] = starts
        return ways

    def _index(self, stop: int) -> int:
        index: int = self.manager.NodeToIndex(self.first + stop)
        return index

    def _indices(self, solution: Solution) -> list[list[int]]:
        """Return a plan as the library's indices per vehicle."""
        routes: list[list[int]] = [[] for _ in self.problem.shifts]
        for route in solution.routes:
            routes[route.shift] = [self._index(stop) for stop in route.stops.tolist()]
        return routes

    def _orders(self, found: Any) -> dict[int, list[int]]:  # noqa: ANN401 -- OR-Tools' assignment
        orders: dict[int, list[int]] = {}
        for vehicle in range(len(self.problem.shifts)):
            index, orders[vehicle] = self.model.Start(vehicle), []
            while not self.model.IsEnd(index := found.Value(self.model.NextVar(index))):
                orders[vehicle].append(self.manager.IndexToNode(index) - self.first)
        return orders


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
