"""GCJ-02 and BD-09: the shifted frames of Chinese web maps, forwards and exactly backwards.

The forward formulas are the public ones (Krasovsky 1940 ellipsoid, a = 6 378 245 m, f = 1/298.3;
checked against the package coord-convert). No closed inverse exists. The shift changes by at
most 3 % of the distance moved, so ``w ← w − (shift(w) − target)`` contracts: each step gains one
and a half to two decimal digits, and the usual one-step inverse is left up to 4 m off.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from geo.arrays import Bools, Floats, Pair

# The rectangle in which public implementations shift: it holds all of China, and more.
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271

_SEMI_MAJOR_M: Final = 6378245.0
_FLATTENING: Final = 1 / 298.3
_ECCENTRICITY_2: Final = _FLATTENING * (2 - _FLATTENING)
_BD_FREQUENCY: Final = np.pi * 3000.0 / 180.0
_BD_EAST, _BD_NORTH = 0.0065, 0.006

# Convergence below a hundredth of a millimetre; the limit is never met by finite input.
_TOLERANCE_DEG: Final = 1e-10
_MAX_STEPS: Final = 30
# Blocks whose temporaries stay in the processor's cache: twice as fast as one pass over a million.
_BLOCK: Final = 16384


def in_china(lon: Floats, lat: Floats) -> Bools:
    """Tell which points lie in the rectangle where GCJ-02 shifts (borders included)."""
    return (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """Shift WGS-84 degrees to GCJ-02; the identity outside China, NaN stays NaN."""
    return _where_in_china(_shift_to_gcj02, lon, lat)


def gcj02_to_wgs84(lon: Floats, lat: Floats) -> Pair:
    """Undo `wgs84_to_gcj02` to better than a tenth of a millimetre.

    Points that the shift carries across the edge of the rectangle – in Siberia, the Indian Ocean
    and the like – have two possible origins or none; there the rectangle decides by the given
    point. China lies at least 0.9 degrees away from every edge.
    """
    return _where_in_china(lambda x, y: _invert(_shift_to_gcj02, x, y), lon, lat)


def gcj02_to_bd09(lon: Floats, lat: Floats) -> Pair:
    """Shift GCJ-02 degrees to BD-09 (everywhere: the public formula knows no border)."""
    return _in_blocks(_shift_to_bd09, lon, lat)


def bd09_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    """Undo `gcj02_to_bd09` to better than a tenth of a millimetre."""
    return _in_blocks(lambda x, y: _invert(_shift_to_bd09, x, y), lon, lat)


def _shift_to_gcj02(lon: Floats, lat: Floats) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root, product = np.sqrt(np.abs(x)), x * y
    common = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * (2 / 3)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * product + 0.2 * root + common
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3 * y)) * (2 / 3)
    north += (160.0 * np.sin(np.pi / 12 * y) + 320.0 * np.sin(np.pi / 30 * y)) * (2 / 3)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * product + 0.1 * root + common
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3 * x)) * (2 / 3)
    east += (150.0 * np.sin(np.pi / 12 * x) + 300.0 * np.sin(np.pi / 30 * x)) * (2 / 3)
    radians = np.radians(lat)
    magic = 1 - _ECCENTRICITY_2 * np.sin(radians) ** 2
    prime_vertical_m = _SEMI_MAJOR_M / np.sqrt(magic)
    meridian_m = prime_vertical_m * (1 - _ECCENTRICITY_2) / magic
    return (
        lon + np.degrees(east / (prime_vertical_m * np.cos(radians))),
        lat + np.degrees(north / meridian_m),
    )


def _shift_to_bd09(lon: Floats, lat: Floats) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(_BD_FREQUENCY * lat)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(_BD_FREQUENCY * lon)
    return radius * np.cos(angle) + _BD_EAST, radius * np.sin(angle) + _BD_NORTH


def _invert(forward: Callable[[Floats, Floats], Pair], x: Floats, y: Floats) -> Pair:
    """Step until each point rests: what becomes of one does not depend on the others."""
    lon, lat = x, y
    moving = np.isfinite(x) & np.isfinite(y)
    for _ in range(_MAX_STEPS):
        moved_x, moved_y = forward(lon, lat)
        step_x, step_y = moved_x - x, moved_y - y
        lon, lat = np.where(moving, lon - step_x, lon), np.where(moving, lat - step_y, lat)
        moving &= (np.abs(step_x) >= _TOLERANCE_DEG) | (np.abs(step_y) >= _TOLERANCE_DEG)
        if not moving.any():
            break
    return lon, lat


def _where_in_china(shift: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    inside = in_china(lon, lat)
    if inside.all():
        return _in_blocks(shift, lon, lat)
    out_lon, out_lat = lon.copy(), lat.copy()
    out_lon[inside], out_lat[inside] = _in_blocks(shift, lon[inside], lat[inside])
    return out_lon, out_lat


def _in_blocks(shift: Callable[[Floats, Floats], Pair], x: Floats, y: Floats) -> Pair:
    out_x, out_y = np.empty_like(x), np.empty_like(y)
    for start in range(0, x.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        out_x[block], out_y[block] = shift(x[block], y[block])
    return out_x, out_y
