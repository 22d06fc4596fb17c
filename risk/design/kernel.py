"""Neighbourhoods: a Gaussian kernel between the centres of H3 cells of resolution 9."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.cells import cell_centres
from geo.shapes.projection import EARTH_RADIUS_M
from risk.arrays import Floats, Texts

RESOLUTION: Final = 9
REACH_BANDWIDTHS: Final = 3.0
_PLACES_AT_ONCE: Final = 128
"""So many rows of a kernel are made at once: names of cells near each other begin alike."""
_ROUNDING: Final = 1e-9
Places = NDArray[np.int32]
_Rows = tuple[Floats, Places, NDArray[np.int64]]


def cell_positions_m(cells: Texts) -> Floats:
    """Return centres of cells in metres from the middle of the earth, shape (cells, 3).

    Each by itself, so that a cell that turns up later moves no distance between the others. The
    straight line is shorter than the way over ground by a millionth at 15 km.
    """
    if not len(cells):
        return np.empty((0, 3))
    lon, lat = (np.radians(degrees) for degrees in cell_centres(cells))
    around = np.cos(lat)
    directions = (around * np.cos(lon), around * np.sin(lon), np.sin(lat))
    return EARTH_RADIUS_M * np.column_stack(directions)


def gaussian_kernels(positions_m: Floats, bandwidths_m: Sequence[float]) -> dict[float, csr_matrix]:
    """Return the weights exp(-½(d/bandwidth)²) between places, 0 beyond three bandwidths.

    ``positions_m``: shape (n, dimensions). ``bandwidths_m``: metres, > 0.

    The result, by bandwidth: symmetric, shape (n, n), 1 on the diagonal.
    """
    count = len(positions_m)
    if not count:
        return {width: csr_matrix((0, 0)) for width in bandwidths_m}
    widest = REACH_BANDWIDTHS * max(bandwidths_m)
    parts: dict[float, list[_Rows]] = {width: [] for width in bandwidths_m}
    for first in range(0, count, _PLACES_AT_ONCE):
        here = positions_m[first : first + _PLACES_AT_ONCE]
        near = _within_reach(here, positions_m, widest)
        apart = _distances(here, positions_m[near])
        for width in bandwidths_m:
            inside = apart <= REACH_BANDWIDTHS * width
            weight = apart[inside]
            weight /= width
            weight *= weight
            weight *= -0.5
            np.exp(weight, out=weight)
            columns = np.broadcast_to(near, inside.shape)[inside]
            parts[width].append((weight, columns, inside.sum(axis=1)))
    # One after the other, since its parts take as much room as a kernel.
    return {width: _joined(parts.pop(width), count) for width in tuple(parts)}


def _joined(parts: Sequence[_Rows], count: int) -> csr_matrix:
    """Put rows of a kernel below each other: weights, columns, and how many each row has."""
    weights, columns, lengths = (
        np.concatenate([part[each] for part in parts]) for each in range(3)
    )
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return csr_matrix((weights, columns, starts), shape=(count, count))


def _within_reach(here: Floats, positions_m: Floats, farthest_m: float) -> Places:
    """Return, in order, every place that may be within reach of one of those given."""
    centre = here.mean(axis=0)
    reach = float(np.linalg.norm(here - centre, axis=1).max()) + farthest_m
    away = np.linalg.norm(positions_m - centre, axis=1)
    return np.flatnonzero(away <= reach * (1 + _ROUNDING)).astype(np.int32)


def _distances(here: Floats, there: Floats) -> Floats:
    """Return the distance of each place from each other, shape (here, there)."""
    squared = np.zeros((len(here), len(there)))
    for one, other in zip(here.T.copy(), there.T.copy(), strict=True):
        apart = one[:, None] - other
        apart *= apart
        squared += apart
    return np.asarray(np.sqrt(squared, out=squared))
