"""Make a plan: PyVRP's search from a greedy start, every rule checked before it is given back."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any, Final, TypeAlias

import numpy as np

from governance.patrols.routing.model.problem import (
    FREE,
    MINUTE_S,
    Bools,
    Ints,
    Orders,
    PatrolProblem,
    Solution,
)
from governance.patrols.routing.solver.displacement import displace_for_musts
from governance.patrols.routing.solver.feasibility import check_solution
from governance.patrols.routing.solver.insertion_heuristic import (
    Insertions,
    fill_by_worth,
    solve_greedily,
)
from governance.patrols.routing.solver.locked_stops import locked_orders, overfull_shifts
from governance.patrols.routing.solver.pyvrp_model import Model, build_model
from governance.patrols.routing.solver.schedule import assemble
from governance.patrols.routing.solver.upper_bound import least_price

# How PyVRP searches; found on made-up streets (`benchmarks/patrols/patrol_plan.py`).
NEIGHBOURS: Final = 20
"""Neighbours per candidate whose insertion is tried."""
PERTURBATIONS: Final = 8
"""Most random changes per iteration."""
HISTORY: Final = 300
"""Length of late acceptance's memory."""
OFFERED: Final = (2.3, 5.0)
"""Candidates offered to a kind of shift, by worth per minute, as a multiple of those that could
fill its hours; the rest is only inserted at the end. Locked ones are always offered. One search
after the other, each for its part of the time, from the best so far: few find quickly what
matters, many find the rest."""
DEAR: Final = 5.0
"""Penalty of a second too long at the start, as a multiple of what a second is worth on average;
the search then finds its own."""
ASK_S = 0.1
"""Seconds between two questions whether to go on."""
Progress: TypeAlias = Callable[[float], bool]
"""Told the fraction done, in [0, 1], some times a second; False ends the search."""


def solve(
    problem: PatrolProblem,
    *,
    seconds: float,
    seed: int,
    iterations: int | None = None,
    progress: Progress | None = None,
) -> Solution:
    """Return a good plan that keeps every rule.

    The search ends after ``seconds`` or ``iterations``, whichever is first. Stopped by iterations,
    the same problem and seed give the same plan; stopped by time, they need not, since a busy
    machine gets less far. Where PyVRP is not installed the plan is the greedy one (`method` says
    so). Shifts whose locked stops alone are too much make those visits, in an order that breaks
    as little as possible, and get nothing more; `over_minutes` and `late_stops` show it.

    ``seconds``: of wall time, until the search ends; 0 gives the greedy plan, infinity needs
    ``iterations``.
    ``seed``: of the search; any whole number.
    ``progress``: when it ends the search, the plan is what is found by then.

    Raises `ValueError`: neither seconds nor iterations end the search.
    """
    if math.isinf(seconds) and iterations is None:
        msg = "a search without iterations needs seconds"
        raise ValueError(msg)
    begun = time.perf_counter()
    best = _with_sure(problem, solve_greedily(problem))
    if find_spec("pyvrp") is not None:
        left = seconds - (time.perf_counter() - begun)
        for stop, offered in _stops(left, iterations, progress):
            if not stop(0):
                orders = _search_on(problem, best, stop, seed, offered=offered)
                searched = _checked(problem, assemble(problem, orders, method="pyvrp"))
                best = max(searched, best, key=lambda one: one.objective)
        best = _with_sure(problem, best)
    return best


def _with_sure(problem: PatrolProblem, solution: Solution) -> Solution:
    """Return a solution with room made for what is sure, if that is worth more."""
    displaced = assemble(
        problem, displace_for_musts(problem, _orders(solution)), method=solution.method
    )
    return _checked(problem, max(solution, displaced, key=lambda one: one.objective))


def _stops(
    seconds: float, iterations: int | None, progress: Progress | None
) -> Iterator[tuple[Stop, float]]:
    """Give each search its part of the time, until nobody wants to wait any longer."""
    parts = len(OFFERED)
    for number, offered in enumerate(OFFERED):

        def tell(done: float, before: int = number) -> bool:
            return progress is None or progress((before + done) / parts)

        part_iterations = None if iterations is None else (iterations + parts - 1 - number) // parts
        stop = Stop(seconds=seconds / parts, iterations=part_iterations, progress=tell)
        yield stop, offered
        if stop.refused:
            return


class Stop:
    """Ends PyVRP's search by time, by iterations, or when nobody wants to wait any longer."""

    def __init__(self, *, seconds: float, iterations: int | None, progress: Progress) -> None:
        """Start the clock."""
        self.begun = self.reported = time.perf_counter()
        self.seconds, self.most, self.progress = seconds, iterations, progress
        self.done, self.refused = 0, False

    def __call__(self, best_cost: int) -> bool:  # noqa: ARG002 -- PyVRP says what is best so far
        """Say whether to stop; PyVRP asks once per iteration."""
        now = time.perf_counter()
        part = (now - self.begun) / self.seconds if self.seconds > 0 else 1.0
        if self.most is not None:
            part = max(part, self.done / self.most if self.most else 1.0)
        self.done += 1
        if part >= 1.0:
            return True
        if now - self.reported < ASK_S:
            return False
        self.reported = now
        self.refused = not self.progress(part)
        return self.refused


def promising(problem: PatrolProblem, shifts: Ints, *, offered: float) -> Bools:
    """Say who is worth offering to the search: per kind of shift, those that bring most per minute.

    ``offered``: how many times the hours of a kind of shift those chosen for it would fill.
    """
    seconds = least_price(problem).seconds
    worths = np.nan_to_num(problem.worth[:, shifts], nan=0.0)
    kinds, kind = np.unique(worths, axis=1, return_inverse=True)
    hours = np.array([problem.shifts[s].minutes for s in shifts.tolist()]) * MINUTE_S
    chosen = np.zeros(problem.candidates, dtype=bool)
    for column, worth in enumerate(kinds.T):
        rate = np.where(worth > 0, worth, np.nan) / seconds
        order = np.argsort(-rate, kind="stable")[: np.isfinite(rate).sum()]
        room = offered * hours[kind == column].sum()
        chosen[order[np.cumsum(seconds[order]) - seconds[order] < room]] = True
    return chosen


def _search_on(
    problem: PatrolProblem, start: Solution, stop: Stop, seed: int, *, offered: float
) -> Orders:
    """Search from a plan; return the best routes found, filled up with whoever still fits."""
    orders = _orders(start)
    closed = overfull_shifts(problem, locked_orders(problem))
    shifts = np.setdiff1d(np.arange(len(problem.shifts)), list(closed))
    possible = ~np.isnan(problem.worth[:, shifts]).all(axis=1)
    chosen = promising(problem, shifts, offered=offered)
    for shift in shifts.tolist():
        chosen[orders.get(shift, [])] = True
    stops = np.flatnonzero(possible & (chosen | (problem.locked != FREE)))
    if len(stops):
        model = build_model(problem, stops=stops, shifts=shifts)
        fixed = {shift: order for shift, order in orders.items() if shift in closed}
        orders = fixed | _run(model, orders, stop, seed)
    table = Insertions(problem, orders)
    fill_by_worth(table)
    return table.orders


def _run(model: Model, orders: Orders, stop: Stop, seed: int) -> Orders:
    """Run PyVRP's iterated local search; return its best routes by shift."""
    import pyvrp
    from pyvrp import IteratedLocalSearchParams as Params
    from pyvrp import search as local
    from pyvrp.exceptions import PenaltyBoundWarning

    data = model.data
    rng = pyvrp.RandomNumberGenerator(seed=seed % 2**32)
    near = local.compute_neighbours(data, local.NeighbourhoodParams(num_neighbours=NEIGHBOURS))
    changes = local.PerturbationManager(local.PerturbationParams(1, PERTURBATIONS))
    moves = local.LocalSearch(data, rng, near, changes)
    for move in local.OPERATORS:
        if move.supports(data):
            moves.add_operator(move(data))
    begin = _to_pyvrp(model, orders)
    penalties = pyvrp.PenaltyManager(([], _dear(begin) * DEAR, 1.0))
    params = Params(history_length=HISTORY)
    algorithm = pyvrp.IteratedLocalSearch(data, penalties, moves, begin, params)
    with warnings.catch_warnings():  # few plans it tries keep the hours; the best one does
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        best = algorithm.run(stop, collect_stats=False).best
    return {
        int(model.shifts[route.vehicle_type()]): [
            int(model.stops[step.idx]) for step in route if step.is_client()
        ]
        for route in best.routes()
    }


def _to_pyvrp(model: Model, orders: Orders) -> Any:  # noqa: ANN401 -- PyVRP's
    import pyvrp

    client = {int(stop): at for at, stop in enumerate(model.stops)}
    routes = [
        pyvrp.Route(model.data, [client[stop] for stop in orders[int(shift)]], vehicle)
        for vehicle, shift in enumerate(model.shifts)
        if orders.get(int(shift))
    ]
    return pyvrp.Solution(model.data, routes)


def _dear(begin: Any) -> float:  # noqa: ANN401 -- PyVRP's solution
    """Return what a second on patrol brings on average, in units of cost; at least one."""
    per_second: float = begin.prizes() / max(1, begin.duration())
    return max(1.0, per_second)


def _orders(solution: Solution) -> Orders:
    return {route.shift: route.stops.tolist() for route in solution.routes}


def _checked(problem: PatrolProblem, solution: Solution) -> Solution:
    """Return a solution that keeps every rule; anything else is our mistake, and loud."""
    if faults := check_solution(problem, solution):
        msg = f"{solution.method} broke rules: {'; '.join(faults)}"
        raise RuntimeError(msg)
    return solution
