"""A day that has begun: what was visited is behind a team, and nothing is reached before now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

import numpy as np
import pandas as pd

from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.problem import (
    DAY_MINUTES,
    FREE,
    MINUTE_S,
    Bools,
    Orders,
    PatrolProblem,
    seconds_to_walk,
    walked_m,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunDay:
    """How far teams are when a plan is changed.

    ``now``: local time.
    ``visited_at``: the last visit, local, by building; of those alone that count as visited.
    """

    now: datetime
    visited_at: pd.Series

    @classmethod
    def of(cls, plan: Plan, last_at: pd.Series, *, now: datetime) -> Self:
        """Return how far the teams of a plan are; ``last_at`` as `visited_stops` takes it."""
        return cls(now=now, visited_at=last_at[last_at.index.isin(visited_stops(plan, last_at))])

    @property
    def minute(self) -> int:
        """Return the first whole minute of the day that is not over."""
        return -(-(self.now.hour * 3600 + self.now.minute * 60 + self.now.second) // 60)

    def done_first(self, orders: Orders, buildings: Sequence[str]) -> tuple[Orders, Orders]:
        """Return of each shift what was visited, in the order of the visits, and what is open.

        ``buildings``: of each stop.
        """
        at = self.visited_at.to_dict()
        done = {
            shift: sorted((s for s in order if buildings[s] in at), key=lambda s: at[buildings[s]])
            for shift, order in orders.items()
        }
        rest = {
            shift: [stop for stop in order if buildings[stop] not in at]
            for shift, order in orders.items()
        }
        return done, rest

    def is_over(self, problem: PatrolProblem) -> Bools:
        """Say of each shift whether nobody can set off in it any more."""
        today, minute = self.now.date(), self.minute
        return np.array(
            [s.day < today or (s.day == today and s.until_minute <= minute)
             for s in problem.shifts], dtype=bool,
        )  # fmt: skip

    def rest_of(self, problem: PatrolProblem, done: Orders) -> PatrolProblem:
        """Return a problem whose shifts of today begin now, where their teams are.

        ``done``: of each shift what was visited, which no shift visits again.
        """
        shifts, start, value = list(problem.shifts), problem.start_metres.copy(), problem.value
        value, locked, over = value.copy(), problem.locked.copy(), self.is_over(problem)
        for number, shift in enumerate(problem.shifts):
            stops = done.get(number, [])
            value[stops], locked[stops] = np.nan, FREE
            if shift.day != self.now.date() or over[number]:
                continue
            begin = max(shift.from_minute, self.minute)
            spent = int(problem.minutes[stops].sum()) + _walked_minutes(problem, number, stops)
            left = min(shift.minutes - spent, shift.until_minute - begin)
            over[number] = left <= 0
            if stops:
                start[number] = problem.metres[stops[-1]]
            shifts[number] = replace(shift, from_minute=begin, minutes=max(left, 1))
        value[:, over] = np.nan
        return replace(
            problem, shifts=tuple(shifts), start_metres=start, value=value, locked=locked
        )

    def timed(
        self, problem: PatrolProblem, orders: Orders, buildings: Sequence[str], among: Bools
    ) -> PatrolProblem:
        """Return a problem in which some shifts of today reach what is open from now on alone.

        ``among``: which shifts; each has first in its order what was visited.
        """
        done, rest = self.done_first(orders, buildings)
        opens, shuts = problem.open_from.copy(), problem.open_until.copy()
        for number in np.flatnonzero(among & ~self.is_over(problem)).tolist():
            if problem.shifts[number].day != self.now.date() or not rest.get(number):
                continue
            first, before = rest[number][0], done[number]
            shuts[before] = DAY_MINUTES - 1
            to_first = problem.metres[before[-1]] if before else problem.start_metres[number]
            walk = seconds_to_walk(to_first[[first]], problem.walk_m_a_minute)
            begin = min(self.minute + -(-int(walk[0]) // MINUTE_S), DAY_MINUTES - 1)
            opens[first] = max(opens[first], begin)
            shuts[first] = max(shuts[first], opens[first])
        return replace(problem, open_from=opens, open_until=shuts)

    def with_visits(self, plan: Plan, shift_ids: Collection[str]) -> Plan:
        """Return a plan that tells of what was visited in some shifts of today when that was."""
        stops, today = plan.stops, pd.Timestamp(self.now.date())
        at = self.visited_at.reindex(stops["building_id"]).reset_index(drop=True)
        of_today = plan.shifts.loc[plan.shifts["day"] == today, "shift_id"]
        changed = stops["shift_id"].isin({*of_today} & {*shift_ids})
        known = at.notna() & changed & (at.dt.normalize() == today)
        minutes = (at.dt.hour * 60 + at.dt.minute).where(known, stops["arrive"])
        return replace(plan, stops=stops.assign(arrive=minutes.astype(stops["arrive"].dtype)))


def visited_stops(plan: Plan, last_at: pd.Series) -> set[str]:
    """Return the buildings of a plan where somebody was on the day of their stop or later.

    ``last_at``: the last visit, local, by building; a building without is not visited.
    """
    stops = plan.stops.merge(plan.shifts[["shift_id", "day"]], on="shift_id")
    visited = last_at.reindex(stops["building_id"]).to_numpy() >= stops["day"].to_numpy()
    return {*stops.loc[visited, "building_id"]}


def _walked_minutes(problem: PatrolProblem, shift: int, stops: Sequence[int]) -> int:
    metres = walked_m(problem, shift, np.asarray(stops, dtype=np.int64))
    return int(np.ceil(metres / problem.walk_m_a_minute))
