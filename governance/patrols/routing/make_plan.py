"""Make a plan: who can be on it, who goes where and when, in which order, and what is left out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import PatrolProblem
from governance.patrols.routing.privacy.add_decoys import cover_sensitive_stops, due_beside
from governance.patrols.routing.privacy.decoys import Orders
from governance.patrols.routing.privacy.shuffle_routes import shuffle_routes
from governance.patrols.routing.rebuild_plan import rebuild
from governance.patrols.routing.report.plan_report import report_plan
from governance.patrols.routing.selection.candidates import MUST_RANDOM
from governance.patrols.routing.selection.formulate import (
    Formulation,
    choose_pool,
    formulate,
    slot_chances,
)
from governance.patrols.routing.selection.planning_base import (
    PlanningBase,
    survey,
    teams_of,
    typical_team,
)
from governance.patrols.routing.selection.seeded_draw import solver_seed
from governance.patrols.routing.solver.search import solve
from governance.patrols.routing.solver.upper_bound import shifts_bound

__all__ = ["STAGES", "PlanInputs", "make_plan", "rebuild"]

Progress: TypeAlias = "Callable[[str, int, int], None]"
"""Told the stage, how much is done, of how much; may raise to stop."""
STAGES = CHOOSE, SOLVE, COMPANY, ONE_MORE = ("choose", "solve", "company", "one_more")
_ALL: Final = 100
_FIRST_SHARE: Final = 0.25
"""Of the time of the search, to find out which stops would be alone."""
_ONE_MORE_SHARE: Final = 0.5
"""Of the time of the search, for what one more team would add."""


def make_plan(inputs: PlanInputs, *, progress: Progress | None = None) -> Plan:
    """Make a plan, which nobody has kept or published yet.

    The same inputs with the same seed and ``iterations`` give the same plan, on every machine.

    Parameters
    ----------
    progress
        Told the stage (one of `STAGES`), how much is done, of how much; may raise to stop.
    """
    begun, tell = time.perf_counter(), progress or _tell_nobody
    made = find_routes(inputs, progress=tell)
    plan = report_plan(inputs, made.ground, made.posed, made.orders, alone=made.alone)
    bound = shifts_bound(made.posed.problem)
    more = None
    if inputs.options.one_more and made.ground.teams:
        tell(ONE_MORE, 0, _ALL)
        more = one_more_finds(inputs, made, tell)
    totals = replace(
        plan.totals,
        bound=round(bound, 4),
        bound_gap=bound_gap(made.posed.problem, made.orders, plan.totals.objective, bound),
        one_more_finds=more,
        seconds=round(time.perf_counter() - begun, 2),
    )
    return replace(plan, totals=totals)


class Made(NamedTuple):
    """Routes with company in an order that nobody can tell, and what they stand on.

    ``alone``: sensitive buildings without company. ``searched``: finds that were expected before
    company was added. ``beside``: what is due and company at once.
    """

    ground: PlanningBase
    posed: Formulation
    orders: Orders
    alone: list[str]
    searched: float
    beside: frozenset[str]


def find_routes(inputs: PlanInputs, *, progress: Progress) -> Made:
    """Choose who can be on the plan, search for routes, add decoys, shuffle their order.

    A short search first shows which stops would be alone; what is due beside them is then taken
    before what is due elsewhere, and the search begins anew.
    """
    progress(CHOOSE, 0, _ALL)
    ground = survey(inputs, teams := teams_of(inputs))
    posed = _posed(inputs, ground)
    progress(SOLVE, 0, _ALL)
    orders = _search(inputs, posed, progress, part=(0.0, _FIRST_SHARE))
    if beside := due_beside(inputs, ground, posed, orders):
        ground = survey(inputs, teams, beside=beside)
        posed = _posed(inputs, ground)
    orders = _search(inputs, posed, progress, part=(_FIRST_SHARE, 1.0))
    progress(COMPANY, 0, _ALL)
    searched = expected_finds(inputs, ground, posed, orders)
    covered = cover_sensitive_stops(inputs, ground, posed, orders)
    problem, slots = covered.posed.problem, _equal_slots(ground)
    varied = shuffle_routes(problem, covered.orders, slots=slots, seed=inputs.seed)
    return Made(covered.ground, covered.posed, varied, covered.alone, searched, beside)


def one_more_finds(inputs: PlanInputs, made: Made, progress: Progress) -> float:
    """Return the finds that one more typical team would be expected to add; 0 or more.

    Searched anew with that team, for half the time; company is added to neither.
    """
    teams = (*made.ground.teams, typical_team(made.ground.teams))
    more = survey(inputs, teams, beside=made.beside)
    posed = _posed(inputs, more)
    orders = _search(inputs, posed, progress, stage=ONE_MORE, part=(0.0, _ONE_MORE_SHARE))
    return round(max(0.0, expected_finds(inputs, more, posed, orders) - made.searched), 4)


def bound_gap(
    problem: PatrolProblem, orders: Orders, objective: float, bound: float
) -> float | None:
    """Return by which share a plan is worth less than what no plan can exceed.

    (bound - objective) / (bound - Σ must of appointments and of the random arm, as far as they are
    kept), at most 1; None where nobody goes out. Those musts are in both sums and many times all
    finds: left in, every plan would look perfect.
    """
    stops = np.array([stop for order in orders.values() for stop in order], dtype=np.int64)
    musts = problem.must[stops]
    sure = float(musts[musts >= MUST_RANDOM].sum())
    if not len(stops) or bound <= sure:
        return None
    return round(min(1.0, max(0.0, (bound - objective) / (bound - sure))), 4)


def expected_finds(
    inputs: PlanInputs, ground: PlanningBase, posed: Formulation, orders: Orders
) -> float:
    """Return Σ chance of a find at the time of the visit."""
    chance = ground.candidates.rows["find_chance"].to_numpy(float)[posed.members]
    by_slot = slot_chances(chance, ground.worths, inputs.usual_worth)
    return float(sum(by_slot[order, shift].sum() for shift, order in orders.items()))


def _posed(inputs: PlanInputs, ground: PlanningBase) -> Formulation:
    members = choose_pool(inputs, ground.candidates, ground.shifts, ground.worths)
    return formulate(inputs, ground.candidates, members, ground.shifts, ground.worths)


def _search(
    inputs: PlanInputs, posed: Formulation, progress: Progress, *, part: tuple[float, float],
    stage: str = SOLVE,
) -> Orders:  # fmt: skip
    """Search for a part of the time asked for; return the stops of each shift, in order."""
    problem, iterations = posed.problem, inputs.iterations
    if not problem.candidates or not problem.shifts:
        return {}
    asked, share = inputs.options.seconds, part[1] - part[0]
    seconds = inputs.rules.solve_seconds if asked is None else asked
    seconds = math.inf if iterations is not None else seconds * share

    def told(done: float) -> bool:
        progress(stage, round((part[0] + share * min(1.0, done)) / part[1] * _ALL), _ALL)
        return True

    solution = solve(
        problem,
        seconds=seconds,
        seed=solver_seed(inputs.seed),
        iterations=None if iterations is None else max(1, round(iterations * share)),
        progress=told,
    )
    return {route.shift: route.stops.tolist() for route in solution.routes}


def _equal_slots(ground: PlanningBase) -> list[tuple[str, float]]:
    return list(zip(ground.slot_kinds, np.asarray(ground.worths).tolist(), strict=True))


def _tell_nobody(stage: str, done: int, total: int) -> None:
    """Keep it to oneself."""
