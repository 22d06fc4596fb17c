"""What no plan can exceed: fractional knapsacks of visits with their shortest walk, hours ignored.

Every visit takes its own minutes and a walk that is at least as long as the one from the nearest
other candidate, or from the nearest start of a shift that may go there. With that price on each
visit, order and hours no longer matter: what is left are knapsacks of minutes, one per kind of
shift, that may take a part of a visit.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from governance.patrols.routing.model.problem import FREE, MINUTE_S, Floats, Ints, PatrolProblem


class Price(NamedTuple):
    """The least that candidates cost, each shape (n,)."""

    seconds: Ints
    walk_m: Floats


def shifts_bound(problem: PatrolProblem) -> float:
    """Return the fractional knapsacks' worth, with a sack for each kind of shift.

    Shifts in which every candidate is worth the same share a sack. A linear programme (HiGHS)
    divides each visit among the sacks. Where a shift has no start, its first visit needs no walk:
    the longest of the shortest walks is given back for it. Locked visits count whatever they cost.

    Returns ``bound``: in the objective's unit (finds); at least that of every solution that keeps
    the rules.
    """
    price = least_price(problem)
    gain = problem.worth - problem.km_worth * price.walk_m[:, None] / 1000.0
    room, given_back = capacity_s(problem, price)
    fixed = problem.locked != FREE
    locked_worth = float(gain[fixed, problem.locked[fixed]].sum())
    gain = np.where(np.isnan(gain) | fixed[:, None], -1.0, gain)
    kinds, kind = np.unique(gain, axis=1, return_inverse=True)
    capacity = np.bincount(kind, room, kinds.shape[1])
    who, sack = np.nonzero(kinds > 0)
    if not len(who):
        return locked_worth + given_back
    at = np.arange(len(who))
    once = csr_array((np.ones(len(who)), (who, at)), shape=(problem.candidates, len(who)))
    minutes = price.seconds[who] / MINUTE_S
    filled = csr_array((minutes, (sack, at)), shape=(len(capacity), len(who)))
    limits = np.concatenate([np.ones(problem.candidates), capacity / MINUTE_S])
    rows = LinearConstraint(vstack([once, filled]), ub=limits)
    packed = milp(-kinds[who, sack], constraints=rows)
    if packed.fun is None:  # nobody must be visited, so there is always an answer
        raise RuntimeError(packed.message)
    return locked_worth + given_back - float(packed.fun)


def least_price(problem: PatrolProblem) -> Price:
    """Return the least seconds (walk and visit) and the least metres that each visit costs.

    The walk is the shortest from any other candidate or from the start of a shift that has one and
    may go there.
    """
    walk, metres = problem.walk_s.astype(np.float64), problem.metres.copy()
    np.fill_diagonal(walk, np.inf)
    np.fill_diagonal(metres, np.inf)
    has_start = np.array([shift.lon is not None for shift in problem.shifts], dtype=bool)
    allowed = ~np.isnan(problem.worth.T) & has_start[:, None]
    first_s = np.where(allowed, problem.start_walk_s, np.inf).min(axis=0, initial=np.inf)
    first_m = np.where(allowed, problem.start_metres, np.inf).min(axis=0, initial=np.inf)
    least_s = np.minimum(walk.min(axis=0, initial=np.inf), first_s)
    least_m = np.minimum(metres.min(axis=0, initial=np.inf), first_m)
    isolated = ~np.isfinite(least_s)
    least_s[isolated], least_m[isolated] = 0.0, 0.0
    return Price(least_s.astype(np.int64) + problem.minutes * MINUTE_S, least_m)


def capacity_s(problem: PatrolProblem, price: Price) -> tuple[Ints, float]:
    """Return the seconds that each shift has for visits nobody locked, and the worth given back.

    A shift without a start walks to its first stop for nothing. So it has as many more seconds as
    the longest of the least walks takes, and its objective gains as many metres.
    """
    hours = np.array([shift.minutes for shift in problem.shifts], dtype=np.int64) * MINUTE_S
    anywhere = np.array([shift.lon is None for shift in problem.shifts], dtype=bool)
    walks_s = price.seconds - problem.minutes * MINUTE_S
    hours[anywhere] += walks_s.max(initial=0)
    fixed = np.flatnonzero(problem.locked != FREE)
    taken = np.bincount(problem.locked[fixed], price.seconds[fixed], len(hours)).astype(np.int64)
    back_m = float(price.walk_m.max(initial=0.0)) * int(anywhere.sum())
    return np.maximum(hours - taken, 0), problem.km_worth * back_m / 1000.0
