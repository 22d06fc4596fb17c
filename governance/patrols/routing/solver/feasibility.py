"""Oracle of plans: every rule checked anew, visit by visit, without any shortcut."""

import math
from itertools import pairwise

from governance.patrols.routing.model.problem import (
    FREE,
    MINUTE_S,
    PatrolProblem,
    Route,
    Solution,
    objective_of,
)

CLOSE = 1e-6


def check_solution(problem: PatrolProblem, solution: Solution) -> list[str]:
    """Return every rule that a solution breaks, in English; none when it keeps them all.

    Nobody is visited twice; who is locked is visited, in that shift; nobody is visited where they
    cannot be; each route keeps to its shift's time and to the doors' hours, but for one whose
    stops a person locked, all of them: that one is over its time, visibly, and nothing was added.
    The figures given (begins, end, metres, minutes, objective, who is left) are worked out anew.
    """
    faults = [*_membership(problem, solution)]
    if faults:
        return faults
    for route in solution.routes:
        name = problem.shifts[route.shift].shift_id
        faults += [f"{name}: {fault}" for fault in _route_faults(problem, route)]
    objective = objective_of(problem, solution.routes)
    if not math.isclose(objective, solution.objective, rel_tol=CLOSE, abs_tol=CLOSE):
        faults.append(f"the objective is {objective}, not {solution.objective}")
    return faults


def _membership(problem: PatrolProblem, solution: Solution) -> list[str]:
    """Check who is visited where, and how often."""
    shifts = [route.shift for route in solution.routes]
    if shifts != sorted(set(shifts)) or not all(0 <= s < len(problem.shifts) for s in shifts):
        return [f"routes are not one per shift, by shift: {shifts}"]
    stops = [stop for route in solution.routes for stop in route.stops.tolist()]
    if not all(0 <= stop < problem.candidates for stop in stops):
        return ["a stop is no candidate"]
    faults = [f"candidate {stop} is visited twice" for stop in set(stops) if stops.count(stop) > 1]
    faults += [
        f"shift {r.shift} goes out without a stop" for r in solution.routes if not len(r.stops)
    ]
    if solution.left.tolist() != [c for c in range(problem.candidates) if c not in stops]:
        faults.append("those left are not those whom nobody visits")
    return faults + _misplaced(problem, solution)


def _misplaced(problem: PatrolProblem, solution: Solution) -> list[str]:
    """Check that stops are where they may be, and locked stops in their shift."""
    where = {stop: route.shift for route in solution.routes for stop in route.stops.tolist()}
    faults = []
    for stop in range(problem.candidates):
        fixed, shift = int(problem.locked[stop]), where.get(stop)
        if fixed != FREE:
            if shift != fixed:
                faults.append(f"candidate {stop} is locked to shift {fixed}, not to {shift}")
        elif shift is not None and math.isnan(problem.value[stop, shift]):
            faults.append(f"candidate {stop} cannot be visited in shift {shift}")
    return faults


def _route_faults(problem: PatrolProblem, route: Route) -> list[str]:
    shift, stops = problem.shifts[route.shift], route.stops.tolist()
    walks = [_walk_s(problem, route.shift, stops, at) for at in range(len(stops))]
    leaves, begins, ends = _times(problem, route.shift, stops, walks)
    minutes = math.ceil((ends - leaves) / MINUTE_S)
    faults = []
    if not (problem.locked[route.stops] == route.shift).all():
        if minutes > shift.minutes:
            faults.append(f"lasts {minutes} minutes of {shift.minutes}")
        if ends > shift.until_minute * MINUTE_S:
            faults.append(f"ends after {shift.until_minute}")
        faults += [
            f"comes to candidate {stop} after {problem.open_until[stop]}"
            for stop, begin in zip(stops, begins, strict=True)
            if begin // MINUTE_S > problem.open_until[stop]
        ]
    metres = float(problem.start_metres[route.shift, stops[0]])
    metres += sum(float(problem.metres[a, b]) for a, b in pairwise(stops))
    if not math.isclose(metres, route.metres, abs_tol=CLOSE):
        faults.append(f"walks {metres} m, not {route.metres}")
    if [begin // MINUTE_S for begin in begins] != route.arrive.tolist():
        faults.append(f"visits begin at {[b // MINUTE_S for b in begins]}, not {route.arrive}")
    if (math.ceil(ends / MINUTE_S), minutes) != (route.ends, route.minutes):
        faults.append(f"ends at {ends / MINUTE_S} after {minutes} minutes, not as said")
    return faults


def _walk_s(problem: PatrolProblem, shift: int, stops: list[int], at: int) -> int:
    """Return the seconds of the walk to a place in the order."""
    if at == 0:
        metres = float(problem.start_metres[shift, stops[0]])
    else:
        metres = float(problem.metres[stops[at - 1], stops[at]])
    return math.ceil(round(metres * MINUTE_S / problem.walk_m_a_minute, 6))


def _times(
    problem: PatrolProblem, shift: int, stops: list[int], walks: list[int]
) -> tuple[int, list[int], int]:
    """Return when a team leaves, begins and ends: back as early, gone as late as can be."""
    visits = [int(problem.minutes[stop]) * MINUTE_S for stop in stops]
    opens = [int(problem.open_from[stop]) * MINUTE_S for stop in stops]
    earliest = problem.shifts[shift].from_minute * MINUTE_S
    first, ends = _run(earliest, walks, visits, opens)
    latest = ends  # when the last visit may be done without any coming later than it must
    for stop, begin, walk, visit in reversed(list(zip(stops, first, walks, visits, strict=True))):
        shut = int(problem.open_until[stop]) * MINUTE_S + MINUTE_S - 1
        latest = min(latest - visit, max(begin, shut)) - walk
    leaves = max(earliest, latest)
    begins, ends = _run(leaves, walks, visits, opens)
    return leaves, begins, ends


def _run(
    leaves: int, walks: list[int], visits: list[int], opens: list[int]
) -> tuple[list[int], int]:
    """Walk, wait, visit; return the begins and the end."""
    now, begins = leaves, []
    for walk, visit, opening in zip(walks, visits, opens, strict=True):
        now = max(now + walk, opening)
        begins.append(now)
        now += visit
    return begins, now
