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
    blocks = [positions_m[first : first + _PLACES_AT_ONCE]
              for first in range(0, count, _PLACES_AT_ONCE)]  # fmt: skip
    within = [_within_reach(block, positions_m, widest) for block in blocks]
    most = sum(len(block) * len(near) for block, near in zip(blocks, within, strict=True))
    kernels = {width: _Growing(count, most) for width in bandwidths_m}
    for block, near in zip(blocks, within, strict=True):
        apart = _distances(block, positions_m[near])
        for width, kernel in kernels.items():
            kernel.add_rows(apart, near, width)
    return {width: kernel.matrix() for width, kernel in kernels.items()}


class _Growing:
    """A kernel to which rows are added, in arrays with room for as many weights as there can be.

    Memory that nothing is written to takes no room, and nothing need be put together afterwards.
    """

    def __init__(self, count: int, most: int) -> None:
        self._weights, self._columns = np.empty(most), np.empty(most, np.int32)
        self._lengths: list[NDArray[np.int64]] = []
        self._count, self._filled = count, 0

    def add_rows(self, apart: Floats, near: Places, width: float) -> None:
        """Add a row for each place of which the distances to those near are given."""
        inside = apart <= REACH_BANDWIDTHS * width
        lengths = inside.sum(axis=1)
        part = slice(self._filled, self._filled + int(lengths.sum()))
        weight = self._weights[part]
        np.divide(apart[inside], width, out=weight)
        weight *= weight
        weight *= -0.5
        np.exp(weight, out=weight)
        self._columns[part] = np.broadcast_to(near, inside.shape)[inside]
        self._lengths.append(lengths)
        self._filled = part.stop

    def matrix(self) -> csr_matrix:
        """Return the rows that were added."""
        starts = np.concatenate([[0], *self._lengths]).cumsum()
        for filled in (self._weights, self._columns):  # in place: of a part SciPy makes a copy
            filled.resize(self._filled, refcheck=False)
        return csr_matrix((self._weights, self._columns, starts), shape=(self._count, self._count))


def _within_reach(block: Floats, positions_m: Floats, farthest_m: float) -> Places:
    """Return, in order, every place that may be within reach of one of those given."""
    centre = block.mean(axis=0)
    reach = float(np.linalg.norm(block - centre, axis=1).max()) + farthest_m
    away = np.linalg.norm(positions_m - centre, axis=1)
    return np.flatnonzero(away <= reach * (1 + _ROUNDING)).astype(np.int32)


def _distances(block: Floats, others: Floats) -> Floats:
    """Return the distance of each place from each other, shape (here, there)."""
    squared = np.zeros((len(block), len(others)))
    for one, other in zip(block.T.copy(), others.T.copy(), strict=True):
        apart = one[:, None] - other
        apart *= apart
        squared += apart
    return np.asarray(np.sqrt(squared, out=squared))
