"""Coordinate datums met in Chinese street offices, to and from WGS-84, vectorised.

============== ================================================ ==============================
label          what x and y are                                 who delivers it
============== ================================================ ==============================
wgs84          longitude, latitude in degrees                   phone GPS, OpenStreetMap
gcj02          degrees, shifted 300 to 700 m inside China       高德, 腾讯, picks on a map
bd09           GCJ-02 shifted by about 900 m more               百度
cgcs2000       degrees; or metres with the zone number before   天地图, natural resources
cgcs2000-zones easting with zone number, northing, in metres    surveys across 3-degree zones
EPSG:n         whatever pyproj says, always x = east            anything else
============== ================================================ ==============================

CGCS2000 and WGS-84 differ by decimetres at most and are treated as equal. GCJ-02 and BD-09 follow
the public implementations (`geo.coordinates.gcj02`); the frames themselves are not published. A
city's own
frame (城市独立坐标系, 本地) has a secret false origin: no code here can read it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import pyproj
from numpy.typing import ArrayLike
from pyproj.exceptions import CRSError

from geo.arrays import Floats, Pair
from geo.coordinates import cgcs2000, gcj02
from geo.errors import GridwardenError

Conversion: TypeAlias = "Callable[[Floats, Floats], Pair]"

_ALIASES: Final = {
    "wgs84": ("wgs84", "wgs1984", "gps", "epsg4326", "crs84", "地球坐标"),
    "gcj02": ("gcj02", "gcj", "mars", "火星", "火星坐标", "国测局", "高德", "腾讯", "amap"),
    "bd09": ("bd09", "bd09ll", "百度", "百度坐标", "baidu"),
    "cgcs2000": (
        *("cgcs2000", "epsg4490", "国家2000", "大地2000", "天地图"),
        *("2000国家大地坐标系", "国家大地坐标系", "2000坐标系"),
    ),
    "cgcs2000-zones": ("cgcs2000zones", "cgcs20003degree", "2000三度带", "三度带"),
}
_LABEL_OF: Final = {alias: label for label, aliases in _ALIASES.items() for alias in aliases}
_EPSG: Final = re.compile(r"(?:epsg|urn:ogc:def:crs:epsg:[\d.]*)\W*(\d{4,6})")
_AXES: Final = 2
_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0
_DECLARABLE: Final = "wgs84, gcj02, bd09, cgcs2000 or EPSG:n"


class UnknownDatumError(GridwardenError):
    """The text names no datum that can be turned into WGS-84."""

    def __init__(self, seen: object) -> None:
        super().__init__(
            "unknown_datum",
            seen=seen,
            expected=_DECLARABLE,
            what_to_do="Ask whoever made the file; a city's own frame must be converted by them.",
        )


@dataclass(frozen=True, order=True)
class Datum:
    """A datum, known by its label; construct it with `Datum.parse`."""

    label: str
    """``wgs84``, ``gcj02``, ``bd09``, ``cgcs2000``, ``cgcs2000-zones`` or ``EPSG:n``."""

    def __post_init__(self) -> None:
        """Refuse a label that names no datum."""
        if self.label not in _ALIASES:
            _known_epsg(self.label)

    @classmethod
    def parse(cls, text: str | Datum) -> Datum:
        """Read a datum as people write it: ``WGS-84``, ``高德``, ``bd09ll``, ``epsg 4548``.

        Raises `UnknownDatumError` if the text names none, or an EPSG code that pyproj does not
        know.
        """
        if isinstance(text, Datum):
            return text
        plain = unicodedata.normalize("NFKC", str(text)).strip().lower()
        letters = re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", plain).removesuffix("坐标系")
        label = _LABEL_OF.get(letters) or _LABEL_OF.get(letters + "坐标系")
        if label is None:
            code = _EPSG.fullmatch(plain)
            if code is None:
                raise UnknownDatumError(text)
            label = f"EPSG:{int(code[1])}"
        return cls(label)

    @property
    def epsg(self) -> int | None:
        """The EPSG code of an ``EPSG:n`` datum, else None."""
        return int(self.label[5:]) if self.label.startswith("EPSG:") else None

    def __str__(self) -> str:
        """Give the label."""
        return self.label


WGS84: Final = Datum("wgs84")
GCJ02: Final = Datum("gcj02")
BD09: Final = Datum("bd09")
CGCS2000: Final = Datum("cgcs2000")


def to_wgs84(x: ArrayLike, y: ArrayLike, *, datum: Datum | str) -> Pair:
    """Turn coordinates of a datum into WGS-84 longitudes and latitudes.

    ``x``, ``y``: eastward and northward coordinates of equal shape: degrees (longitude, latitude)
    or metres, as the datum says. Integers are fine; the input is not changed.
    ``datum``: what they are given in.

    Returns ``lon``, ``lat``: degrees, float64, of the input's shape. NaN where x or y is NaN or
    infinite, where the result is no place on Earth (|lon| > 180 or |lat| > 90), and where a
    projection does not reach. GCJ-02 and BD-09 are inverted to better than 1 cm.

    Raises `UnknownDatumError` if `datum` is a text that names none.
    """
    frame = Datum.parse(datum)
    flat_x, flat_y, shape = _flat_pair(x, y)
    with np.errstate(invalid="ignore", over="ignore"):
        if convert := _TO_WGS84.get(frame.label):
            lon, lat = convert(flat_x, flat_y)
        else:
            lon, lat = _epsg_to_wgs84(frame, flat_x, flat_y)
        lon, lat = _on_earth(lon, lat)
    return lon.reshape(shape), lat.reshape(shape)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, *, datum: Datum | str) -> Pair:
    """Turn WGS-84 longitudes and latitudes into coordinates of a datum.

    The inverse of `to_wgs84`, with the same rules: x is east, NaN stays NaN, and degrees that are
    no place on Earth give NaN. ``cgcs2000`` gives degrees, ``cgcs2000-zones`` metres with the
    number of the 3-degree zone that each longitude lies in.
    """
    frame = Datum.parse(datum)
    flat_lon, flat_lat, shape = _flat_pair(lon, lat)
    with np.errstate(invalid="ignore", over="ignore"):
        flat_lon, flat_lat = _on_earth(flat_lon, flat_lat)
        if convert := _FROM_WGS84.get(frame.label):
            x, y = convert(flat_lon, flat_lat)
        else:
            x, y = _transformer(frame.label).transform(flat_lon, flat_lat, direction="INVERSE")
        lost = ~(np.isfinite(x) & np.isfinite(y))
    x, y = np.where(lost, np.nan, x), np.where(lost, np.nan, y)
    return x.reshape(shape), y.reshape(shape)


def _flat_pair(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats, tuple[int, ...]]:
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"x has shape {first.shape} but y {second.shape}.")
    return first.ravel(), second.ravel(), first.shape


def _on_earth(lon: Floats, lat: Floats) -> Pair:
    good = (np.abs(lon) <= _LON_LIMIT) & (np.abs(lat) <= _LAT_LIMIT)  # False for NaN as well
    return np.where(good, lon, np.nan), np.where(good, lat, np.nan)


def _cgcs2000_to_wgs84(x: Floats, y: Floats) -> Pair:
    prefixed = cgcs2000.is_prefixed(x)
    if not prefixed.any():
        return x, y
    lon, lat = cgcs2000.to_degrees(x, y)
    return np.where(prefixed, lon, x), np.where(prefixed, lat, y)


def _epsg_to_wgs84(datum: Datum, x: Floats, y: Floats) -> Pair:
    zone = cgcs2000.zone_of_epsg(datum.epsg or 0)
    if zone is not None:
        return cgcs2000.to_degrees(x, y, zone=zone)
    return _transformer(datum.label).transform(x, y)


_TO_WGS84: Final[dict[str, Conversion]] = {
    "wgs84": lambda x, y: (x, y),
    "gcj02": lambda x, y: gcj02.gcj02_to_wgs84(*_on_earth(x, y)),
    "bd09": lambda x, y: gcj02.gcj02_to_wgs84(*gcj02.bd09_to_gcj02(*_on_earth(x, y))),
    "cgcs2000": _cgcs2000_to_wgs84,
    "cgcs2000-zones": cgcs2000.to_degrees,
}
_FROM_WGS84: Final[dict[str, Conversion]] = {
    "wgs84": lambda lon, lat: (lon, lat),
    "gcj02": gcj02.wgs84_to_gcj02,
    "bd09": lambda lon, lat: gcj02.gcj02_to_bd09(*gcj02.wgs84_to_gcj02(lon, lat)),
    "cgcs2000": lambda lon, lat: (lon, lat),
    "cgcs2000-zones": cgcs2000.to_prefixed,
}


def _known_epsg(label: str) -> None:
    if not re.fullmatch(r"EPSG:\d{4,6}", label):
        raise UnknownDatumError(label)
    try:
        system = pyproj.CRS.from_user_input(label)
    except CRSError:
        raise UnknownDatumError(label) from None
    if not (system.is_geographic or system.is_projected) or len(system.axis_info) != _AXES:
        raise UnknownDatumError(label)


@lru_cache(maxsize=64)
def _transformer(label: str) -> pyproj.Transformer:
    # A transformer is costly to make and safe to share: pyproj keeps one PROJ context per thread.
    return pyproj.Transformer.from_crs(label, "EPSG:4326", always_xy=True)
