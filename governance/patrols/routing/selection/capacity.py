"""How many stops a plan's shifts have time for, of which chance and the floor have their shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import Floats, Shift
from governance.patrols.routing.selection.candidates import Candidates
from governance.patrols.routing.selection.formulate import choose_pool, formulate
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily

ROUNDS = 2
"""So often the stops are counted: the shares follow from the count, and the count from them."""


def choose_within_capacity(
    inputs: PlanInputs,
    choose: Callable[[int | None], Candidates],
    shifts: Sequence[Shift],
    worths: Floats,
) -> Candidates:
    """Choose candidates with the shares of as many stops as a plain plan of them makes.

    What chance sends one to lies anywhere, and the walk there costs other stops: only a plan knows
    how many.

    Parameters
    ----------
    choose
        Chooses candidates, given how many stops there is time for; None where nobody knows yet.
    worths
        What a visit is worth by shift, shape (s,).
    """
    candidates = choose(None)
    for _ in range(ROUNDS):
        candidates = choose(count_stops(inputs, candidates, shifts, worths))
    return candidates


def count_stops(
    inputs: PlanInputs, candidates: Candidates, shifts: Sequence[Shift], worths: Floats
) -> int:
    """Return how many stops the shifts have time for: those of the greedy plan of candidates.

    Where the candidates are few, the time they leave is room for others that take as long.
    """
    members, look = choose_pool(inputs, candidates, shifts, worths), inputs.rules.minutes.look
    time = [shift.minutes for shift in shifts]
    if not len(members) or not time:
        return sum(time) // look
    problem = formulate(inputs, candidates, members, shifts, worths).problem
    routes = solve_greedily(problem).routes
    stops, busy = sum(len(route.stops) for route in routes), sum(route.minutes for route in routes)
    for route in routes:
        time[route.shift] -= route.minutes
    each = busy / stops if stops else look
    return stops + sum(int(left // each) for left in time)
