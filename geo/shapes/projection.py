"""Metres on a plane: distances and areas for things no farther apart than a city is wide.

Shapes are laid out on the spherical Mercator plane, which keeps angles, so that at every place
near is nearest in both. A length there is the true one divided by the cosine of the latitude.
Against the ellipsoid the error is below 0.5 %: enough for gaps between a point and a building,
not for surveying.

Between points, `distances_m` is the one distance of the product. Coordinates are subtracted in
degrees before anything is scaled: the difference of two nearby doubles is exact, so a distance of
a nanometre is as exact, relative to itself, as one of a kilometre. Scaling first would round each
point to a nanometre.
"""

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import ArrayLike

from geo.arrays import Floats, Geometries

EARTH_RADIUS_M: Final = 6371008.8
METRES_PER_DEGREE: Final = EARTH_RADIUS_M * np.pi / 180
"""Of a great circle on the sphere of `EARTH_RADIUS_M`."""
# Mercator's limit of latitude.
_LAT_LIMIT: Final = 85.0


def distances_m(lon: ArrayLike, lat: ArrayLike, to_lon: ArrayLike, to_lat: ArrayLike) -> Floats:
    """Measure straight lines between points that are some kilometres apart at most.

    R · √((Δλ · cos((φ₁ + φ₂) / 2))² + Δφ²): a distance depends on its two ends alone and is the
    same both ways. Over 10 km at Chinese latitudes it is within 0.5 % of the ellipsoid's; to the
    formula itself it is exact to 1e-12 of the distance, however near the points are.

    ``lon``, ``lat``, ``to_lon``, ``to_lat``: WGS-84 degrees, shapes that broadcast; NaN where not
    known.

    Returns metres ≥ 0, the broadcast shape; NaN from and to an unknown point.
    """
    west, south, east, north = (
        np.asarray(each, dtype=np.float64) for each in (lon, lat, to_lon, to_lat)
    )
    along = (east - west) * np.cos(np.radians((south + north) / 2))
    return np.asarray(METRES_PER_DEGREE * np.hypot(along, north - south))


def distances_between_m(lon: Floats, lat: Floats) -> Floats:
    """Measure `distances_m` between all pairs of n points, shape (n, n), 0 on the diagonal."""
    return distances_m(lon[:, None], lat[:, None], lon[None, :], lat[None, :])


def offsets_m(lon: ArrayLike, lat: ArrayLike, *, origin: tuple[float, float]) -> Floats:
    """Lay points out in metres on one plane around an origin, for kernels and trees.

    ``lon``, ``lat``: WGS-84 degrees, shape (n,), within a city of the origin.
    ``origin``: longitude and latitude where the plane touches: (0, 0) of the result.

    Returns metres east and north, shape (n, 2). Between two points of one latitude the distance is
    off by tan φ · Δφ from the origin: 0.1 % at 10 km at 36° N.
    """
    east = (np.asarray(lon, dtype=np.float64) - origin[0]) * np.cos(np.radians(origin[1]))
    return METRES_PER_DEGREE * np.column_stack((east, np.asarray(lat, np.float64) - origin[1]))


def plane_of(geometries: Any) -> Any:  # noqa: ANN401 -- one shapely geometry or an array of them
    """Lay geometries in WGS-84 degrees out on the Mercator plane."""
    return shapely.transform(geometries, _to_plane)


def plane_points(lon: ArrayLike, lat: ArrayLike) -> Geometries:
    """Lay points in WGS-84 degrees out on the Mercator plane."""
    points: Geometries = shapely.points(_to_plane(np.column_stack((lon, lat))))
    return points


def metres_per_unit(lat: ArrayLike) -> Floats:
    """Give the true metres of one unit of the plane at a latitude."""
    return np.cos(np.radians(np.clip(np.asarray(lat, dtype=np.float64), -_LAT_LIMIT, _LAT_LIMIT)))


def areas_m2(geometries: ArrayLike) -> Floats:
    """Measure areas of geometries in WGS-84 degrees, in square metres; NaN for None.

    Each is laid out on the sphere's cylindrical equal-area plane.
    """
    areas: Floats = shapely.area(shapely.transform(geometries, _to_equal_area))
    return areas


def _to_plane(degrees: Floats) -> Floats:
    lat = np.radians(np.clip(degrees[:, 1], -_LAT_LIMIT, _LAT_LIMIT))
    return EARTH_RADIUS_M * np.column_stack((np.radians(degrees[:, 0]), np.arcsinh(np.tan(lat))))


def _to_equal_area(degrees: Floats) -> Floats:
    radians = np.radians(degrees)
    return EARTH_RADIUS_M * np.column_stack((radians[:, 0], np.sin(radians[:, 1])))
