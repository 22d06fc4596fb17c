"""Walking distances: straight lines times a detour factor, replaced by known distances."""

import numpy as np

from geo.arrays import Floats, Positions
from geo.errors import GridwardenError
from geo.shapes.projection import distances_between_m


class TravelError(GridwardenError):
    """A way, or the factor of a straight line, cannot be."""


def straight_distances_m(lon: Floats, lat: Floats, *, factor: float) -> Floats:
    """Return straight lines times a factor between all pairs of places.

    A way depends on its two ends alone, not on which other places are asked about: the factor
    times `geo.shapes.projection.distances_m`.

    ``lon``, ``lat``: WGS-84 degrees, shape (n,), some kilometres apart at most; NaN where not
    known.
    ``factor``: metres to walk per metre of a straight line, at least 1.

    Returns metres, shape (n, n), symmetric, 0 on the diagonal; NaN from and to an unknown place.

    Raises `TravelError` when the factor is below 1.
    """
    if not factor >= 1:
        raise TravelError("walk_factor_too_small", seen=factor, expected="1 or more")
    metres = factor * distances_between_m(lon, lat)
    np.fill_diagonal(metres, 0.0)
    return metres


def with_known_distances(
    metres: Floats, start: Positions, end: Positions, known_m: Floats
) -> Floats:
    """Return a matrix of ways with known ones in their places.

    A way that is known in one direction only serves in both. Where one is given twice the later
    one holds. From a place to itself is 0, whatever is given.

    ``metres``: ways between all pairs, shape (n, n); not changed.
    ``start``, ``end``: positions of the places of each known way, 0 to n - 1, shape (k,).
    ``known_m``: its metres, ≥ 0, finite, shape (k,).

    Raises `TravelError` when a known way is below 0, not finite, or of a place that is not there.
    """
    wrong = ~np.isfinite(known_m) | (known_m < 0)
    outside = (np.minimum(start, end) < 0) | (np.maximum(start, end) >= len(metres))
    if (wrong | outside).any():
        raise TravelError("known_way_unusable", rows=np.flatnonzero(wrong | outside)[:5].tolist())
    laid = metres.copy()
    # The ways back first: where a direction is given itself, it is written over them.
    for origin, destination in ((end, start), (start, end)):
        laid[origin, destination] = known_m
    np.fill_diagonal(laid, 0.0)
    return laid
