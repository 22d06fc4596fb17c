"""What is to be shared out: buildings with loads, wardens with areas, and what must hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

NOBODY = -1
MOST_KEPT = 1_024
"""Parts of a street, of some 250 buildings each, of which answers are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """Buildings to share out among wardens.

    ``x_m``, ``y_m``: where each of n buildings stands, metres in a flat frame.
    """

    x_m: Floats
    y_m: Floats
    load: Floats
    """Time that each building needs, in any unit; positive."""
    area: Ints
    """Index of each building's area (community or grid), 0 to a - 1."""
    serves: Bools
    """Whether a warden may work in an area, shape (a, w)."""
    present: Ints
    """Index of the warden who has the building now; `NOBODY` (-1) for none."""
    available: Bools
    """Whether each of w wardens can take buildings at all."""
    fixed: Ints
    """The warden who must have the building, `NOBODY` where it is open. A fixed pair holds even
    against areas and limits: a person decided it.
    """
    barred: Bools | None = None
    """Pairs that cannot be, shape (n, w); None when there are none."""

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit, loads that are none, and fixed pairs with the absent."""
        lengths = {len(a) for a in (self.x_m, self.y_m, self.load, self.area, self.present)}
        if lengths != {len(self.fixed)} or self.serves.shape[1] != len(self.available):
            raise ValueError("the arrays of an instance differ in length")
        if not (np.isfinite(self.load).all() and (self.load > 0).all()):
            raise ValueError("every load must be positive")
        if not np.isfinite(self.x_m + self.y_m).all():
            raise ValueError("every building must stand somewhere")
        held = self.fixed[self.fixed >= 0]
        if len(held) and not self.available[held].all():
            raise ValueError("a building is fixed to a warden who is absent")

    @property
    def buildings(self) -> int:
        """Number of buildings."""
        return len(self.load)

    @property
    def wardens(self) -> int:
        """Number of wardens, absent ones included."""
        return len(self.available)

    def allowed_of(self, rows: Ints) -> Bools:
        """Return which pairs may be for some buildings, shape (rows, w)."""
        pairs = self.serves[self.area[rows]] & self.available
        if self.barred is not None:
            pairs &= ~self.barred[rows]
        fixed = self.fixed[rows]
        held = np.flatnonzero(fixed >= 0)
        pairs[held] = False
        pairs[held, fixed[held]] = True
        return pairs

    def allowed_each(self, wardens: Ints) -> Bools:
        """Return for each building whether one warden may have it: of `allowed_of` one pair a row.

        ``wardens``: of each building, shape (n,); for `NOBODY` the answer means nothing.
        """
        who = np.maximum(wardens, 0)
        pairs: Bools = self.serves[self.area, who] & self.available[who]
        if self.barred is not None:
            pairs &= ~self.barred[np.arange(self.buildings), who]
        return np.where(self.fixed == NOBODY, pairs, self.fixed == who)

    def fair(self, rows: Ints, wardens: Ints) -> Floats:
        """Return the load of each warden of a part if all was as even as its areas allow.

        A fixed pair between an area and a stranger does not count; nor do limits.
        """
        areas = np.unique(self.area[rows])
        load = np.bincount(self.area[rows], self.load[rows], len(self.serves)).astype(np.float64)
        load = load[areas]
        serves = self.serves[np.ix_(areas, wardens)]
        served = serves.any(axis=1)
        fair = _kept_loads(load[served].tobytes(), serves[served].tobytes(), len(wardens))
        idle = fair <= 0
        return np.where(idle, load.sum() / len(wardens), fair)

    def parts(self) -> Iterator[tuple[Ints, Ints]]:
        """Give (buildings, wardens) of each part of the street that shares no warden with another.

        Absent wardens belong to no part; a part may have no warden at all.
        """
        areas, wardens = np.nonzero(self.serves & self.available)
        held = np.flatnonzero(self.fixed >= 0)
        areas = np.concatenate([areas, self.area[held]])
        wardens = np.concatenate([wardens, self.fixed[held]])
        count = self.serves.shape[0]
        size = count + self.wardens
        links = coo_array((np.ones(len(areas)), (areas, count + wardens)), shape=(size, size))
        label = connected_components(links, directed=False)[1]
        of_building = label[:count][self.area]
        of_warden = np.where(self.available, label[count:], -1)
        for part in np.unique(of_building):
            yield np.flatnonzero(of_building == part), np.flatnonzero(of_warden == part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How to weigh balance, distance and change against each other."""

    stickiness: float = 0.5
    """0 shares out afresh, 1 moves nothing that has a warden; between them, a move must shorten the
    way by stickiness / (1 - stickiness) mean squared radii of a territory.
    """
    tolerance: float = 0.05
    """How far a load may lie above or below the mean, as a share of the mean."""
    most_moved: float | None = None
    """Largest share of the buildings of wardens who stay that may change hands, in each part; None
    for no limit.
    """
    rounds: int = 4
    """How often centres are drawn to what they serve."""
    candidates: int = 7
    """How many nearest wardens a building is offered."""

    def __post_init__(self) -> None:
        """Refuse values outside their range."""
        if not 0 <= self.stickiness <= 1:
            raise ValueError(f"stickiness must be between 0 and 1, not {self.stickiness}")
        if not 0 < self.tolerance < 1:
            raise ValueError(f"tolerance must be between 0 and 1, not {self.tolerance}")
        if self.most_moved is not None and not 0 <= self.most_moved <= 1:
            raise ValueError(f"most_moved must be between 0 and 1, not {self.most_moved}")
        if self.rounds < 1 or self.candidates < 1:
            raise ValueError("rounds and candidates must be at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What the rules come to in one part, all per unit of load, in square metres."""

    change: float
    """For a building that leaves the warden it has."""
    excess: float
    """For load outside the band; grows with the distance from it."""
    stray: float
    """For a building apart from the main piece of its warden's territory."""
    fair: Floats
    """Load that each warden would have if all was as even as the areas allow, shape (w,)."""
    tolerance: float
    """How far a load may lie from it, as a share of it."""

    @classmethod
    def of(cls, rules: Rules, *, radius2: float, fair: Floats) -> Self:
        """Turn rules into prices for a mean squared radius of a territory and fair loads."""
        step = rules.stickiness
        ratio = step / (1 - step) if step < 1 else KEEP
        return cls(
            change=radius2 * min(ratio, KEEP),
            excess=radius2 * EXCESS,
            stray=radius2 * STRAY,
            fair=fair,
            tolerance=rules.tolerance,
        )

    def of_load(self, load: Floats, warden: Ints | int | slice = slice(None)) -> Floats:
        """Return the price of the loads of some wardens for lying outside the band."""
        fair = self.fair[warden]
        out = np.maximum(0.0, np.abs(load - fair) - self.tolerance * fair)
        return self.excess * (out + STEEP * out * out / np.maximum(fair, 1e-9))


KEEP, EXCESS, STRAY, STEEP = 5_000.0, 200.0, 50.0, 4.0
"""Prices in mean squared radii: keeping all outbids balance, balance outbids one piece."""


@lru_cache(MOST_KEPT)
def _kept_loads(area_load: bytes, serves: bytes, wardens: int) -> Floats:
    """Return `fair_loads`, which an assignment asks for several times; not to be changed."""
    loads = np.frombuffer(area_load, np.float64)
    return fair_loads(loads, np.frombuffer(serves, np.bool_).reshape(len(loads), wardens))


def fair_loads(area_load: Floats, serves: Bools) -> Floats:
    """Return the loads that are as even as the areas allow, shape (w,).

    Each area's load is poured over those who serve it, as water levels out, in turn until nothing
    changes: the least sum of squares over all ways to split areas. Where no warden serves two areas
    it is the mean of each area.

    ``area_load``: shape (a,).
    ``serves``: shape (a, w); every warden serves an area, every area with a load is served.
    """
    poured = serves * (area_load / np.maximum(1, serves.sum(axis=1)))[:, None]
    if serves.sum(axis=0).max(initial=0) <= 1:
        return np.asarray(poured.sum(axis=0), dtype=np.float64)
    for _ in range(POURINGS):
        before = poured.copy()
        for area in np.flatnonzero(serves.any(axis=1)):
            who = np.flatnonzero(serves[area])
            others = poured[:, who].sum(axis=0) - poured[area, who]
            poured[area, who] = _level(others, float(area_load[area])) - others
        if np.allclose(poured, before, rtol=0, atol=1e-6 * area_load.sum()):
            break
    return np.asarray(poured.sum(axis=0), dtype=np.float64)


def _level(floor: Floats, water: float) -> Floats:
    """Return the levels after pouring water over a floor of several heights."""
    heights = np.sort(floor)
    needed = heights * np.arange(1, len(heights) + 1) - np.cumsum(heights)
    wet = int(np.searchsorted(needed, water, side="right"))
    level = (water + heights[:wet].sum()) / wet
    levels: Floats = np.maximum(floor, level)
    return levels


POURINGS = 500
