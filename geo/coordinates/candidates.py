"""The datums that a pair of columns may be in, and where each would put the points."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.arrays import Floats
from geo.coordinates import cgcs2000, gcj02
from geo.coordinates.datums import BD09, CGCS2000, GCJ02, WGS84, Datum, to_wgs84

_MOST: Final = 0.5
_POLAR: Final = 75.0
_MERCATOR_ENDS_M: Final = 20037508.35
_THREE: Final = cgcs2000.THREE_DEGREE_ZONES
_SAME_PLACE_DEG: Final = 1e-5


@dataclass(frozen=True)
class Candidate:
    """A datum and the WGS-84 degrees that the points would have under it."""

    datum: Datum
    lon: Floats
    lat: Floats


def candidates_of(
    x: Floats, y: Floats, *, projected: bool, near_lon: float | None
) -> list[Candidate]:
    """List the candidates for numbers meant as east and north, most usual first.

    Bare metres need `near_lon`, the longitude of the place they should be at; eastings that carry
    their zone number do not.
    """
    # Outside China the web maps' frames are not in use.
    datums = [WGS84, GCJ02, BD09] if gcj02.in_china(x, y).any() else [WGS84]
    if projected and cgcs2000.is_prefixed(x).mean() > _MOST:
        datums = _prefixed(x)
    elif projected:
        datums = _bare_projections(near_lon)
    return [Candidate(datum, *to_wgs84(x, y, datum=datum)) for datum in datums]


def _prefixed(x: Floats) -> list[Datum]:
    # East of 117 degrees the web maps' Mercator runs over the numbers of the western 6° zones.
    mercator = float(np.median(x)) < _MERCATOR_ENDS_M
    return [CGCS2000, Datum("EPSG:3857")] if mercator else [CGCS2000]


def _bare_projections(near_lon: float | None) -> list[Datum]:
    """List what a survey or a web map around a longitude would be projected in."""
    if near_lon is None:
        return []
    middle = cgcs2000.three_degree_zone(near_lon)
    three = [4509 + zone for zone in (middle, middle - 1, middle + 1) if zone in _THREE]
    # The 6-degree zone comes after: around its meridian it equals the 3-degree one.
    sixth = int(near_lon // 6)
    six = [4490 + sixth] if sixth + 1 in cgcs2000.SIX_DEGREE_ZONES else []
    utm = 32631 + sixth
    return [Datum(f"EPSG:{code}") for code in [*three, *six, utm, 3857]]


def distinct_candidates(candidates: list[Candidate]) -> list[Candidate]:
    """Keep one of each group that puts every point at the same place (within a metre)."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if np.isnan(candidate.lon).all():
            continue
        if not any(_same_place(candidate, other) for other in kept):
            kept.append(candidate)
    return kept


def _same_place(one: Candidate, other: Candidate) -> bool:
    return bool(
        np.allclose(one.lon, other.lon, rtol=0, atol=_SAME_PLACE_DEG, equal_nan=True)
        and np.allclose(one.lat, other.lat, rtol=0, atol=_SAME_PLACE_DEG, equal_nan=True)
    )


def looks_swapped(x: Floats, y: Floats, *, projected: bool) -> bool:
    """Judge the order of the axes by the numbers alone; doubt leaves them as they are."""
    if projected:
        return bool(cgcs2000.is_prefixed(y).mean() > cgcs2000.is_prefixed(x).mean())
    return bool(
        np.mean((np.abs(y) > _POLAR) & (np.abs(x) < _POLAR)) > _MOST
        or np.mean(gcj02.in_china(y, x)) > np.mean(gcj02.in_china(x, y))
    )
