"""Planted operators who always open again: half of them near by, half anywhere."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from geo.arrays import Ints
from simulation.patrols.office import Scene
from simulation.truth.risk_field import DAYS
from simulation.truth.sites import SAME_PLACE_M, SITE_COLUMNS, Town

FIRST_PLANTED = -10
"""Planted operators have this number and those below it; the town's own have 0 and above."""
_FOUND = 2


@dataclass(kw_only=True)
class Movers:
    """Operators who are planted in the first week, and open again after every find."""

    scene: Scene
    rng: np.random.Generator
    operators: list[int] = field(default_factory=list)
    homes: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def settle(self, town: Town) -> None:
        """Open both kinds where people live or work, as likely here as there."""
        b = town.city.buildings
        self.homes = np.flatnonzero(b["kind"].isin(["住宅", "商住", "商务楼宇"]).to_numpy())
        self.operators = [FIRST_PLANTED - number for number in range(2 * self.scene.movers)]
        for operator in self.operators:
            self._open(town, operator, int(self.rng.choice(self.homes)), 0, -1)

    def move_on(self, town: Town) -> None:
        """Let those who were found this week open again after a while."""
        if not self.operators:
            return
        planted = np.isin(town.sites["operator"], self.operators)
        # The town would let some of them move by its own habits: here all do, by ours.
        town.moves = [(d[~planted[o]], o[~planted[o]], b[~planted[o]]) for d, o, b in town.moves]
        town.moves = [move for move in town.moves if len(move[0])]
        for row in np.flatnonzero(planted & (town.sites["why"] == _FOUND)):
            if not (town.sites["moved_from"] == row).any():
                operator = int(town.sites["operator"][row])
                near = self.operators.index(operator) < self.scene.movers
                goal = self._goal(town, int(town.sites["building"][row]), near=near)
                when = int(town.sites["closed"][row]) + self.scene.wait_days
                self._open(town, operator, goal, when, int(row))

    def places(self, town: Town) -> pd.DataFrame:
        """Return every planted site: operator, near, building, opened, closed, found."""
        sites = pd.DataFrame(town.sites)
        last = 7 * self.scene.weeks
        own = sites[sites["operator"].isin(self.operators) & (sites["opened"] < last)]
        order = {operator: number for number, operator in enumerate(self.operators)}
        return pd.DataFrame(
            {
                "operator": own["operator"],
                "near": own["operator"].map(order) < self.scene.movers,
                "building": own["building"],
                "opened": own["opened"],
                "closed": own["closed"].clip(upper=last),
                "found": own["why"] == _FOUND,
            }
        ).reset_index(drop=True)

    def _goal(self, town: Town, place: int, *, near: bool) -> int:
        if not near:
            return int(self.rng.choice(self.homes))
        gap = np.hypot(*(town.tree.data[self.homes] - town.tree.data[place]).T)
        about = self.homes[(gap > SAME_PLACE_M) & (gap <= self.scene.near_m)]
        return int(self.rng.choice(about if len(about) else self.homes))

    def _open(self, town: Town, operator: int, building: int, day: int, origin: int) -> None:
        new = {
            "building": building,
            "opened": day,
            "planned": 2 * DAYS,
            "closed": DAYS,
            "why": 0,
            "operator": operator,
            "moved_from": origin,
            "pupils": 12,
        }
        for name in SITE_COLUMNS:
            town.sites[name] = np.append(town.sites[name], new[name])
