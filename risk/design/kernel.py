"""Neighbourhoods: a Gaussian kernel between the centres of H3 cells of resolution 9."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.spatial import cKDTree

from geo.cells import cell_centres
from geo.shapes.projection import EARTH_RADIUS_M
from risk.arrays import Floats, Texts

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
    apart = _distances(positions_m, REACH_BANDWIDTHS * max(bandwidths_m))
    rows = np.repeat(np.arange(count, dtype=np.int32), np.diff(apart.indptr))
    kernels = {}
    for width in bandwidths_m:
        near = apart.data <= REACH_BANDWIDTHS * width
        weight = np.exp(-0.5 * (apart.data[near] / width) ** 2)
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows[near], minlength=count))])
        kernels[width] = csr_matrix((weight, apart.indices[near], starts), shape=(count, count))
    return kernels


def _distances(positions_m: Floats, farthest_m: float) -> csr_matrix:
    """Return the distances between places up to the farthest, 0 on the diagonal kept as such.

    The places of a row are in order, whatever order the tree gave the pairs in, so that products
    with a vector are added up in one order.
    """
    count = len(positions_m)
    pairs = cKDTree(positions_m).query_pairs(farthest_m, output_type="ndarray").astype(np.int32)
    apart = np.linalg.norm(positions_m[pairs[:, 0]] - positions_m[pairs[:, 1]], axis=1)
    itself = np.arange(count, dtype=np.int32)
    rows = np.concatenate([pairs[:, 0], pairs[:, 1], itself])
    columns = np.concatenate([pairs[:, 1], pairs[:, 0], itself])
    distances = np.concatenate([apart, apart, np.zeros(count)])
    by_row = coo_matrix((distances, (rows, columns)), shape=(count, count)).tocsr()
    # It is its own transpose, and transposing puts the places of each row in order.
    return csr_matrix(by_row.T.tocsr())
