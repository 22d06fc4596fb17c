"""CGCS2000 Gauss–Krüger zones: which one, and eastings that carry their zone number.

Surveyors write an easting either bare (510 794 m, zone known from elsewhere) or with the zone
number before it (39 510 794 m). 3-degree zones are numbered 25 to 45 (central meridian 3·n),
6-degree zones 13 to 23 (central meridian 6·n − 3), so a prefix says which. In pyproj x is always
east here, though Chinese survey files often name the northing X.
"""

from functools import lru_cache
from typing import Final

import numpy as np
import pyproj

from geo.arrays import Bools, Floats, Pair

THREE_DEGREE_ZONES: Final = range(25, 46)
SIX_DEGREE_ZONES: Final = range(13, 24)

# EPSG code − zone number, without and with the zone number before the easting.
_BARE_3, _PREFIXED_3 = 4534 - 25, 4513 - 25
_BARE_6, _PREFIXED_6 = 4502 - 13, 4491 - 13
_PREFIX_UNIT_M: Final = 1_000_000.0
# No bare easting of a zone reaches this, every prefixed one exceeds it.
_PREFIXED_FROM_M: Final = 10_000_000.0
_DEGREES_IN_CGCS2000: Final = "EPSG:4490"


def three_degree_zone(longitude: float) -> int:
    """Give the number of the 3-degree zone of a longitude (a border belongs to the east)."""
    return int(np.floor(longitude / 3 + 0.5))


def zone_of_epsg(epsg: int) -> int | None:
    """Give the zone number behind an EPSG code of a CGCS2000 zone, bare or prefixed."""
    for offset, zones in (
        (_BARE_3, THREE_DEGREE_ZONES),
        (_PREFIXED_3, THREE_DEGREE_ZONES),
        (_BARE_6, SIX_DEGREE_ZONES),
        (_PREFIXED_6, SIX_DEGREE_ZONES),
    ):
        if epsg - offset in zones:
            return epsg - offset
    return None


def is_prefixed(easting_m: Floats) -> Bools:
    """Tell which eastings carry the number of an existing zone."""
    with np.errstate(invalid="ignore"):
        zone = np.floor(easting_m / _PREFIX_UNIT_M)
        return np.isin(zone, [*SIX_DEGREE_ZONES, *THREE_DEGREE_ZONES])


def to_degrees(easting_m: Floats, northing_m: Floats, *, zone: int | None = None) -> Pair:
    """Turn eastings and northings into CGCS2000 degrees.

    ``easting_m``, ``northing_m``: metres. An easting with a zone number is read in that zone,
    whatever `zone` says: the number is in the data, while a declaration is often copied from
    another city.
    ``zone``: the zone of bare eastings; without it a bare easting gives NaN.
    """
    lon, lat = np.full_like(easting_m, np.nan), np.full_like(northing_m, np.nan)
    prefixed = is_prefixed(easting_m)
    zones = np.where(prefixed, np.floor(easting_m / _PREFIX_UNIT_M), zone or np.nan)
    bare = np.where(prefixed, easting_m - zones * _PREFIX_UNIT_M, easting_m)
    usable = ~np.isnan(zones) & (np.abs(bare) < _PREFIXED_FROM_M) & np.isfinite(northing_m)
    for number in np.unique(zones[usable]):
        rows = usable & (zones == number)
        transform = _transformer(int(number))
        lon[rows], lat[rows] = transform.transform(
            bare[rows], northing_m[rows], direction="INVERSE"
        )
    return lon, lat


def to_prefixed(lon: Floats, lat: Floats) -> Pair:
    """Turn CGCS2000 degrees into eastings with the number of the 3-degree zone they lie in.

    China reaches a little beyond the numbered zones (73.5 to 136.5 degrees) and is then counted
    to the outermost one; beyond 72 and 138 degrees the result is NaN.
    """
    east, north = np.full_like(lon, np.nan), np.full_like(lat, np.nan)
    first, last = THREE_DEGREE_ZONES[0], THREE_DEGREE_ZONES[-1]
    usable = (lon >= 3 * first - 3) & (lon <= 3 * last + 3)
    zones = np.clip(np.floor(lon / 3 + 0.5), first, last)
    for number in np.unique(zones[usable]):
        rows = usable & (zones == number)
        east[rows], north[rows] = _transformer(int(number)).transform(lon[rows], lat[rows])
        east[rows] += number * _PREFIX_UNIT_M
    return east, north


@lru_cache(maxsize=64)
def _transformer(zone: int) -> pyproj.Transformer:
    epsg = zone + (_BARE_3 if zone in THREE_DEGREE_ZONES else _BARE_6)
    return pyproj.Transformer.from_crs(_DEGREES_IN_CGCS2000, f"EPSG:{epsg}", always_xy=True)
