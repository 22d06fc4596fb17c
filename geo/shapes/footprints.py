"""Assign points to the building footprints that contain them.

A tree of footprints proposes, the exact outline decides: about 1 s of CPU for a million points and
100,000 polygons, as with a tree of points, but the tree is built once for all batches. Filtering by
H3 cells first is four to ten times slower.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike

from geo.arrays import Floats, Ints, Texts
from geo.shapes.nearest import NearestShapes
from geo.shapes.projection import areas_m2
from geo.shapes.repair import repaired

NO_BUILDING: Final = -1
# Points looked at together, so that memory stays level.
_BATCH: Final = 200_000
# Questions to one outline in a batch from which preparing it pays.
_BUSY: Final = 50


@dataclass(frozen=True)
class BuildingMatch:
    """The building of each point.

    Attributes
    ----------
    index
        Position of the building in `footprints`, −1 where there is none.
    building_id
        Its id, the empty text where there is none.
    gap_m
        Metres between point and footprint: 0 inside, NaN where there is no building.
    """

    index: Ints
    building_id: Texts
    gap_m: Floats


class BuildingIndex:
    """Footprints prepared once, to be asked for the buildings of many batches of points.

    A point on an outline stands in the building; one in a courtyard (hole) does not. Where
    footprints overlap, the smallest by area wins – the tower, not its podium – and among equals
    the smallest id in text order.

    Parameters
    ----------
    footprints
        WGS-84 geometries: polygons, multipolygons, or points where only a position is known.
        None and empty ones are skipped, self-crossing ones untangled. A point footprint holds
        only the very same point, so it is mostly found by `max_gap_m`.
    ids
        Unique text id of each footprint.
    """

    def __init__(self, footprints: ArrayLike, ids: ArrayLike) -> None:
        shapes, names = np.asarray(footprints, dtype=np.object_), np.asarray(ids, dtype=np.str_)
        if shapes.shape != names.shape or shapes.ndim != 1:
            raise ValueError(f"{shapes.shape} footprints but {names.shape} ids.")
        if np.unique(names).size != names.size:
            raise ValueError("ids holds the same id twice.")
        usable = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
        # From here on a footprint is its rank, and the smallest rank wins every tie.
        self._ranked = usable[np.lexsort((names[usable], areas_m2(shapes[usable])))]
        self._outlines = repaired(shapes[self._ranked])
        self._names = names
        self._tree = shapely.STRtree(self._outlines)
        self._nearest = NearestShapes(self._outlines)

    def match(self, lon: ArrayLike, lat: ArrayLike, *, max_gap_m: float = 0.0) -> BuildingMatch:
        """Find the building that each point stands in, or the nearest one close by.

        Parameters
        ----------
        lon, lat
            WGS-84 degrees, one-dimensional and of equal length; NaN points stand nowhere.
        max_gap_m
            A point outside all footprints goes to the nearest one no farther away than this, in
            metres, 0 or more; ties (to a tenth of a millimetre) go as for overlaps.
        """
        x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"lon has shape {x.shape} but lat {y.shape}; expected equal rows.")
        if not max_gap_m >= 0:
            raise ValueError(f"max_gap_m is {max_gap_m}; expected 0 or more.")
        none = self._ranked.size
        rank = np.full(x.size, none, dtype=np.int64)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        for batch in np.array_split(known, known.size // _BATCH + 1):
            rank[batch] = self._standing_in(x[batch], y[batch])
        gap_m = np.where(rank < none, 0.0, np.nan)
        rest = known[rank[known] == none]
        found, gap_m[rest] = self._nearest.find(x[rest], y[rest], within_m=max_gap_m)
        rank[rest] = np.where(found < 0, none, found)
        index = np.append(self._ranked, NO_BUILDING)[rank]
        return BuildingMatch(
            index=index, building_id=np.append(self._names, "")[index], gap_m=gap_m
        )

    def _standing_in(self, x: Floats, y: Floats) -> Ints:
        """Give each point the smallest rank among the outlines that hold it."""
        point, place = self._tree.query(shapely.points(x, y))
        # Preparing pays for outlines asked often; it changes nothing but the time they take.
        busy = np.bincount(place, minlength=self._ranked.size) > _BUSY
        shapely.prepare(self._outlines[busy])
        inside = shapely.intersects_xy(self._outlines[place], x[point], y[point])
        rank = np.full(x.size, self._ranked.size, dtype=np.int64)
        np.minimum.at(rank, point[inside], place[inside])
        return rank
