"""Check the topology of a grid layer: closed, simple, without overlap and without gap.

GB/T 34300 and its kin ask for closed grids that neither overlap nor leave gaps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely import Geometry

from geo.arrays import Bools, Geometries, Texts
from geo.shapes.projection import areas_m2
from geo.shapes.repair import repaired

FaultKind: TypeAlias = Literal[
    "missing", "unclosed", "not_an_area", "self_crossing", "same_code", "overlap", "gap"
]

_AREA = 2


@dataclass(frozen=True)
class GridFault:
    """One thing wrong with a layer of grids."""

    kind: FaultKind
    """``missing``: no shape. ``unclosed``: a line whose ends do not meet. ``not_an_area``: a closed
    line or a point where a polygon is needed. ``self_crossing``: an outline that cuts itself.
    ``same_code``: two rows with one code. ``overlap``: two grids claim one area. ``gap``: no grid
    claims an area that grids enclose.
    """
    codes: tuple[str, ...]
    """The grids concerned, sorted; for a gap its neighbours."""
    area_m2: float
    """Size of the faulty area, 0 where the fault has none."""
    shape: Geometry | None
    """The faulty area or drawing in WGS-84, None where there is nothing to draw."""


def find_grid_faults(
    grids: ArrayLike, *, codes: ArrayLike, min_area_m2: float = 1.0
) -> tuple[GridFault, ...]:
    """List everything wrong with a layer of grids.

    ``grids``: WGS-84 geometries, None where missing.
    ``codes``: text code of each.
    ``min_area_m2``: overlaps and gaps smaller than this are drawing noise and left out.

    Returns ``faults``: by kind in the order of `GridFault`, then by code; larger areas first among
    gaps.
    """
    shapes, names = np.asarray(grids, dtype=np.object_), np.asarray(codes, dtype=np.str_)
    if shapes.shape != names.shape:
        raise ValueError(f"{shapes.shape} grids but {names.shape} codes.")
    order = np.argsort(names, kind="stable")
    shapes, names = shapes[order], names[order]
    faults = [*_drawing_faults(shapes, names), *_code_faults(names)]
    drawn = shapely.get_dimensions(shapes) == _AREA
    areas, labels = repaired(shapes[drawn]), names[drawn]
    between = [*_overlap_faults(areas, labels), *_gap_faults(areas, labels)]
    return (*faults, *(fault for fault in between if fault.area_m2 >= min_area_m2))


def _drawing_faults(shapes: Geometries, names: Texts) -> list[GridFault]:
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    flat = ~missing & (shapely.get_dimensions(shapes) < _AREA)
    unclosed = flat & (shapely.get_dimensions(shapes) == 1) & ~shapely.is_closed(shapes)
    crossing = ~missing & ~flat & ~shapely.is_valid(shapes)
    kinds: tuple[tuple[FaultKind, Bools], ...] = (
        ("missing", missing),
        ("unclosed", unclosed),
        ("not_an_area", flat & ~unclosed),
        ("self_crossing", crossing),
    )
    return [
        GridFault(kind, (str(names[row]),), 0.0, shapes[row])
        for kind, rows in kinds
        for row in np.flatnonzero(rows)
    ]


def _code_faults(names: Texts) -> list[GridFault]:
    codes, counts = np.unique(names, return_counts=True)
    return [GridFault("same_code", (str(code),), 0.0, None) for code in codes[counts > 1]]


def _overlap_faults(areas: Geometries, names: Texts) -> Iterator[GridFault]:
    one, other = shapely.STRtree(areas).query(areas, predicate="intersects")
    pairs = sorted(
        (int(a), int(b)) for a, b in zip(one, other, strict=True) if a < b and names[a] != names[b]
    )
    for a, b in pairs:
        shared = shapely.intersection(areas[a], areas[b])
        yield _fault("overlap", (names[a], names[b]), shared)


def _gap_faults(areas: Geometries, names: Texts) -> Iterator[GridFault]:
    covered = shapely.union_all(areas)
    # With the holes filled; what lies inside one may be partly covered again.
    whole = shapely.union_all([shapely.polygons(part.exterior) for part in _areas_of(covered)])
    gaps = _areas_of(shapely.difference(whole, covered))
    for row in np.argsort(-areas_m2(gaps), kind="stable"):
        yield _fault("gap", names[shapely.intersects(areas, gaps[row])], gaps[row])


def _areas_of(shape: Geometry) -> Geometries:
    parts: Geometries = shapely.get_parts(shape)
    solid: Geometries = parts[shapely.get_dimensions(parts) == _AREA]
    return solid


def _fault(kind: FaultKind, names: tuple[str, ...] | Texts, shape: Geometry) -> GridFault:
    codes = tuple(sorted({str(name) for name in names}))
    return GridFault(kind, codes, float(areas_m2(shape)), shape)
