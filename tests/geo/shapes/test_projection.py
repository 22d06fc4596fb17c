"""Straight lines in metres: exact to the formula, near the ellipsoid, of two ends alone."""

import numpy as np
import pyproj
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.shapes.projection import METRES_PER_DEGREE, distances_between_m, distances_m, offsets_m

WGS84 = pyproj.Geod(ellps="WGS84")
lons, lats = st.floats(73.0, 135.0), st.floats(18.0, 54.0)
steps = st.floats(-0.05, 0.05)


@given(lons, lats, steps, steps)
def test_a_line_of_some_kilometres_is_within_half_a_per_cent_of_the_ellipsoids(
    lon: float, lat: float, east: float, north: float
) -> None:
    _, _, true = WGS84.inv(lon, lat, lon + east, lat + north)
    assert distances_m(lon, lat, lon + east, lat + north) == pytest.approx(true, rel=5e-3, abs=1e-6)


@given(lons, lats)
@example(lon=117.0, lat=36.1)
def test_two_places_one_float_apart_are_as_far_as_their_difference_says(
    lon: float, lat: float
) -> None:
    """About a billionth of a metre: nothing may be lost by rounding each place first."""
    east, north = float(np.nextafter(lon, 180)), float(np.nextafter(lat, 90))
    along = METRES_PER_DEGREE * (east - lon) * np.cos(np.radians(lat))
    assert distances_m(lon, lat, east, lat) == pytest.approx(along, rel=1e-12, abs=0)
    up = METRES_PER_DEGREE * (north - lat)
    assert distances_m(lon, lat, lon, north) == pytest.approx(up, rel=1e-12, abs=0)


@given(st.lists(st.tuples(lons, lats), min_size=1, max_size=6))
def test_all_pairs_are_those_of_one_pair_at_a_time_and_the_same_both_ways(
    points: list[tuple[float, float]],
) -> None:
    lon, lat = (np.array(each) for each in zip(*points, strict=True))
    every = distances_between_m(lon, lat)
    assert (every == every.T).all()
    assert (np.diag(every) == 0).all()
    alone = [[float(distances_m(*a, *b)) for b in points] for a in points]
    np.testing.assert_allclose(every, alone, rtol=1e-12)


@given(lons, lats, st.lists(st.tuples(steps, steps), min_size=2, max_size=6))
def test_on_one_plane_lines_differ_by_the_lean_of_the_meridians_only(
    lon: float, lat: float, moved: list[tuple[float, float]]
) -> None:
    """By tan φ · Δφ from the origin to the lines' middles, relative."""
    east, north = (np.array(each) for each in zip(*moved, strict=True))
    flat = offsets_m(lon + east, lat + north, origin=(lon, lat))
    on_plane = np.linalg.norm(flat[:, None] - flat[None], axis=2)
    every = distances_between_m(lon + east, lat + north)
    lean = np.tan(np.radians(lat)) * np.radians(0.05) * 1.01
    assert (np.abs(on_plane - every) <= lean * every + 1e-9).all()


def test_an_unknown_place_is_at_no_distance() -> None:
    assert np.isnan(distances_m(np.nan, np.nan, 117.0, 36.0))
    assert offsets_m([], [], origin=(0.0, 0.0)).shape == (0, 2)
