"""Polygons laid out as arrays, to say of many points at once in which of them they stand."""

from typing import Final

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Geometries, Ints

_AREAL: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
# Corners looked at together, so that memory stays level.
_BATCH: Final = 1_000_000
# Shewchuk's bound: a turn larger than this part of its two products has the right sign.
_SURE: Final = (3 + 16 * 2.0**-53) * 2.0**-53


class Outlines:
    """Outlines laid out once to be asked about many points.

    The answer is that of `shapely.intersects_xy`, which decides wherever a point is so close to an
    outline that rounding might; of all others a count of crossings says it, ten times as fast.

    ``shapes``: valid geometries, none missing.
    """

    def __init__(self, shapes: Geometries) -> None:
        self._shapes = shapes
        plain, areal = _kinds(shapes)
        parts = np.concatenate([np.flatnonzero(plain), np.flatnonzero(areal & ~plain)])
        self._counts = np.zeros(len(shapes), dtype=np.int64)
        self._counts[parts] = shapely.get_num_coordinates(shapes[parts])
        self._starts = np.zeros(len(shapes), dtype=np.int64)
        behind = np.cumsum(self._counts[parts])
        self._starts[parts] = behind - self._counts[parts]
        self._x, self._y = np.ascontiguousarray(shapely.get_coordinates(shapes[parts]).T)
        ends = [behind[: plain.sum()], _ends_of_rings(shapes[areal & ~plain])]
        ends[1] += len(self._x) - (ends[1][-1] if len(ends[1]) else 0)
        self._next = np.arange(1, len(self._x) + 1, dtype=np.int64)
        self._next[np.concatenate(ends) - 1] -= 1  # a ring's last corner is its first once more

    def hold(self, shape: Ints, x: Floats, y: Floats) -> Bools:
        """Say of pairs of shape and point whether the point stands in it or on its outline."""
        held = np.zeros(len(shape), dtype=bool)
        unsure = self._counts[shape] == 0
        laid_out = np.flatnonzero(~unsure)
        load = np.cumsum(self._counts[shape[laid_out]])
        cuts = np.searchsorted(load, np.arange(_BATCH, load[-1] if len(load) else 0, _BATCH))
        for pairs in np.split(laid_out, cuts):
            if len(pairs):
                held[pairs], unsure[pairs] = self._crossings(shape[pairs], x[pairs], y[pairs])
        left = np.flatnonzero(unsure)
        held[left] = shapely.intersects_xy(self._shapes[shape[left]], x[left], y[left])
        return held

    def _crossings(self, shape: Ints, x: Floats, y: Floats) -> tuple[Bools, Bools]:
        """Return whether a ray to the right leaves each shape, and where that is not sure."""
        counts = self._counts[shape]
        behind = np.cumsum(counts)
        first = behind - counts
        corner = np.arange(behind[-1]) + np.repeat(self._starts[shape] - first, counts)
        y0, y1, level = self._y[corner], self._y[self._next[corner]], np.repeat(y, counts)
        above = (y0 > level) != (y1 > level)
        edges = np.flatnonzero(above | (y0 == level) | (y1 == level))
        crossed, close = np.zeros((2, len(corner)), dtype=bool)
        pair = np.searchsorted(behind, edges, side="right")
        turn, sure = self._turns(corner[edges], x[pair], level[edges])
        crossed[edges] = above[edges] & ((turn > 0) == (y1[edges] > y0[edges]))
        close[edges] = ~sure
        return np.bitwise_xor.reduceat(crossed, first), np.logical_or.reduceat(close, first)

    def _turns(self, corner: Ints, x: Floats, y: Floats) -> tuple[Floats, Bools]:
        """Return on which side of an edge a point is (above 0: left), and where that is sure."""
        behind = self._next[corner]
        x0, y0, x1, y1 = self._x[corner], self._y[corner], self._x[behind], self._y[behind]
        left, right = (x1 - x0) * (y - y0), (x - x0) * (y1 - y0)
        turn = left - right
        return turn, np.abs(turn) > _SURE * (np.abs(left) + np.abs(right))


def _kinds(shapes: Geometries) -> tuple[Bools, Bools]:
    """Say which shapes are polygons of one ring, and which are areas of any kind."""
    kind = shapely.get_type_id(shapes)
    areal = np.isin(kind, _AREAL) & ~shapely.is_empty(shapes)
    return areal & (kind == _AREAL[0]) & (shapely.get_num_interior_rings(shapes) == 0), areal


def _ends_of_rings(shapes: Geometries) -> Ints:
    """Return behind which corner each ring of some areas ends."""
    if not len(shapes):
        return np.empty(0, dtype=np.int64)
    _, _, offsets = shapely.to_ragged_array(shapes, include_z=False)
    ends: Ints = offsets[0][1:].astype(np.int64)
    return ends
