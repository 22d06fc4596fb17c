"""Official grids (网格): which one answers for a building, and whether the layer is sound.

Duty attaches to grids, so every building belongs to exactly one, or is listed as an orphan.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike

from geo.arrays import Bools, Floats, Geometries, Ints, Texts
from geo.shapes.nearest import NearestShapes
from geo.shapes.repair import repaired

NO_GRID: Final = -1


@dataclass(frozen=True)
class Orphans:
    """Buildings outside every grid, with the nearest grid offered to a person who decides."""

    row: Ints
    """Positions of the buildings, ascending."""
    nearest_code: Texts
    """Code of the nearest grid within reach, the empty text if there is none."""
    distance_m: Floats
    """Metres to it, NaN if there is none."""


@dataclass(frozen=True)
class Overlaps:
    """Buildings truly inside several grids: the layer is wrong there."""

    row: Ints
    """Positions of the buildings, ascending."""
    codes: tuple[tuple[str, ...], ...]
    """For each the codes of all grids it is inside, sorted; the first one got it."""


@dataclass(frozen=True)
class GridAssignment:
    """The grid of each building.

    ``orphans``, ``overlaps``: what a person should look at. A building without a place is neither.
    """

    index: Ints
    """Position of the grid, −1 for orphans and buildings without a place."""
    grid_code: Texts
    """Its code, the empty text where there is none."""
    orphans: Orphans
    overlaps: Overlaps


def assign_to_grids(
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    grids: ArrayLike,
    codes: ArrayLike,
    max_distance_m: float = 200.0,
) -> GridAssignment:
    """Give each building to exactly one grid.

    The grid that holds the building's point inside its border gets it. A point on a border of
    several grids, and a point inside several that overlap, goes to the smallest code in text
    order; inside one counts before on the border of another. The order of the rows of either
    layer does not matter.

    ``lon``, ``lat``: one WGS-84 point a building (a point on its footprint, not a corner), NaN if
    unknown.
    ``grids``: WGS-84 polygons or multipolygons; missing and empty ones are skipped, self-crossing
    ones untangled (`geo.shapes.topology` lists them).
    ``codes``: text code of each grid; a grid in several rows repeats its code.
    ``max_distance_m``: how far from an orphan a grid may be to be offered.
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    shapes, names = np.asarray(grids, dtype=np.object_), np.asarray(codes, dtype=np.str_)
    if x.shape != y.shape or shapes.shape != names.shape:
        raise ValueError(
            f"{x.shape} lon, {y.shape} lat; {shapes.shape} grids, {names.shape} codes."
        )
    usable = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    ranked = usable[np.argsort(names[usable], kind="stable")]
    areas = repaired(shapes[ranked])
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    point, place, inside = _holding(x[known], y[known], areas)
    rank = np.full(x.size, ranked.size, dtype=np.int64)
    first = np.unique(point, return_index=True)[1]
    rank[known[point[first]]] = place[first]
    lost = known[rank[known] == ranked.size]
    near, distance_m = NearestShapes(areas).find(x[lost], y[lost], within_m=max_distance_m)
    index, sorted_names = np.append(ranked, NO_GRID)[rank], np.append(names[ranked], "")
    return GridAssignment(
        index=index,
        grid_code=sorted_names[rank],
        orphans=Orphans(row=lost, nearest_code=sorted_names[near], distance_m=distance_m),
        overlaps=_overlaps(known[point[inside]], names[ranked][place[inside]]),
    )


def _holding(x: Floats, y: Floats, areas: Geometries) -> tuple[Ints, Ints, Bools]:
    """Pair points with the areas that hold them: by point, inside before border, then by rank.

    Where one area holds a point, it counts as inside even on the border.
    """
    points = shapely.points(x, y)
    place, point = shapely.STRtree(points).query(areas, predicate="intersects")
    # Only a point that several areas hold needs the dearer question, inside or on the border.
    contested = np.flatnonzero((np.bincount(point, minlength=x.size) > 1)[point])
    inside = np.ones(point.size, dtype=np.bool_)
    inside[contested] = shapely.contains_properly(areas[place[contested]], points[point[contested]])
    order = np.lexsort((place, ~inside, point))
    return point[order], place[order], inside[order]


def _overlaps(row: Ints, code: Texts) -> Overlaps:
    held: dict[int, set[str]] = {}
    repeated = np.isin(row, row[1:][row[1:] == row[:-1]])
    for building, name in zip(row[repeated].tolist(), code[repeated].tolist(), strict=True):
        held.setdefault(building, set()).add(name)
    several = {building: names for building, names in sorted(held.items()) if len(names) > 1}
    return Overlaps(
        row=np.array(list(several), dtype=np.int64),
        codes=tuple(tuple(sorted(names)) for names in several.values()),
    )
