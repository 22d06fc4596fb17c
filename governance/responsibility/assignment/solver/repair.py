"""Mend territories: no building apart from the rest, loads inside the band, shorter ways."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from governance.responsibility.assignment.solver.adjacency import find_strays, pieces
from governance.responsibility.assignment.solver.problem import Bools, Floats, Ints, Prices

PASSES = 40
GAIN = 1e-9
"""A move must gain more than this share of the stray price, so that rounding never loops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairProblem:
    """What stays the same while territories are repaired."""

    links: csr_array
    """Neighbours, from `adjacency.link_neighbours`."""
    cost: Floats
    """Square metres plus the price of change per unit of load, shape (n, w); infinite where a pair
    cannot be.
    """
    load: Floats
    prices: Prices
    movable: Bools
    """Buildings that no person fixed."""

    def loads(self, warden: Ints) -> Floats:
        """Return the load of each warden."""
        counted = np.bincount(warden, self.load, minlength=self.cost.shape[1])
        return counted.astype(np.float64)

    def load_change(
        self, loads: Floats, weight: Floats | float, old: Ints | int, new: Ints | int
    ) -> Floats:
        """Return what moving weights from old wardens to new ones adds to the price of loads."""
        of_load = self.prices.of_load
        given = of_load(loads[old] - weight, old) - of_load(loads[old], old)
        return given + of_load(loads[new] + weight, new) - of_load(loads[new], new)

    def price(self, warden: Ints) -> float:
        """Return what an assignment costs in all: ways, changes, loads outside the band, strays."""
        ways = float((self.load * self.cost[np.arange(len(warden)), warden]).sum())
        stray = find_strays(self.links, warden, self.load, counts=self.movable)
        outside = float(self.prices.of_load(self.loads(warden)).sum())
        return ways + outside + self.prices.stray * float(self.load[stray].sum())


def repair(problem: RepairProblem, warden: Ints) -> Ints:
    """Return the assignment with strays joined to a neighbour and borders moved while it pays."""
    joined = [_join_strays(problem, warden, load_matters=matters) for matters in (True, False)]
    if (joined[0] == joined[1]).all():
        return _move_borders(problem, joined[0])
    return min((_move_borders(problem, each) for each in joined), key=problem.price)


def _join_strays(problem: RepairProblem, warden: Ints, *, load_matters: bool) -> Ints:
    """Give each piece that lies apart to the neighbour for whom it costs least, if that pays."""
    now = warden.copy()
    for _ in range(PASSES):
        stray = find_strays(problem.links, now, problem.load, counts=problem.movable)
        if not stray.any():
            break
        piece = pieces(problem.links, now)
        loads = problem.loads(now)
        moved = 0
        for label in np.unique(piece[stray]):
            members = np.flatnonzero((piece == label) & problem.movable)
            moved += _join_piece(problem, now, loads, members, load_matters=load_matters)
        if not moved:
            break
    return now


def _join_piece(
    problem: RepairProblem, now: Ints, loads: Floats, members: Ints, *, load_matters: bool
) -> int:
    """Move one piece in place; say how many buildings moved."""
    old = int(now[members[0]])
    around = np.unique(now[problem.links[members].indices])
    weight = problem.load[members]
    total = float(weight.sum())
    stays = float((weight * problem.cost[members, old]).sum()) + problem.prices.stray * total
    options = []
    for new in (int(w) for w in around if w != old):
        goes = float((weight * problem.cost[members, new]).sum())
        change = float(problem.load_change(loads, total, old, new))
        options.append((goes - stays + load_matters * change, new))
    gain, new = min(options, default=(0.0, old))
    if gain >= -GAIN * problem.prices.stray * total:
        return 0
    now[members] = new
    loads[[old, new]] += np.array([-total, total])
    return len(members)


def _move_borders(problem: RepairProblem, warden: Ints) -> Ints:
    """Move single buildings over borders while that lowers the price and tears nothing apart."""
    border = _Border(problem, warden)
    for _ in range(PASSES):
        if not border.improve():
            break
    return border.warden


class _Border:
    """The moving border: assignment, loads, and neighbours as plain lists for quick steps."""

    def __init__(self, problem: RepairProblem, warden: Ints) -> None:
        self.problem = problem
        self.warden = warden.copy()
        self.loads = problem.loads(warden)
        links = problem.links
        self.row = np.repeat(np.arange(len(warden)), np.diff(links.indptr))
        self.linked = links.indices
        ends, cuts = links.indices.tolist(), links.indptr.tolist()
        self.neighbours = [ends[a:b] for a, b in pairwise(cuts)]

    def improve(self) -> int:
        """Make one pass over the border; say how many buildings moved."""
        moved = 0
        for building, new in self._promising():
            if self._gain(building, new) < 0 and not self._tears(building):
                old = self.warden[building]
                weight = self.problem.load[building]
                self.warden[building] = new
                self.loads[old] -= weight
                self.loads[new] += weight
                moved += 1
        return moved

    def _promising(self) -> list[tuple[int, int]]:
        """List moves to a neighbour's warden that would pay by themselves, best first."""
        problem, warden = self.problem, self.warden
        open_ = (warden[self.row] != warden[self.linked]) & problem.movable[self.row]
        moves = np.unique(np.c_[self.row[open_], warden[self.linked[open_]]], axis=0)
        building, new = moves.T
        old = warden[building]
        weight = problem.load[building]
        way = weight * (problem.cost[building, new] - problem.cost[building, old])
        gain = way + problem.load_change(self.loads, weight, old, new)
        order = np.lexsort((new, building, gain / weight))
        order = order[gain[order] < -GAIN * problem.prices.stray * weight[order]]
        return [(int(b), int(w)) for b, w in moves[order]]

    def _gain(self, building: int, new: int) -> float:
        """Return what the move costs now (negative: it pays); infinite off the border."""
        old = int(self.warden[building])
        if old == new or not any(self.warden[b] == new for b in self.neighbours[building]):
            return np.inf
        problem = self.problem
        weight = float(problem.load[building])
        way = weight * float(problem.cost[building, new] - problem.cost[building, old])
        return way + float(problem.load_change(self.loads, weight, old, new))

    def _tears(self, building: int) -> bool:
        """Say whether the territory falls apart without the building."""
        old = self.warden[building]
        same_warden = [b for b in self.neighbours[building] if self.warden[b] == old]
        if len(same_warden) <= 1:
            return False
        ring = set(same_warden)
        # Among the neighbours first: cheap, and mostly enough.
        near = self._reaches(same_warden[0], ring, allowed=ring.__contains__)
        return not (near or self._reaches(same_warden[0], ring, without=building))

    def _reaches(
        self,
        start: int,
        goals: set[int],
        *,
        allowed: Callable[[int], bool] | None = None,
        without: int = -1,
    ) -> bool:
        """Say whether all goals are reached from one within its territory, or what is allowed."""
        seen, stack = {start, without}, [start]
        while stack and not goals <= seen:
            for other in self.neighbours[stack.pop()]:
                inside = allowed(other) if allowed else self.warden[other] == self.warden[start]
                if inside and other not in seen:
                    seen.add(other)
                    stack.append(other)
        return goals <= seen
