"""Make a plan: who can be on it, who goes where and when, in which order, and what is left out."""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import Orders, PatrolProblem
from governance.patrols.routing.privacy.add_decoys import cover_sensitive_stops, due_companions
from governance.patrols.routing.privacy.shuffle_routes import shuffle_routes
from governance.patrols.routing.report.plan_report import report_plan
from governance.patrols.routing.selection.candidates import MUST
from governance.patrols.routing.selection.formulate import Formulation, PlanningBase, formulate_pool
from governance.patrols.routing.selection.planning_base import (
    make_planning_base,
    teams_of,
    typical_team,
)
from governance.patrols.routing.selection.seeded_draw import solver_seed
from governance.patrols.routing.solver.search import solve
from governance.patrols.routing.solver.upper_bound import shifts_bound

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told the stage, how much is done, of how much; may raise to stop."""
STAGES = CHOOSE, SOLVE, COMPANY, LIKELY, ONE_MORE = (
    "choose", "solve", "company", "likely", "one_more",
)  # fmt: skip
_ALL: Final = 100
_FIRST_SHARE: Final = 0.25
"""Of the time of the search, to find out which stops would be alone."""
_FURTHER_SHARE: Final = 0.5
"""Of the time of the search, for each further plan that this one is compared with."""


def make_plan(inputs: PlanInputs, *, progress: Progress | None = None) -> Plan:
    """Make a plan, which nobody has kept or published yet.

    The same inputs with the same seed and ``iterations`` give the same plan, on every machine.

    ``progress``: told the stage (one of `STAGES`), how much is done, of how much; may raise to
    stop.
    """
    begun, tell = time.perf_counter(), progress or (lambda *_: None)
    routes = find_routes(inputs, progress=tell)
    problem = routes.formulation.problem
    plan = report_plan(routes.formulation, routes.orders, alone=routes.alone)
    bound = shifts_bound(problem)
    more = likely = None
    if inputs.options.floor_cost and plan.teams:
        tell(LIKELY, 0, _ALL)
        likely = max(likely_finds(routes, tell), plan.totals.expected_finds)
    if inputs.options.one_more and plan.teams:
        tell(ONE_MORE, 0, _ALL)
        more = one_more_finds(routes, tell)
    totals = replace(
        plan.totals,
        bound=round(bound, 4),
        bound_gap=bound_gap(problem, routes.orders, plan.totals.objective, bound),
        one_more_finds=more,
        likely_finds=likely,
        seconds=round(time.perf_counter() - begun, 2),
    )
    return replace(plan, totals=totals)


class FoundRoutes(NamedTuple):
    """Routes with company in an order that nobody can tell, and the problem they are of.

    ``alone``: sensitive buildings without company. ``searched``: finds that were expected before
    company was added. ``companions``: what is due and company at once.
    """

    formulation: Formulation
    orders: Orders
    alone: list[str]
    searched: float
    companions: frozenset[str]


def find_routes(inputs: PlanInputs, *, progress: Progress) -> FoundRoutes:
    """Choose who can be on the plan, search for routes, add decoys, shuffle their order.

    A short search first shows which stops would be alone; what is due beside them is then taken
    before what is due elsewhere, and the search begins anew.
    """
    progress(CHOOSE, 0, _ALL)
    base = make_planning_base(inputs, teams := teams_of(inputs))
    formulation = formulate_pool(base)
    progress(SOLVE, 0, _ALL)
    orders = _search(formulation, progress, part=(0.0, _FIRST_SHARE))
    if companions := due_companions(formulation, orders):
        formulation = formulate_pool(make_planning_base(inputs, teams, companions=companions))
    orders = _search(formulation, progress, part=(_FIRST_SHARE, 1.0))
    progress(COMPANY, 0, _ALL)
    searched = expected_finds(formulation, orders)
    covered = cover_sensitive_stops(formulation, orders)
    equal = list(base.slots[["slot_kind", "worth"]].itertuples(index=False, name=None))
    shuffled = shuffle_routes(
        covered.formulation.problem, covered.orders, slots=equal, seed=inputs.seed
    )
    return FoundRoutes(covered.formulation, shuffled, covered.alone, searched, companions)


def one_more_finds(routes: FoundRoutes, progress: Progress) -> float:
    """Return the finds that one more typical team would be expected to add; 0 or more.

    Searched anew with that team, for half the time; company is added to neither.
    """
    base = routes.formulation.base
    teams = (*base.teams, typical_team(base.teams))
    more = make_planning_base(base.inputs, teams, companions=routes.companions)
    return round(max(0.0, _searched_finds(more, progress, stage=ONE_MORE) - routes.searched), 4)


def likely_finds(routes: FoundRoutes, progress: Progress) -> float:
    """Return the finds expected of the same teams without the floor's share and without company.

    Searched anew, for half the time; appointments and what chance draws stay.
    """
    base = routes.formulation.base
    options = replace(base.inputs.options, floor_share=0.0)
    without_floor = make_planning_base(replace(base.inputs, options=options), base.teams)
    return round(_searched_finds(without_floor, progress, stage=LIKELY), 4)


def _searched_finds(base: PlanningBase, progress: Progress, *, stage: str) -> float:
    """Return the finds expected of routes searched for a further plan, without company."""
    formulation = formulate_pool(base)
    orders = _search(formulation, progress, stage=stage, part=(0.0, _FURTHER_SHARE))
    return expected_finds(formulation, orders)


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
    sure = float(musts[musts >= MUST].sum())
    if not len(stops) or bound <= sure:
        return None
    return round(min(1.0, max(0.0, (bound - objective) / (bound - sure))), 4)


def expected_finds(formulation: Formulation, orders: Orders) -> float:
    """Return Σ chance of a find at the time of the visit."""
    by_slot = formulation.base.slot_chances(formulation.rows["find_chance"].to_numpy(float))
    return float(sum(by_slot[order, shift].sum() for shift, order in orders.items()))


def _search(
    formulation: Formulation, progress: Progress, *, part: tuple[float, float], stage: str = SOLVE
) -> Orders:
    """Search for a part of the time asked for; return the stops of each shift, in order."""
    if formulation.is_idle:
        return {}
    inputs, share = formulation.base.inputs, part[1] - part[0]
    options, seconds = inputs.options, math.inf
    if options.iterations is None:
        usual = inputs.rules.solve_seconds
        seconds = share * (usual if options.seconds is None else options.seconds)

    def tell(done: float) -> bool:
        progress(stage, round((part[0] + share * min(1.0, done)) / part[1] * _ALL), _ALL)
        return True

    solution = solve(
        formulation.problem,
        seconds=seconds,
        seed=solver_seed(inputs.seed),
        iterations=options.iterations and max(1, round(options.iterations * share)),
        progress=tell,
    )
    return {route.shift: route.stops.tolist() for route in solution.routes}
