"""A plan by greedy insertion: most worth per added minute first.

The start of the search, the fallback where the solver is missing, and what it has to beat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from governance.patrols.routing.model.problem import (
    FREE,
    MINUTE_S,
    Bools,
    Floats,
    Ints,
    Orders,
    PatrolProblem,
    Solution,
)
from governance.patrols.routing.solver.locked_stops import locked_orders, overfull_shifts
from governance.patrols.routing.solver.schedule import assemble, fits, last_begin_s, time_route

NEVER: Final = np.iinfo(np.int64).max // 4
"""Seconds that an insertion adds which is not possible."""


def solve_greedily(problem: PatrolProblem) -> Solution:
    """Insert what is locked, then always the visit that brings most per added minute.

    A minute of walking or visiting; each visit where that is cheapest, and none that breaks a rule.
    """
    table = Insertions(problem)
    fill_by_worth(table)
    return assemble(problem, table.orders, method="greedy:worth")


@dataclass(slots=True)
class Legs:
    """Seconds between a route's neighbours, for one candidate put between each two of them."""

    inbound: Ints
    onward: Ints
    skipped: Ints


class Insertions:
    """What it costs to put each candidate into each shift where that is cheapest.

    ``orders``: stops of each shift so far.
    ``added_s``: seconds of walking and visiting that a candidate adds, shape (s, n); `NEVER` where
    it does not fit.
    ``gain``: what it is worth there less its walking, shape (s, n).
    """

    def __init__(self, problem: PatrolProblem, orders: Orders | None = None) -> None:
        """Begin with the locked stops, or with routes that hold them and fit."""
        self.problem = problem
        fixed = locked_orders(problem)
        begun = fixed if orders is None else orders
        self.orders = {s: list(begun.get(s, ())) for s in range(len(problem.shifts))}
        self.closed = overfull_shifts(problem, fixed)
        self.walk, self.start_walk = problem.walk_s, problem.start_walk_s
        self.visit = problem.minutes * MINUTE_S
        everybody = np.arange(problem.candidates)
        self.opens, self.shuts = problem.open_from * MINUTE_S, last_begin_s(problem, everybody)
        self.worth: Floats = problem.worth.T.copy()
        self.free: Bools = problem.locked == FREE
        for order in self.orders.values():
            self.free[order] = False
        shape = (len(problem.shifts), problem.candidates)
        self.added_s: Ints = np.full(shape, NEVER)
        self.gain: Floats = np.full(shape, -np.inf)
        self._at: Ints = np.zeros(shape, dtype=np.int64)
        for shift in self.orders:
            self._refresh(shift)

    def insert(self, shift: int, stop: int) -> bool:
        """Put a candidate where it is cheapest; False, and never again, if it does not fit."""
        order, at = self.orders[shift], int(self._at[shift, stop])
        tried = [*order[:at], stop, *order[at:]]
        if not fits(self.problem, time_route(self.problem, shift, tried)):
            self.added_s[shift, stop], self.gain[shift, stop] = NEVER, -np.inf
            return False
        self.orders[shift], self.free[stop] = tried, False
        self._refresh(shift)
        self.added_s[:, stop], self.gain[:, stop] = NEVER, -np.inf
        return True

    def _refresh(self, shift: int) -> None:
        """Work out anew what a shift's insertions cost, over all its places at once."""
        if shift in self.closed:
            return
        order = self.orders[shift]
        legs = self._legs(shift, order)
        added = legs.inbound + legs.onward - legs.skipped[:, None] + self.visit
        added = np.where(self._possible(shift, order, legs, added), added, NEVER)
        at = added.argmin(axis=0)
        everybody = np.arange(self.problem.candidates)
        self._at[shift], self.added_s[shift] = at, added[at, everybody]
        km_per_s = self.problem.walk_m_a_minute / MINUTE_S / 1000.0
        walked_km = (self.added_s[shift] - self.visit) * km_per_s
        gain = self.worth[shift] - self.problem.km_worth * walked_km
        self.gain[shift] = np.where(self.added_s[shift] < NEVER, gain, -np.inf)

    def _legs(self, shift: int, order: Sequence[int]) -> Legs:
        """Return the seconds to a candidate from each place of a route, onward, and without it."""
        nothing = np.zeros((1, self.problem.candidates), dtype=np.int64)
        skipped = np.zeros(len(order) + 1, dtype=np.int64)
        if order:
            skipped[0] = self.start_walk[shift, order[0]]
            skipped[1:-1] = self.walk[order[:-1], order[1:]]
        return Legs(
            inbound=np.vstack([self.start_walk[shift][None, :], self.walk[order]]),
            onward=np.vstack([self.walk[:, order].T, nothing]),
            skipped=skipped,
        )

    def _possible(self, shift: int, order: list[int], legs: Legs, added: Ints) -> Bools:
        """Return where insertions fit the hours, shape (places, n); not yet the length."""
        hours, stops = self.problem.shifts[shift], np.asarray(order, dtype=np.int64)
        latest = self._latest(shift, order, legs)
        first = np.asarray(self._earliest(shift, order, legs), dtype=np.int64)
        begin = np.maximum(first[:, None] + legs.inbound, self.opens)
        fit = (begin <= self.shuts) & (begin + self.visit + legs.onward <= latest[:, None])
        busy = int(legs.skipped.sum() + self.visit[stops].sum())
        fit &= busy + added <= hours.minutes * MINUTE_S
        allowed: Bools = fit & self.free & ~np.isnan(self.worth[shift])
        return allowed

    def _earliest(self, shift: int, order: list[int], legs: Legs) -> list[int]:
        """Return when a team can leave each place of its route, its start first."""
        leaves = [self.problem.shifts[shift].from_minute * MINUTE_S]
        for stop, walk in zip(order, legs.skipped, strict=False):
            begin = max(leaves[-1] + int(walk), int(self.opens[stop]))
            leaves.append(begin + int(self.visit[stop]))
        return leaves

    def _latest(self, shift: int, order: list[int], legs: Legs) -> Ints:
        """Return when a team must be at each stop of its route, and done, last."""
        needed = [self.problem.shifts[shift].until_minute * MINUTE_S]
        onward = legs.skipped[1:]
        for stop, walk in zip(reversed(order), reversed(onward), strict=True):
            leave = needed[-1] - int(walk)
            needed.append(min(leave - int(self.visit[stop]), int(self.shuts[stop])))
        return np.array(needed[::-1], dtype=np.int64)


def fill_by_worth(table: Insertions) -> None:
    """Insert what brings most per added second, until nothing fits that brings anything."""
    while table.gain.size:
        rate = np.where(table.gain > 0, table.gain / table.added_s, -np.inf)
        shift, stop = (int(one) for one in np.unravel_index(int(rate.argmax()), rate.shape))
        if not np.isfinite(rate[shift, stop]):
            return
        table.insert(shift, stop)
