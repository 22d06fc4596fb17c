"""Cells and official grids together, so that nothing on a border counts twice.

Two answers, for two questions. `cell_shares` splits every cell by area among the grids it meets:
sums over grids and sums over cells agree. `partition_cells` gives every cell to one grid whole,
which maps and lists need.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike

from geo.arrays import Floats, Ints, Texts
from geo.cells import cell_polygons, cover_polygon
from geo.shapes.repair import repaired

# A part of a cell below this (a square centimetre at resolution 10) is rounding on a border.
_NOTHING: Final = 1e-8


@dataclass(frozen=True)
class CellShares:
    """Every pair of a grid and a cell that share ground, sorted by grid, then cell."""

    grid: Ints
    """Position of the grid."""
    cell: Texts
    """Cell text."""
    share: Floats
    """Part of the cell's area that lies in the grid, above 0 up to 1. For grids that do not overlap
    the shares of a cell add up to at most 1; the rest is outside every grid.
    """


@dataclass(frozen=True)
class CellPartition:
    """Every cell that any grid meets, given to one grid; sorted by grid, then cell."""

    grid: Ints
    """Position of the grid."""
    cell: Texts
    """Cell text; each occurs once."""
    empty: Ints
    """Positions of the grids that got no cell, because there are fewer cells than grids around
    them. Use a finer resolution or `cell_shares`.
    """


def cell_shares(grids: ArrayLike, *, resolution: int) -> CellShares:
    """Split the cells among grids by area.

    ``grids``: WGS-84 polygons or multipolygons; missing and empty ones get no cell, self-crossing
    ones are untangled.
    ``resolution``: H3 resolution.

    Returns ``shares``: each grid that has an area has at least one cell.
    """
    shapes = np.asarray(grids, dtype=np.object_)
    usable = np.flatnonzero(shapely.area(shapes) > 0)
    areas = repaired(shapes[usable])
    covers = [cover_polygon(area, resolution=resolution) for area in areas]
    local = np.repeat(np.arange(usable.size), [cover.size for cover in covers])
    cells = np.concatenate([np.array([], dtype="<U15"), *covers])
    hexagons = cell_polygons(cells)
    share = shapely.area(shapely.intersection(hexagons, areas[local])) / shapely.area(hexagons)
    real = share > _NOTHING
    return CellShares(grid=usable[local[real]], cell=cells[real], share=share[real])


def partition_cells(grids: ArrayLike, *, resolution: int) -> CellPartition:
    """Give each cell that the grids meet to exactly one of them.

    A cell goes to the grid that holds the largest part of it, on equal parts to the earlier grid.
    A grid that gets none this way – narrow, or small beside the cells – takes the cell it has the
    largest part of from a grid that can spare one, or that can in turn take another (augmenting
    paths), so that as many grids as possible have a cell.

    ``grids``: WGS-84 polygons or multipolygons, as in `cell_shares`.
    ``resolution``: H3 resolution.
    """
    shares = cell_shares(grids, resolution=resolution)
    by_share = np.lexsort((shares.grid, -np.round(shares.share, 12)))
    owner: dict[str, int] = {}
    wanted: dict[int, list[str]] = {}
    for grid, cell in zip(
        shares.grid[by_share].tolist(), shares.cell[by_share].tolist(), strict=True
    ):
        owner.setdefault(cell, grid)
        wanted.setdefault(grid, []).append(cell)
    held = np.bincount(list(owner.values()), minlength=np.size(np.asarray(grids, np.object_)))
    counts = dict(enumerate(held.tolist()))
    for grid in sorted(wanted):
        if not counts[grid]:
            _take_one(grid, wanted, owner, counts)
    pairs = sorted((grid, cell) for cell, grid in owner.items())
    return CellPartition(
        grid=np.array([grid for grid, _ in pairs], dtype=np.int64),
        cell=np.array([cell for _, cell in pairs], dtype="<U15"),
        empty=np.array([grid for grid, count in counts.items() if not count], dtype=np.int64),
    )


def _take_one(
    grid: int, wanted: dict[int, list[str]], owner: dict[str, int], counts: dict[int, int]
) -> None:
    """Find the shortest chain of hand-overs that ends at a grid with a cell to spare."""
    came_by: dict[int, tuple[int, str]] = {}
    queue = [grid]
    for taker in queue:
        for cell in wanted[taker]:
            giver = owner[cell]
            if giver in came_by or giver == grid:
                continue
            came_by[giver] = (taker, cell)
            if counts[giver] > 1:
                _hand_over(giver, grid, came_by, owner)
                counts[giver] -= 1
                counts[grid] += 1
                return
            queue.append(giver)


def _hand_over(
    giver: int, grid: int, came_by: dict[int, tuple[int, str]], owner: dict[str, int]
) -> None:
    while giver != grid:
        taker, cell = came_by[giver]
        owner[cell] = taker
        giver = taker
