"""The nearest of many shapes, in metres."""

from functools import cached_property
from typing import Final

import numpy as np
import shapely

from geo.arrays import Floats, Geometries, Ints
from geo.shapes.projection import metres_per_unit, plane_of, plane_points

# Points looked at together, so that memory stays level; how far the search looks first and how
# much farther each time after; decimals of a metre that decide a tie.
_BATCH: Final = 200_000
_FIRST_REACH_M: Final = 30.0
_WIDER: Final = 3.0
_DECIMALS: Final = 4


class NearestShapes:
    """Shapes laid out once to be asked many times for the one nearest to a point.

    ``shapes``: WGS-84 geometries, none missing. Of equally near ones (to a tenth of a millimetre)
    the first wins.
    """

    def __init__(self, shapes: Geometries) -> None:
        self._shapes = shapes

    @cached_property
    def _plane(self) -> Geometries:
        laid_out: Geometries = plane_of(self._shapes)
        return laid_out

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._plane)

    def find(self, lon: Floats, lat: Floats, *, within_m: float) -> tuple[Ints, Floats]:
        """Find the nearest shape of each point, if one is within reach.

        The search widens step by step: who finds something close needs not look farther. That is
        three to ten times faster than asking the tree for the nearest of each point.

        ``lon``, ``lat``: WGS-84 degrees, all known.
        ``within_m``: metres.

        Returns ``index``, ``gap_m``: position of the shape and metres to it (0 inside); −1 and NaN
        where none is in reach.
        """
        index = np.full(lon.size, -1, dtype=np.int64)
        gap_m = np.full(lon.size, np.nan)
        left, reach_m = np.arange(lon.size), 0.0
        while left.size and self._shapes.size and reach_m < within_m:
            reach_m = min(max(_FIRST_REACH_M, reach_m * _WIDER), within_m)
            for batch in np.array_split(left, left.size // _BATCH + 1):
                found, shape, metres = self._closest(lon[batch], lat[batch], reach_m)
                index[batch[found]], gap_m[batch[found]] = shape, metres
            left = left[index[left] < 0]
        return index, gap_m

    def _closest(self, lon: Floats, lat: Floats, reach_m: float) -> tuple[Ints, Ints, Floats]:
        """Give each point that has a shape within reach the closest one, and how far it is."""
        points, scale = plane_points(lon, lat), metres_per_unit(lat)
        x, y, reach = shapely.get_x(points), shapely.get_y(points), reach_m / scale
        around = shapely.box(x - reach, y - reach, x + reach, y + reach)
        point, shape = self._tree.query(around)
        metres = shapely.distance(self._plane[shape], points[point]) * scale[point]
        close = metres <= reach_m
        shape, point, metres = shape[close], point[close], metres[close]
        order = np.lexsort((shape, np.round(metres, _DECIMALS), point))
        found, first = np.unique(point[order], return_index=True)
        return found, shape[order][first], metres[order][first]
