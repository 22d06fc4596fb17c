"""Streets small enough to try every plan, and the best plan by trying every one."""

from datetime import date
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
from hypothesis import settings

from governance.patrols.routing.model.problem import FREE, PatrolProblem, Shift
from governance.patrols.routing.solver.feasibility import check_solution
from governance.patrols.routing.solver.schedule import assemble, fits, time_route

MONDAY = date(2026, 11, 30)
# Time is judged in benchmarks, not here, where other work may slow an example down.
few = settings(max_examples=25)


def shift(number: int = 0, **facts: Any) -> Shift:
    """Return an afternoon of one team that starts where it likes."""
    plain: dict[str, Any] = {
        "shift_id": f"T{number}/{MONDAY}/day",
        "team_id": f"T{number}",
        "day": MONDAY,
        "part": "day",
        "from_minute": 14 * 60,
        "until_minute": 17 * 60,
        "minutes": 120,
        "lon": None,
        "lat": None,
        "joint": False,
    }
    return Shift(**(plain | facts))


def street(x_m: list[float], *, shifts: tuple[Shift, ...] = (), **facts: Any) -> PatrolProblem:
    """Return candidates along one road, worth 1 each, ten minutes' visit, open all day.

    Walking is 60 m a minute, so a metre is a second; teams that have a start start at 0 m.
    """
    shifts = shifts or (shift(),)
    place = np.array(x_m, dtype=float)
    n = len(place)
    starts = np.array([one.lon is not None for one in shifts])
    plain: dict[str, Any] = {
        "shifts": shifts,
        "lon": 120.0 + place / 96_000.0,
        "lat": np.full(n, 30.0),
        "minutes": np.full(n, 10, dtype=np.int64),
        "value": np.ones((n, len(shifts))),
        "must": np.zeros(n),
        "open_from": np.zeros(n, dtype=np.int64),
        "open_until": np.full(n, 24 * 60 - 1, dtype=np.int64),
        "locked": np.full(n, FREE, dtype=np.int64),
        "metres": np.abs(place[:, None] - place),
        "start_metres": np.where(starts[:, None], np.abs(place), 0.0),
        "walk_m_a_minute": 60.0,
        "km_worth": 0.0,
    }
    given = {name: _as_array(one) for name, one in facts.items()}
    return PatrolProblem(**(plain | given))


def drawn_street(
    seed: int, *, candidates: int, shifts: int, locked: float = 0.0, hours: bool = True
) -> PatrolProblem:
    """Draw a street with hours, shifts of different worth, uneven ways, some stops fixed."""
    rng = np.random.default_rng(seed)
    place, posts = rng.uniform(0, 1500, (candidates, 2)), rng.uniform(0, 1500, (shifts, 2))
    teams = tuple(_drawn_shift(rng, number) for number in range(shifts))
    value = rng.lognormal(-2, 1, (candidates, 1)) * rng.choice([1.0, 0.6], shifts)
    value[rng.random(value.shape) < 0.15] = np.nan
    opens = np.where(rng.random(candidates) < 0.4, 14 * 60 + rng.integers(0, 90, candidates), 0)
    shuts = np.where(rng.random(candidates) < 0.4, opens + rng.integers(0, 120, candidates), 1439)
    fixed = np.where(rng.random(candidates) < locked, rng.integers(0, shifts, candidates), FREE)
    gaps = np.linalg.norm(place[:, None] - place, axis=2) * rng.uniform(1, 1.4, (candidates, 1))
    np.fill_diagonal(gaps, 0.0)
    starts = np.array([one.lon is not None for one in teams])
    first = np.linalg.norm(posts[:, None] - place, axis=2)
    return street(
        [0.0] * candidates,
        shifts=teams,
        minutes=rng.integers(3, 25, candidates),
        value=value,
        must=np.where(rng.random(candidates) < 0.2, 1.0, 0.0),
        open_from=opens if hours else np.zeros(candidates, dtype=np.int64),
        open_until=np.maximum(opens, shuts) if hours else np.full(candidates, 1439),
        locked=fixed,
        metres=gaps,
        start_metres=np.where(starts[:, None], first, 0.0),
        walk_m_a_minute=70.0,
        km_worth=float(rng.choice([0.0, 0.02, 0.5])),
    )


def best_by_trying(problem: PatrolProblem) -> float:
    """Return the objective of the best plan that keeps every rule; nothing may be locked."""
    options = [_routes(problem, s) for s in range(len(problem.shifts))]
    return max(
        sum(worth for _, worth in chosen)
        for chosen in product(*(one.items() for one in options))
        if _disjoint([stops for stops, _ in chosen])
    )


def assert_kept(problem: PatrolProblem, solution: Any) -> None:
    """Every rule is kept."""
    assert check_solution(problem, solution) == []


def _drawn_shift(rng: np.random.Generator, number: int) -> Shift:
    place = {"lon": 120.0, "lat": 30.0} if rng.random() < 0.5 else {}
    begin = 14 * 60 + int(rng.integers(0, 30))
    return shift(number, from_minute=begin, minutes=int(rng.integers(25, 80)), **place)


def _routes(problem: PatrolProblem, number: int) -> dict[frozenset[int], float]:
    """Return what each set of stops is worth in one shift, in its best order."""
    possible = np.flatnonzero(~np.isnan(problem.worth[:, number])).tolist()
    found: dict[frozenset[int], float] = {frozenset(): 0.0}
    for count in range(1, len(possible) + 1):
        for stops in combinations(possible, count):
            worths = [
                assemble(problem, {number: list(order)}, method="tried").objective
                for order in permutations(stops)
                if fits(problem, time_route(problem, number, list(order)))
            ]
            if worths:
                found[frozenset(stops)] = max(worths)
    return found


def _disjoint(sets: list[frozenset[int]]) -> bool:
    return len(frozenset().union(*sets)) == sum(len(one) for one in sets)


def _as_array(fact: Any) -> Any:
    if isinstance(fact, list):
        return np.array(fact)
    if isinstance(fact, np.ndarray) and fact.dtype.kind == "i":
        return fact.astype(np.int64)
    return fact
