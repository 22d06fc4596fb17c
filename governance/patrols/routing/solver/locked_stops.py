"""Stops that a person locked to a shift, in the order that violates its hours least."""

from collections.abc import Iterable, Iterator

import numpy as np

from governance.patrols.routing.model.problem import FREE, MINUTE_S, Orders, PatrolProblem, walked_m
from governance.patrols.routing.solver.schedule import last_begin_s, run_clock

LEAST_GAIN_M = 1e-6


def locked_orders(problem: PatrolProblem) -> Orders:
    """Return by shift the stops locked to it, in a good order; shifts without any are left out."""
    shifts = np.unique(problem.locked[problem.locked != FREE])
    return {
        int(shift): sequence_locked(problem, int(shift), np.flatnonzero(problem.locked == shift))
        for shift in shifts
    }


def overfull_shifts(problem: PatrolProblem, orders: Orders) -> set[int]:
    """Return the shifts whose locked stops alone are too much, in the order given."""
    return {shift for shift, order in orders.items() if violation_s(problem, shift, order) > 0}


def sequence_locked(problem: PatrolProblem, shift: int, stops: Iterable[int]) -> list[int]:
    """Return stops in an order that breaks the shift's and the doors' hours least, then is short.

    Each is inserted where that is cheapest; then single stops are moved and stretches turned round
    while that helps.
    """
    order: list[int] = []
    for stop in stops:
        tries = [[*order[:at], int(stop), *order[at:]] for at in range(len(order), -1, -1)]
        order = min(tries, key=lambda one: _price(problem, shift, one))
    price = _price(problem, shift, order)
    while True:
        better = min(_changes(order), key=lambda one: _price(problem, shift, one), default=order)
        new = _price(problem, shift, better)
        if new[0] > price[0] or (new[0] == price[0] and new[1] > price[1] - LEAST_GAIN_M):
            return order
        order, price = better, new


def violation_s(problem: PatrolProblem, shift: int, order: list[int]) -> int:
    """Return the seconds by which a route is too long, ends too late and comes late to doors."""
    stops = np.asarray(order, dtype=np.int64)
    clock, hours = run_clock(problem, shift, stops), problem.shifts[shift]
    late = np.asarray(clock.begins, dtype=np.int64) - last_begin_s(problem, stops)
    return (
        max(0, clock.ends - clock.leaves - hours.minutes * MINUTE_S)
        + max(0, clock.ends - hours.until_minute * MINUTE_S)
        + int(np.maximum(late, 0).sum())
    )


def _price(problem: PatrolProblem, shift: int, order: list[int]) -> tuple[int, float]:
    """Return what is broken, and the metres."""
    stops = np.asarray(order, dtype=np.int64)
    return violation_s(problem, shift, order), walked_m(problem, shift, stops)


def _changes(order: list[int]) -> Iterator[list[int]]:
    """Give every order that moving one stop or turning one stretch round leads to."""
    for at in range(len(order)):
        rest = order[:at] + order[at + 1 :]
        for to in range(len(order)):
            if to != at:
                yield [*rest[:to], order[at], *rest[to:]]
    for first in range(len(order)):
        for last in range(first + 2, len(order)):
            yield order[:first] + order[first : last + 1][::-1] + order[last + 1 :]
