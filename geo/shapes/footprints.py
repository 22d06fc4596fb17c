"""Assign points to the building footprints that contain them.

A grid of the footprints' boxes proposes, the exact outline decides; a tree proposes where
footprints lie too unevenly for a grid. `benchmarks/imports/place_points.py` says what that takes.
Filtering by H3 cells first is many times slower.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike

from geo.arrays import Bools, Floats, Ints, Texts
from geo.shapes.box_grid import BoxGrid
from geo.shapes.nearest import NearestShapes
from geo.shapes.outlines import Outlines
from geo.shapes.projection import areas_m2
from geo.shapes.repair import repaired

NO_BUILDING: Final = -1
# Points looked at together, so that memory stays level.
_BATCH: Final = 50_000
# Metres that a degree of latitude has at least, less a little.
_SHORTEST_DEGREE_M: Final = 109_000.0
_NEAR_POLE: Final = 89.9


@dataclass(frozen=True)
class BuildingMatch:
    """The building of each point."""

    index: Ints
    """Position of the building in `footprints`, −1 where there is none."""
    gap_m: Floats
    """Metres between point and footprint: 0 inside, NaN where there is no building."""
    ids: Texts
    """Of the footprints, with the empty text behind them."""

    @property
    def building_id(self) -> Texts:
        """The id of each point's building, the empty text where there is none."""
        return self.ids[self.index]


class BuildingIndex:
    """Footprints prepared once, to be asked for the buildings of many batches of points.

    A point on an outline stands in the building; one in a courtyard (hole) does not. Where
    footprints overlap, the smallest by area wins – the tower, not its podium – and among equals
    the smallest id in text order.

    ``footprints``: WGS-84 geometries: polygons, multipolygons, or points where only a position is
    known. None and empty ones are skipped, self-crossing ones untangled. A point footprint holds
    only the very same point, so it is mostly found by `max_gap_m`.
    ``ids``: unique text id of each footprint.
    """

    def __init__(self, footprints: ArrayLike, ids: ArrayLike) -> None:
        shapes, names = np.asarray(footprints, dtype=np.object_), np.asarray(ids, dtype=np.str_)
        if shapes.shape != names.shape or shapes.ndim != 1:
            raise ValueError(f"{shapes.shape} footprints but {names.shape} ids.")
        if len(set(names.tolist())) != names.size:
            raise ValueError("ids holds the same id twice.")
        usable = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
        self._sent, self._usable, self._ids = shapes, usable, np.append(names, "")
        self._shapes = repaired(shapes[usable])
        self._outlines = Outlines(self._shapes)
        self._boxes = shapely.bounds(self._shapes)
        self._grid = BoxGrid(self._boxes)
        self._around: tuple[float, BoxGrid] | None = None

    @cached_property
    def _ranked(self) -> Ints:
        """The outlines from the one that wins every tie to the one that wins none."""
        areas = areas_m2(self._sent[self._usable])
        return np.lexsort((self._ids[self._usable], areas))

    @cached_property
    def _nearest(self) -> NearestShapes:
        return NearestShapes(self._shapes[self._ranked])

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._shapes)

    def match(self, lon: ArrayLike, lat: ArrayLike, *, max_gap_m: float = 0.0) -> BuildingMatch:
        """Find the building that each point stands in, or the nearest one close by.

        ``lon``, ``lat``: WGS-84 degrees, one-dimensional and of equal length; NaN points stand
        nowhere.
        ``max_gap_m``: a point outside all footprints goes to the nearest one no farther away than
        this, in metres, 0 or more; ties (to a tenth of a millimetre) go as for overlaps.
        """
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"lon has shape {x.shape} but lat {y.shape}; expected equal rows.")
        if not max_gap_m >= 0:
            raise ValueError(f"max_gap_m is {max_gap_m}; expected 0 or more.")
        found = np.full(x.size, NO_BUILDING, dtype=np.int64)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        for batch in np.array_split(known, known.size // _BATCH + 1):
            found[batch] = self._standing_in(x[batch], y[batch])
        gap_m = np.where(found < 0, np.nan, 0.0)
        rest = known[found[known] < 0]
        rest = rest[self._is_close(x[rest], y[rest], max_gap_m)]
        if rest.size:
            near, gap_m[rest] = self._nearest.find(x[rest], y[rest], within_m=max_gap_m)
            found[rest] = np.where(near < 0, NO_BUILDING, self._ranked[near])
        index = np.append(self._usable, NO_BUILDING)[found]
        return BuildingMatch(index=index, gap_m=gap_m, ids=self._ids)

    def _standing_in(self, x: Floats, y: Floats) -> Ints:
        """Give each point the outline that holds it, of several the first by rank."""
        point, place = self._candidates(self._grid, x, y)
        inside = self._outlines.hold(place, x[point], y[point])
        point, place = point[inside], place[inside]
        if (point[1:] == point[:-1]).any():
            rank = np.empty_like(self._ranked)
            rank[self._ranked] = np.arange(rank.size)
            order = np.lexsort((-rank[place], point))  # the last one written stays
            point, place = point[order], place[order]
        found = np.full(x.size, NO_BUILDING, dtype=np.int64)
        found[point] = place
        return found

    def _candidates(self, grid: BoxGrid, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Return the pairs of point and outline in whose box it lies."""
        if grid.is_even:
            return grid.pairs(x, y)
        point, place = self._tree.query(shapely.points(x, y))
        return point, place

    def _is_close(self, x: Floats, y: Floats, gap_m: float) -> Bools:
        """Say of points whether an outline may be within reach, by the boxes; False surely not."""
        close = np.zeros(x.size, dtype=bool)
        if not gap_m or not self._usable.size:
            return close
        if self._around is None or self._around[0] != gap_m:
            self._around = gap_m, BoxGrid(_widened(self._boxes, gap_m))
        grid = self._around[1]
        if not grid.is_even:
            return ~close
        for batch in np.array_split(np.arange(x.size), x.size // _BATCH + 1):
            close[batch[grid.pairs(x[batch], y[batch])[0]]] = True
        return close


def _widened(boxes: Floats, gap_m: float) -> Floats:
    """Return boxes in degrees that reach farther by some metres at least."""
    west, south, east, north = boxes.T
    high = gap_m / _SHORTEST_DEGREE_M
    farthest = np.minimum(np.maximum(np.abs(south), np.abs(north)) + high, _NEAR_POLE)
    wide = high / np.cos(np.radians(farthest))
    return np.column_stack([west - wide, south - high, east + wide, north + high])
