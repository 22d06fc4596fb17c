"""Nobody can tell when a team comes: rounds are turned round and change days, by a seed."""

from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np

from governance.patrols.routing.model.problem import FREE, Orders, PatrolProblem, Shift
from governance.patrols.routing.selection.seeded_draw import chances
from governance.patrols.routing.solver.schedule import fits, time_route

HEADS: Final = 0.5
MOST_LONGER: Final = 1.1
"""A round turned round may be so many times as long (from a start, that can differ)."""


def shuffle_routes(
    problem: PatrolProblem, orders: Orders, *, slots: Sequence[Hashable], seed: str
) -> Orders:
    """Exchange whole rounds among equal shifts and turn some round, as the seed says.

    Shifts are equal if they have the same hours, officers, start and kind of time; what a round is
    worth stays. A round goes only where all its stops can be: hours, appointments and locks hold.

    ``orders``: stops of each shift, in order.
    """
    return _turned(problem, _exchanged(problem, orders, slots=slots, seed=seed), seed=seed)


def _exchanged(
    problem: PatrolProblem, orders: Orders, *, slots: Sequence[Hashable], seed: str
) -> Orders:
    """Shuffle rounds within each group of equal shifts (Fisher and Yates), where both fit."""
    shifts = problem.shifts
    groups: dict[Hashable, list[int]] = {}
    for number, shift in enumerate(shifts):
        groups.setdefault((_likeness(shift), slots[number]), []).append(number)
    moved = {number: list(orders.get(number, ())) for number in range(len(shifts))}
    draws = chances((shift.shift_id for shift in shifts), use="exchange", seed=seed)
    for group in groups.values():
        for at in range(len(group) - 1, 0, -1):
            first, second = group[at], group[int(draws[group[at]] * (at + 1))]
            one, other = moved[first], moved[second]
            if first != second and _can(problem, second, one) and _can(problem, first, other):
                moved[first], moved[second] = other, one
    return moved


def _turned(problem: PatrolProblem, orders: Orders, *, seed: str) -> Orders:
    draws = chances((shift.shift_id for shift in problem.shifts), use="turn", seed=seed)
    turned = {}
    for shift, order in orders.items():
        onward, back = (time_route(problem, shift, each) for each in (order, order[::-1]))
        as_good = fits(problem, back) and back.metres <= onward.metres * MOST_LONGER
        turned[shift] = order[::-1] if as_good and draws[shift] < HEADS else order
    return turned


def _can(problem: PatrolProblem, shift: int, order: list[int]) -> bool:
    stops = np.asarray(order, dtype=np.int64)
    if (problem.locked[stops] != FREE).any() or np.isnan(problem.value[stops, shift]).any():
        return False
    return fits(problem, time_route(problem, shift, stops))


def _likeness(shift: Shift) -> Hashable:
    return (shift.part, shift.from_minute, shift.until_minute, shift.minutes, shift.joint,
            shift.lon, shift.lat)  # fmt: skip
