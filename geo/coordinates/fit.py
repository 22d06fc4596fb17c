"""Fit of a candidate datum: points in a known area, near known buildings, beside known streets."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from geo.arrays import Floats, Geometries
from geo.coordinates.candidates import Candidate, distinct_candidates
from geo.shapes.projection import metres_per_unit, plane_of, plane_points

_AREA: Final = 2
_MANY_PARTS: Final = 30
_MOSTLY: Final = 0.5
_ON_STREET_M: Final = 4.0
_BY_STREET_M: Final = 300.0


@dataclass(frozen=True)
class Fit:
    """How well one candidate fits: `gap_m` is 0 for points inside, infinite for lost ones."""

    candidate: Candidate
    gap_m: Floats


def is_scattered(shapes: Geometries) -> bool:
    """Tell buildings, to be measured by distance, from areas, to be inside of."""
    if (shapely.get_dimensions(shapes) < _AREA).all():
        return True
    hull = shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(shapes)))
    filled = shapely.area(shapes).sum() / max(shapely.area(hull), np.finfo(float).tiny)
    return bool(shapes.size >= _MANY_PARTS and filled < _MOSTLY)


def are_lines(shapes: Geometries) -> bool:
    """Tell streets and borders, which no building stands on."""
    return bool((shapely.get_dimensions(shapes) == 1).all())


def fits_of(
    candidates: list[Candidate], shapes: Geometries, *, by_gap: bool, by_street: bool = False
) -> list[Fit]:
    """Measure each distinct candidate: metres to the nearest shape, or 0 inside and ∞ outside.

    With ``by_street`` the shapes are lines, and inside is who is beside one but not on it.
    """
    tree = shapely.STRtree(plane_of(shapes) if by_gap or by_street else shapes)
    measure = _not_by_street if by_street else _gaps_m if by_gap else _outside
    return [
        Fit(candidate, measure(candidate, tree)) for candidate in distinct_candidates(candidates)
    ]


def _gaps_m(candidate: Candidate, tree: shapely.STRtree) -> Floats:
    gaps = np.full(candidate.lon.size, np.inf)
    known = np.flatnonzero(~np.isnan(candidate.lon))
    points = plane_points(candidate.lon[known], candidate.lat[known])
    found, distance = tree.query_nearest(points, all_matches=False, return_distance=True)
    gaps[known[found[0]]] = distance
    return gaps * metres_per_unit(np.nan_to_num(candidate.lat))


def _not_by_street(candidate: Candidate, tree: shapely.STRtree) -> Floats:
    gap_m = _gaps_m(candidate, tree)
    return np.where((gap_m > _ON_STREET_M) & (gap_m <= _BY_STREET_M), 0.0, np.inf)


def _outside(candidate: Candidate, tree: shapely.STRtree) -> Floats:
    gaps = np.full(candidate.lon.size, np.inf)
    known = np.flatnonzero(~np.isnan(candidate.lon))
    points = shapely.points(candidate.lon[known], candidate.lat[known])
    gaps[known[tree.query(points, predicate="intersects")[0]]] = 0.0
    return gaps


def badness(fit: Fit) -> tuple[float, float]:
    """Rank a fit; less is better."""
    # An area gives gaps of 0 and infinity only, so the share decides; buildings: the median.
    return float(np.median(fit.gap_m)), -float(np.mean(fit.gap_m == 0))
