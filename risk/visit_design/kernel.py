"""Neighbourhoods: a Gaussian kernel between the centres of H3 cells of resolution 9."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from geo.cells import cell_centres
from geo.shapes.projection import offsets_m
from risk.arrays import Floats, Texts

RESOLUTION: Final = 9
REACH_BANDWIDTHS: Final = 3.0


def cell_positions_m(cells: Texts) -> Floats:
    """Return centres of cells in metres, shape (cells, 2), flat about their middle.

    Good to a fraction of a per cent over a city; the kernel needs no more.
    """
    if not len(cells):
        return np.empty((0, 2))
    lon, lat = cell_centres(cells)
    return offsets_m(lon, lat, origin=(float(lon.mean()), float(lat.mean())))


def gaussian_kernel(positions_m: Floats, *, bandwidth_m: float) -> csr_matrix:
    """Return the weights exp(-½(d/bandwidth)²) between places, 0 beyond three bandwidths.

    ``positions_m``: shape (n, 2). ``bandwidth_m``: metres, > 0.

    The result: symmetric, shape (n, n), 1 on the diagonal.
    """
    count = len(positions_m)
    itself = np.arange(count)
    if not count:
        return csr_matrix((0, 0))
    radius = REACH_BANDWIDTHS * bandwidth_m
    pairs = cKDTree(positions_m).query_pairs(radius, output_type="ndarray")
    apart = np.linalg.norm(positions_m[pairs[:, 0]] - positions_m[pairs[:, 1]], axis=1)
    weight = np.exp(-0.5 * (apart / bandwidth_m) ** 2)
    rows = np.concatenate([pairs[:, 0], pairs[:, 1], itself])
    columns = np.concatenate([pairs[:, 1], pairs[:, 0], itself])
    values = np.concatenate([weight, weight, np.ones(count)])
    kernel = csr_matrix((values, (rows, columns)), shape=(count, count))
    # One order of addition whatever order the tree gave the pairs in.
    kernel.sort_indices()
    return kernel
