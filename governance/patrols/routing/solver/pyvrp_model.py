"""The patrol problem in PyVRP's words: whole numbers, a distance matrix per kind of shift.

PyVRP lowers Σ distance + Σ prizes of those left out. A client's prize is its worth in its best
shift. What it is worth less in another shift is added to every way that leads to it in that
shift's distance matrix, beside what the walk must bring; where it cannot be, more than any prize
is put upon it. So the sum it lowers is the worth of all candidates less our objective. Times are
whole seconds in the duration matrix, which all kinds of shifts share.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from governance.patrols.routing.model.problem import FREE, MINUTE_S, Floats, Ints, PatrolProblem
from governance.patrols.routing.solver.schedule import last_begin_s

UNITS: Final = 100_000.0
"""PyVRP's units of cost per find: a metre of walking is worth 2 at `km_worth` 0.02."""
MOST_UNITS: Final = 10_000_000_000
"""What the greatest prize may be, so that sums and penalties stay within 64 bits."""
FORBIDDEN: Final = 4
"""How many times the greatest prize a visit costs in a shift where it cannot be."""
END: Final = 0
"""Place at no distance from anywhere, where every route ends, and starts if it has no start."""


@dataclass(frozen=True, slots=True)
class Model:
    """PyVRP's data, and what its clients and vehicles are."""

    data: Any
    """`pyvrp.ProblemData`."""
    stops: Ints
    """Candidate of each client."""
    shifts: Ints
    """Shift of each vehicle type."""
    units: float
    """Units of cost per find."""


def build_model(problem: PatrolProblem, *, stops: Ints, shifts: Ints) -> Model:
    """Return PyVRP's data for some candidates and shifts; PyVRP must be installed.

    ``stops``: candidates to offer, each possible in one of the shifts at least; locked ones become
    required.
    ``shifts``: shifts that can take visits.
    """
    import pyvrp

    worth = problem.worth[np.ix_(stops, shifts)]
    best = np.nanmax(worth, axis=1)
    units = min(UNITS, MOST_UNITS / max(float(best.max()), 1.0))
    prize = np.rint(best * units).astype(np.int64)
    losses, profile = _losses(worth, units)
    starts = _starts(problem, shifts)
    metres, seconds = _legs(problem, stops, shifts, starts)
    walking = np.rint(metres * (problem.km_worth * units / 1000.0)).astype(np.int64)
    places = len(metres)
    first = places - len(stops)
    distances: list[Any] = [_with_losses(walking, loss) for loss in losses.T]
    durations: list[Any] = [seconds] * len(distances)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(places)],
        clients=_clients(problem, stops, prize, first),
        depots=[pyvrp.Depot(place) for place in range(first)],
        vehicle_types=_vehicles(problem, shifts, starts, profile),
        distance_matrices=distances,
        duration_matrices=durations,
    )
    return Model(data, stops, shifts, units)


def _losses(worth: Floats, units: float) -> tuple[Ints, Ints]:
    """Return what each kind of shift loses against a candidate's best, and each shift's kind."""
    best = np.nanmax(worth, axis=1)
    never = FORBIDDEN * max(1, int(np.rint(best.max() * units)))
    lost = np.rint((best[:, None] - worth) * units)
    whole = np.where(np.isnan(lost), never, lost).astype(np.int64)
    kinds, kind = np.unique(whole, axis=1, return_inverse=True)
    return kinds, kind.astype(np.int64)


def _starts(problem: PatrolProblem, shifts: Ints) -> Ints:
    """Return each shift's depot: `END` without a start, else one per distinct place, from 1."""
    known: dict[tuple[float | None, float | None, bytes], int] = {}
    depots = []
    for shift in shifts.tolist():
        hours = problem.shifts[shift]
        if hours.lon is None:
            depots.append(END)
            continue
        place = (hours.lon, hours.lat, problem.start_metres[shift].tobytes())
        depots.append(known.setdefault(place, len(known) + 1))
    return np.array(depots, dtype=np.int64)


def _legs(problem: PatrolProblem, stops: Ints, shifts: Ints, starts: Ints) -> tuple[Floats, Ints]:
    """Return metres and seconds between all places: the end, the starts, the candidates."""
    first = 1 + int(starts.max(initial=0))
    metres = np.zeros((first + len(stops), first + len(stops)))
    seconds = np.zeros(metres.shape, dtype=np.int64)
    metres[first:, first:] = problem.metres[np.ix_(stops, stops)]
    seconds[first:, first:] = problem.walk_s[np.ix_(stops, stops)]
    start_walk_s = problem.start_walk_s
    for shift, depot in zip(shifts, starts, strict=True):
        if depot != END:
            metres[depot, first:] = problem.start_metres[shift, stops]
            seconds[depot, first:] = start_walk_s[shift, stops]
    return metres, seconds


def _with_losses(walking: Ints, loss: Ints) -> Ints:
    """Put a kind's loss upon every way to a candidate."""
    ways = walking.copy()
    ways[:, len(ways) - len(loss) :] += loss
    np.fill_diagonal(ways, 0)
    return ways


def _clients(problem: PatrolProblem, stops: Ints, prize: Ints, first: int) -> list[Any]:
    import pyvrp

    shuts = last_begin_s(problem, stops)
    return [
        pyvrp.Client(
            location=first + at,
            service_duration=int(problem.minutes[stop]) * MINUTE_S,
            tw_early=int(problem.open_from[stop]) * MINUTE_S,
            tw_late=int(shuts[at]),
            prize=int(prize[at]),
            required=bool(problem.locked[stop] != FREE),
        )
        for at, stop in enumerate(stops.tolist())
    ]


def _vehicles(problem: PatrolProblem, shifts: Ints, starts: Ints, profile: Ints) -> list[Any]:
    import pyvrp

    return [
        pyvrp.VehicleType(
            num_available=1,
            start_depot=int(depot),
            end_depot=END,
            tw_early=problem.shifts[shift].from_minute * MINUTE_S,
            tw_late=problem.shifts[shift].until_minute * MINUTE_S,
            shift_duration=problem.shifts[shift].minutes * MINUTE_S,
            profile=int(kind),
        )
        for shift, depot, kind in zip(shifts.tolist(), starts, profile, strict=True)
    ]
