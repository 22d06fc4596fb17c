"""Metres on a plane: distances and areas for things no farther apart than a city is wide.

Shapes are laid out on the spherical Mercator plane, which keeps angles, so that at every place
near is nearest in both. A length there is the true one divided by the cosine of the latitude.
Against the ellipsoid the error is below 0.5 %: enough for gaps between a point and a building,
not for surveying.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = "NDArray[np.float64]"

EARTH_RADIUS_M: Final = 6371008.8
# Where Mercator ends; nobody lives beyond.
_LAT_LIMIT: Final = 85.0


def plane_of(geometries: Any) -> Any:  # noqa: ANN401 -- one shapely geometry or an array of them
    """Lay geometries in WGS-84 degrees out on the Mercator plane."""
    return shapely.transform(geometries, _to_plane)


def plane_points(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.object_]:
    """Lay points in WGS-84 degrees out on the Mercator plane."""
    points: NDArray[np.object_] = shapely.points(_to_plane(np.column_stack((lon, lat))))
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
