"""Whom the teams could visit, when and what for: pure arrays; a plan's rules, checked plainly.

Time is reckoned in whole seconds, so that short walks are not rounded up to minutes; what people
read is minutes: a visit's begin is cut, an end is rounded up.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Orders: TypeAlias = dict[int, list[int]]
"""Candidates that each shift visits, in order, by the index of the shift."""

FREE = -1
"""In ``locked``: no person fixed the stop to a shift."""
MINUTE_S = 60
DAY_MINUTES = 24 * 60
_PER_CANDIDATE = ("lon", "lat", "minutes", "must", "open_from", "open_until", "locked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One team on one day, by day or in the evening.

    ``team_id``, ``day``: who, and when; every shift has its own clock, from midnight of its own
    day.
    ``from_minute``, ``until_minute``: minutes after midnight in which the team is out: leaves, and
    has done the last visit.
    ``lon``, ``lat``: where it starts, WGS-84; None: at its first stop. It ends at its last stop in
    any case.
    """

    shift_id: str
    """Such as ``T1/2026-12-01/day``."""
    team_id: str
    day: date
    part: str
    """``day`` or ``evening``."""
    from_minute: int
    until_minute: int
    minutes: int
    """Most minutes from leaving to the last visit's end, at most ``until_minute - from_minute``."""
    lon: float | None
    lat: float | None
    joint: bool
    """With officers: may go where law needs them."""

    def __post_init__(self) -> None:
        """Refuse a shift without time."""
        if not 0 <= self.from_minute < self.until_minute <= DAY_MINUTES:
            msg = f"shift {self.shift_id} lasts from {self.from_minute} until {self.until_minute}"
            raise ValueError(msg)
        if not 0 < self.minutes <= self.until_minute - self.from_minute:
            msg = f"shift {self.shift_id} cannot be on patrol for {self.minutes} minutes"
            raise ValueError(msg)
        if (self.lon is None) != (self.lat is None):
            msg = f"shift {self.shift_id} starts at half a place: {self.lon}, {self.lat}"
            raise ValueError(msg)


@dataclass(frozen=True, kw_only=True)
class PatrolProblem:
    """Candidates to visit at most once each, and the shifts that could.

    ``lon``, ``lat``: where each of n candidates is, WGS-84, finite, shape (n,).
    ``open_from``, ``open_until``: minutes after midnight between which a visit may begin, shape
    (n,).
    """

    shifts: tuple[Shift, ...]
    """The s shifts."""
    lon: Floats
    lat: Floats
    minutes: Ints
    """How long a visit takes, positive, shape (n,)."""
    value: Floats
    """What a visit in that shift is worth (finds, ≥ 0), shape (n, s); NaN: not in that shift."""
    must: Floats
    """Added worth of being visited at all (floor, retry, random arm), ≥ 0, shape (n,)."""
    open_from: Ints
    open_until: Ints
    locked: Ints
    """Index of the shift that a person fixed it to, `FREE` (-1) elsewhere, shape (n,). A fixed pair
    holds even where ``value`` is NaN (it is then worth 0) and against time.
    """
    metres: Floats
    """Walking metres from row to column, shape (n, n); need not be symmetric, 0 on the diagonal."""
    start_metres: Floats
    """Walking metres from a shift's start, shape (s, n); 0 where it has none."""
    walk_m_a_minute: float
    """How fast a team walks; positive."""
    km_worth: float
    """Finds that a kilometre of walking must bring; ≥ 0."""

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit and numbers that mean nothing; all are named at once."""
        faults = [*_wrong_shapes(self)] or [*_wrong_numbers(self)]
        if faults:
            msg = "; ".join(faults)
            raise ValueError(msg)

    @property
    def candidates(self) -> int:
        """How many candidates there are (n)."""
        return len(self.minutes)

    @cached_property
    def worth(self) -> Floats:
        """What a visit in a shift adds, ``value + must``; NaN where it cannot be; shape (n, s).

        A locked candidate can be in its own shift only, and there it can.
        """
        worth = self.value + self.must[:, None]
        fixed = np.flatnonzero(self.locked != FREE)
        shift = self.locked[fixed]
        locked_worth = np.nan_to_num(self.value[fixed, shift], nan=0.0) + self.must[fixed]
        worth[fixed] = np.nan
        worth[fixed, shift] = locked_worth
        return worth

    @cached_property
    def walk_s(self) -> Ints:
        """Whole seconds to walk from row to column, rounded up, shape (n, n)."""
        return seconds_to_walk(self.metres, self.walk_m_a_minute)

    @cached_property
    def start_walk_s(self) -> Ints:
        """Whole seconds to walk from a shift's start, rounded up, shape (s, n)."""
        return seconds_to_walk(self.start_metres, self.walk_m_a_minute)


@dataclass(frozen=True, slots=True)
class Route:
    """One shift's visits in order, as `schedule.time_route` times them."""

    shift: int
    stops: Ints
    """Candidates in the order of visiting."""
    arrive: Ints
    """Minutes after midnight at which each visit begins (after waiting, if the door opens later).
    """
    ends: int
    """Minute after midnight at which the last visit is done."""
    metres: float
    """Walked, from the start to the last stop."""
    minutes: int
    """From leaving to the last visit's end."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Routes of the shifts that go out, at most one each, by shift."""

    routes: tuple[Route, ...]
    """Only of shifts with a stop."""
    left: Ints
    """Candidates that nobody visits, ascending."""
    objective: float
    """Worth of all visits less what walking must bring, see `objective_of`."""
    method: str
    """``pyvrp`` or ``greedy:worth``."""


def seconds_to_walk(metres: Floats, walk_m_a_minute: float) -> Ints:
    """Return whole seconds, rounded up; what is a whole number but for its last bits stays."""
    seconds = metres * (MINUTE_S / walk_m_a_minute)
    return np.ceil(np.round(seconds, 6)).astype(np.int64)


def objective_of(problem: PatrolProblem, routes: tuple[Route, ...]) -> float:
    """Return Σ (value of the shift + must) − km_worth · km; NaN if a visit cannot be there."""
    worth = problem.worth
    total = 0.0
    for route in routes:
        total += float(worth[route.stops, route.shift].sum())
        total -= problem.km_worth * walked_m(problem, route.shift, route.stops) / 1000.0
    return total


def walked_m(problem: PatrolProblem, shift: int, stops: Ints) -> float:
    """Return the metres from a shift's start over its stops."""
    if not len(stops):
        return 0.0
    first = float(problem.start_metres[shift, stops[0]])
    return first + float(problem.metres[stops[:-1], stops[1:]].sum())


def _wrong_shapes(problem: PatrolProblem) -> list[str]:
    n, s = len(problem.minutes), len(problem.shifts)
    wanted: dict[str, tuple[int, ...]] = dict.fromkeys(_PER_CANDIDATE, (n,))
    wanted |= {"value": (n, s), "metres": (n, n), "start_metres": (s, n)}
    return [
        f"{name} has shape {getattr(problem, name).shape}, not {shape}"
        for name, shape in wanted.items()
        if getattr(problem, name).shape != shape
    ]


def _wrong_numbers(problem: PatrolProblem) -> list[str]:
    placed = np.isfinite(problem.lon) & np.isfinite(problem.lat)
    known = ~np.isnan(problem.value)
    walks = (problem.metres, problem.start_metres)
    rules = {
        "every candidate needs coordinates": placed.all(),
        "a visit takes at least a minute": (problem.minutes > 0).all(),
        "a value is finite and not negative": _amount(problem.value[known]),
        "must is finite and not negative": _amount(problem.must),
        "a door opens before it shuts": (problem.open_from <= problem.open_until).all(),
        "a stop is locked to a shift that is there": (
            (problem.locked >= FREE) & (problem.locked < len(problem.shifts))
        ).all(),
        "metres are finite and not negative": all(_amount(walk) for walk in walks),
        "no way leads from a place to itself": not np.diag(problem.metres).any(),
        "a team walks": np.isfinite(problem.walk_m_a_minute) and problem.walk_m_a_minute > 0,
        "km_worth is not negative": np.isfinite(problem.km_worth) and problem.km_worth >= 0,
    }
    return [rule for rule, holds in rules.items() if not holds]


def _amount(numbers: Floats) -> bool:
    return bool((np.isfinite(numbers) & (numbers >= 0)).all())
