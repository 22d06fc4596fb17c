"""The ways of deciding a week's visits that are compared; all have the same shifts and minutes."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints
from simulation.patrols.dispatch import LIST
from simulation.patrols.office import Office
from simulation.patrols.scores import Scorer

PATIENCE = 25
"""So many buildings in a row that fit nowhere, and the week is full."""


@dataclass(kw_only=True)
class Routes:
    """Visits of a week in the making: each building goes where it costs the least walking."""

    office: Office
    shifts: int
    stops: list[list[int]] = field(default_factory=list)
    used: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with empty shifts."""
        self.stops = [[] for _ in range(self.shifts)]
        self.used = [0.0] * self.shifts

    def insert(self, building: int) -> bool:
        """Put a building into the shift and place of least added time; False if none has time."""
        scene = self.office.scene
        best, where = np.inf, (-1, -1)
        for shift, stops in enumerate(self.stops):
            added, place = self._cheapest(building, stops)
            added = added / scene.walk_m_a_minute + scene.minutes
            if self.used[shift] + added <= scene.shift_minutes and added < best:
                best, where = added, (shift, place)
        if where[0] < 0:
            return False
        self.stops[where[0]].insert(where[1], building)
        self.used[where[0]] += best
        return True

    def _cheapest(self, building: int, stops: list[int]) -> tuple[float, int]:
        """Return the least added metres and the place at which they arise."""
        here = self.office.start_metres[building]
        if not stops:
            return float(here), 0
        to = self.office.metres[building, stops]
        legs = np.append(
            self.office.start_metres[stops[0]], self.office.metres[stops[:-1], stops[1:]]
        )
        added = np.append(np.append(here, to[:-1]) + to - legs, to[-1])
        place = int(np.argmin(added))
        return float(added[place]), place

    def append(self, shift: int, building: int) -> bool:
        """Put a building at the end of a shift; False if it has no time for it."""
        scene, stops = self.office.scene, self.stops[shift]
        walk = self.office.metres[stops[-1], building] if stops else None
        walk = self.office.start_metres[building] if walk is None else walk
        added = float(walk) / scene.walk_m_a_minute + scene.minutes
        if self.used[shift] + added > scene.shift_minutes:
            return False
        stops.append(building)
        self.used[shift] += added
        return True

    def frame(self, chance: Floats | None = None) -> pd.DataFrame:
        """Return the visits as a policy hands them in."""
        rows = [
            (shift, place, building)
            for shift, stops in enumerate(self.stops)
            for place, building in enumerate(stops)
        ]
        frame = pd.DataFrame(rows, columns=["shift", "place", "building"], dtype=np.int64)
        chances = np.full(len(frame), np.nan) if chance is None else chance[frame["building"]]
        return frame.assign(arm=LIST, minutes=self.office.scene.minutes, chance=chances)


def fill(office: Office, day: int, order: Ints, chance: Floats | None = None) -> pd.DataFrame:
    """Visit buildings in an order of preference, as many as the week's shifts have time for."""
    routes, refused = Routes(office=office, shifts=len(office.shifts(day))), 0
    for building in order:
        refused = 0 if routes.insert(int(building)) else refused + 1
        if refused >= PATIENCE:
            break
    return routes.frame(chance)


@dataclass(kw_only=True)
class AtRandom:
    """Every building is as likely as every other."""

    name: str = "random"

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Draw buildings until the week is full."""
        rng = np.random.default_rng([office.draws, day, 5])
        return fill(office, day, rng.permutation(len(office.buildings)))


@dataclass(kw_only=True)
class RoundRobin:
    """One building after another, grid by grid, for ever."""

    name: str = "round-robin"
    at: int = 0

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Go on where last week ended."""
        count = len(office.buildings)
        routes = Routes(office=office, shifts=len(office.shifts(day)))
        for shift in range(routes.shifts):
            while routes.append(shift, self.at % count):
                self.at += 1
        return routes.frame()


@dataclass(kw_only=True)
class NearestFirst:
    """Always the nearest building that was not seen for a while, from the office on."""

    name: str = "nearest-first"
    rest_days: int = 90

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Walk from one to the next nearest until the shift is over."""
        free = office.last_seen() < day - self.rest_days
        routes = Routes(office=office, shifts=len(office.shifts(day)))
        for shift in range(routes.shifts):
            while free.any():
                stops = routes.stops[shift]
                gaps = office.metres[stops[-1]] if stops else office.start_metres
                nearest = int(np.argmin(np.where(free, gaps, np.inf)))
                if not routes.append(shift, nearest):
                    break
                free[nearest] = False
        return routes.frame()


@dataclass(kw_only=True)
class PureRanking:
    """The highest scores of the product, whatever the way; then routed."""

    name: str = "pure ranking"
    scorer: Scorer = field(default_factory=Scorer)

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Take the top of the list until the week is full."""
        score = self.scorer.rank(office, day).buildings["score"].to_numpy(np.float64)
        return fill(office, day, np.argsort(-score, kind="stable"))


@dataclass(kw_only=True)
class LastComplaint:
    """The latest complaints first, one visit each; what time is left goes round the buildings."""

    name: str = "complaints first"
    rest: RoundRobin = field(default_factory=RoundRobin)

    def plan(self, office: Office, day: int) -> pd.DataFrame:
        """Go to every complaint that no visit has answered yet."""
        told = office.reports[office.reports["tutoring"]].groupby("building")["day"].max()
        last = office.last_seen()
        open_ones = told[told.to_numpy() > last[told.index.to_numpy(np.int64)]]
        order = open_ones.sort_values(ascending=False, kind="stable").index.to_numpy(np.int64)
        count = len(office.buildings)
        around = (self.rest.at + np.arange(count)) % count
        around = around[~np.isin(around, order)]
        frame = fill(office, day, np.concatenate([order, around]))
        self.rest.at += len(frame) - int(frame["building"].isin(order).sum())
        return frame
