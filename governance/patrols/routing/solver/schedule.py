"""When a team is where: the times of a route whose order is given, over its time or not."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from governance.patrols.routing.model.problem import (
    MINUTE_S,
    Bools,
    Ints,
    PatrolProblem,
    Route,
    Solution,
    objective_of,
    seconds_to_walk,
    walked_m,
)


class Clock(NamedTuple):
    """A route in seconds after midnight."""

    leaves: int
    begins: list[int]
    ends: int


def time_route(problem: PatrolProblem, shift: int, stops: Sequence[int] | Ints) -> Route:
    """Time the visits of one shift in the order given; whether they fit or not.

    The team is back as early as it can be, and leaves as late as it may for that, so that it waits
    as little as possible; never before the shift's ``from_minute``. A door that is not open yet is
    waited for. A route that lasts too long or comes late is timed all the same: ask
    `over_minutes` and `late_stops`.

    ``stops``: candidates in order; may be none, then nothing is walked and nothing lasts.
    """
    order = np.asarray(stops, dtype=np.int64)
    clock = run_clock(problem, shift, order)
    return Route(
        shift=shift,
        stops=order,
        arrive=np.array(clock.begins, dtype=np.int64) // MINUTE_S,
        ends=-(-clock.ends // MINUTE_S),
        metres=walked_m(problem, shift, order),
        minutes=-(-(clock.ends - clock.leaves) // MINUTE_S),
    )


def run_clock(problem: PatrolProblem, shift: int, stops: Ints) -> Clock:
    """Return when a team leaves, begins each visit and is done, in seconds."""
    begun = problem.shifts[shift].from_minute * MINUTE_S
    walks, lasts = _legs(problem, shift, stops)
    opens = problem.open_from[stops] * MINUTE_S
    shuts = last_begin_s(problem, stops)
    now, waited, delay = begun, 0, None
    begins = []
    for walk, visit, opening, shut in zip(walks, lasts, opens, shuts, strict=True):
        now += int(walk)
        waited += max(0, int(opening) - now)
        now = max(now, int(opening))
        room = waited + max(0, int(shut) - now)
        delay = room if delay is None else min(delay, room)
        begins.append(now)
        now += int(visit)
    later = min(waited, delay or 0)
    return Clock(begun + later, _set_off_later(begins, walks, lasts, begun + later), now)


def over_minutes(problem: PatrolProblem, route: Route) -> int:
    """Return by how many minutes a route is longer than its shift may be, or ends after it."""
    shift = problem.shifts[route.shift]
    if not len(route.stops):
        return 0
    return max(0, route.minutes - shift.minutes, route.ends - shift.until_minute)


def late_stops(problem: PatrolProblem, route: Route) -> Bools:
    """Say which visits of a route begin after the minute until which they may."""
    return route.arrive > problem.open_until[route.stops]


def fits(problem: PatrolProblem, route: Route) -> bool:
    """Say whether a route keeps to its shift's time and comes late nowhere."""
    return over_minutes(problem, route) == 0 and not late_stops(problem, route).any()


def assemble(
    problem: PatrolProblem, orders: Mapping[int, Sequence[int]], *, method: str
) -> Solution:
    """Return the solution in which each shift makes its visits in the order given.

    ``orders``: stops by index of the shift; shifts without stops are left out.
    """
    routes = tuple(time_route(problem, s, orders[s]) for s in sorted(orders) if len(orders[s]))
    visited = [stop for route in routes for stop in route.stops.tolist()]
    return Solution(
        routes=routes,
        left=np.setdiff1d(np.arange(problem.candidates), visited),
        objective=objective_of(problem, routes),
        method=method,
    )


def last_begin_s(problem: PatrolProblem, stops: Ints) -> Ints:
    """Return the last second at which visits may begin: within the minute ``open_until``."""
    return (problem.open_until[stops] + 1) * MINUTE_S - 1


def _legs(problem: PatrolProblem, shift: int, stops: Ints) -> tuple[Ints, Ints]:
    """Return the seconds to walk to each stop, and those that each visit lasts."""
    metres = np.append(
        problem.start_metres[shift, stops[:1]], problem.metres[stops[:-1], stops[1:]]
    )
    return seconds_to_walk(metres, problem.walk_m_a_minute), problem.minutes[stops] * MINUTE_S


def _set_off_later(begins: list[int], walks: Ints, lasts: Ints, leaves: int) -> list[int]:
    """Return the begins when the team leaves at that second: none earlier than it was."""
    now, later = leaves, []
    for begin, walk, visit in zip(begins, walks, lasts, strict=True):
        now = max(now + int(walk), begin)
        later.append(now)
        now += int(visit)
    return later
