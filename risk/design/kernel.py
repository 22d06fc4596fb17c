"""Neighbourhoods: a Gaussian kernel between the centres of H3 cells of resolution 9."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from geo.cells import cell_centres
from geo.shapes.projection import EARTH_RADIUS_M
from risk.arrays import Codes, Floats, Texts

RESOLUTION: Final = 9
REACH_BANDWIDTHS: Final = 3.0


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
    farthest = REACH_BANDWIDTHS * max(bandwidths_m)
    pairs = cKDTree(positions_m).query_pairs(farthest, output_type="ndarray")
    apart = np.linalg.norm(positions_m[pairs[:, 0]] - positions_m[pairs[:, 1]], axis=1)
    kernels = {}
    for width in bandwidths_m:
        near = apart <= REACH_BANDWIDTHS * width
        weight = np.exp(-0.5 * (apart[near] / width) ** 2)
        kernels[width] = _symmetric(pairs[near], weight, count)
    return kernels


def _symmetric(pairs: Codes, weight: Floats, count: int) -> csr_matrix:
    """Return a matrix with the weights of pairs both ways, and 1 on its diagonal."""
    itself = np.arange(count)
    rows = np.concatenate([pairs[:, 0], pairs[:, 1], itself])
    columns = np.concatenate([pairs[:, 1], pairs[:, 0], itself])
    values = np.concatenate([weight, weight, np.ones(count)])
    kernel = csr_matrix((values, (rows, columns)), shape=(count, count))
    # One order of addition whatever order the tree gave the pairs in.
    kernel.sort_indices()
    return kernel
