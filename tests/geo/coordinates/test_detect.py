"""Rules of recognising a datum from where it puts the points."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.coordinates.datums import from_wgs84
from geo.coordinates.detect import recognise_datum
from geo.coordinates.parse import read_coordinates

DATA = Path(__file__).parents[4] / "shared/data"
# A street of 3.6 km by 3.3 km at Tai'an, wider than every frame's shift.
STREET = shapely.box(117.10, 36.17, 117.14, 36.20)
CHICAGO = shapely.box(-87.9, 41.6, -87.5, 42.1)
DEGREES = ["wgs84", "gcj02", "bd09"]


def points_in(area: shapely.Geometry, count: int, seed: int = 7) -> NDArray[np.float64]:
    west, south, east, north = area.bounds
    points: NDArray[np.float64] = np.random.default_rng(seed).uniform(
        [west, south], [east, north], (count, 2)
    )
    return points.T


@pytest.mark.parametrize("datum", DEGREES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_points_over_the_whole_street_give_their_datum_away(datum: str, seed: int) -> None:
    """Although the wrong frames leave many inside: shares alone would look convincing."""
    x, y = from_wgs84(*points_in(STREET, 400, seed), datum=datum)
    report = recognise_datum(x, y, reference=STREET)
    assert (str(report.best), report.reason) == (datum, "clear")
    assert [str(each) for each in report.candidates] == list(report.shares)
    assert set(report.shares) == set(DEGREES)
    assert next(iter(report.shares)) == datum
    assert report.shares[datum] == 1.0
    assert sorted(report.shares.values())[1] > 0.5
    # The order of the rows does not matter.
    order = np.random.default_rng(seed).permutation(x.size)
    assert recognise_datum(x[order], y[order], reference=STREET) == report


@pytest.mark.parametrize("datum", [*DEGREES, "EPSG:4548", "EPSG:4527", "EPSG:3857"])
@pytest.mark.parametrize("swap", [False, True])
def test_exchanged_axes_are_noticed_under_every_datum(datum: str, swap: bool) -> None:  # noqa: FBT001 -- a parameter
    x, y = from_wgs84(*points_in(STREET, 400), datum=datum)
    report = recognise_datum(*((y, x) if swap else (x, y)), reference=STREET)
    # Eastings that name their zone need no projection to be named.
    assert str(report.best) == ("cgcs2000" if datum == "EPSG:4527" else datum)
    assert report.swapped == swap


def test_points_deep_inside_fit_every_datum_and_none_is_suggested() -> None:
    middle = shapely.box(117.119, 36.184, 117.121, 36.186)
    report = recognise_datum(*points_in(middle, 400), reference=STREET)
    assert (report.best, report.reason) == (None, "ambiguous")
    assert set(report.shares.values()) == {1.0}


def test_a_handful_of_places_is_too_little_to_tell_however_often_they_are_repeated() -> None:
    x, y = from_wgs84(*points_in(STREET, 6), datum="gcj02")
    once = recognise_datum(x, y, reference=STREET)
    often = recognise_datum(np.tile(x, 1000), np.tile(y, 1000), reference=STREET)
    assert once.best is often.best is None
    assert often.shares == once.shares


@pytest.mark.parametrize(
    "points",
    [
        points_in(shapely.box(120.1, 30.2, 120.2, 30.3), 200),  # another city
        np.array([[51_000.0, 52_000.0], [31_000.0, 32_000.0]]),  # a city's own frame
        points_in(shapely.box(116.9, 36.0, 117.3, 36.4), 3000),  # the whole city
    ],
)
def test_points_of_elsewhere_fit_nothing(points: NDArray[np.float64]) -> None:
    report = recognise_datum(*points, reference=STREET)
    assert (report.best, report.reason, report.swapped) == (None, "nothing_fits", False)


def test_zeros_and_unknowns_do_not_vote() -> None:
    x, y = points_in(STREET, 300)
    x, y = np.append(x, [0.0, 117.1, np.nan, np.inf]), np.append(y, [0.0, 0.0, 36.2, 36.2])
    report = recognise_datum(x, y, reference=STREET)
    assert (report.points, report.shares["wgs84"]) == (300, 1.0)
    nothing = recognise_datum([0.0, np.nan], [0.0, 1.0], reference=STREET)
    assert (nothing.best, nothing.reason, nothing.points) == (None, "no_points", 0)


@pytest.mark.parametrize("datum", DEGREES)
@pytest.mark.parametrize("kind", ["points", "footprints"])
def test_known_buildings_tell_by_the_distance_to_the_nearest(datum: str, kind: str) -> None:
    lon, lat = points_in(STREET, 500)
    buildings = shapely.points(lon, lat)
    if kind == "footprints":
        buildings = shapely.box(lon - 2e-4, lat - 1e-4, lon + 2e-4, lat + 1e-4)
    noise = np.random.default_rng(1).normal(0, 5e-5, (2, 300))
    x, y = from_wgs84(lon[:300] + noise[0], lat[:300] + noise[1], datum=datum)
    assert str(recognise_datum(x, y, reference=buildings).best) == datum


@pytest.mark.parametrize("datum", DEGREES)
def test_the_grids_of_a_bent_street_are_an_area_though_they_fill_little_of_it(datum: str) -> None:
    corners = [(117.1 + 0.004 * n, 36.1) for n in range(25)]
    corners += [(117.1, 36.1 + 0.004 * n) for n in range(1, 25)]
    grids = [shapely.box(x, y, x + 0.004, y + 0.004) for x, y in corners]
    inside = np.hstack([points_in(grid, 12, seed=n) for n, grid in enumerate(grids)])
    report = recognise_datum(*from_wgs84(*inside, datum=datum), reference=grids)
    assert (str(report.best), report.shares[datum]) == (datum, 1.0)


def test_points_that_have_nothing_to_do_with_the_buildings_stay_unrecognised() -> None:
    buildings = shapely.points(*points_in(STREET, 4000, seed=1))
    inner = shapely.box(117.115, 36.18, 117.125, 36.19)
    report = recognise_datum(*points_in(inner, 400, seed=2), reference=buildings)
    assert (report.best, report.reason) == (None, "ambiguous")


@pytest.mark.parametrize("reference", [None, [], shapely.Polygon(), [None]])
def test_without_a_reference_nothing_is_suggested_inside_china(reference: object) -> None:
    x, y = points_in(STREET, 50)
    report = recognise_datum(x, y, reference=reference)  # type: ignore[arg-type]
    assert (report.best, report.reason, report.shares) == (None, "no_reference", {})
    assert [str(datum) for datum in report.candidates] == DEGREES
    assert recognise_datum(y, x, reference=None).swapped


def test_eastings_that_carry_their_zone_need_no_reference() -> None:
    x, y = from_wgs84(*points_in(STREET, 50), datum="EPSG:4527")
    for swap in (False, True):
        report = recognise_datum(*((y, x) if swap else (x, y)), reference=None)
        assert (str(report.best), report.reason) == ("cgcs2000", "zone_numbers")
        assert report.swapped == swap
    bare = recognise_datum(x - 39e6, y, reference=None)
    assert (bare.best, bare.reason) == (None, "no_reference")
    mercator = recognise_datum(*from_wgs84([117.2], [36.2], datum="EPSG:3857"), reference=None)
    assert mercator.best is None


@pytest.mark.parametrize("swap", [False, True])
def test_outside_china_there_is_only_wgs84(swap: bool) -> None:  # noqa: FBT001 -- a parameter
    x, y = points_in(CHICAGO, 300)
    x, y = (y, x) if swap else (x, y)
    alone = recognise_datum(x, y, reference=None)
    assert (str(alone.best), alone.reason, alone.swapped) == ("wgs84", "outside_china", swap)
    known = recognise_datum(x, y, reference=CHICAGO)
    assert (str(known.best), known.swapped) == ("wgs84", swap)
    assert known.shares == {"wgs84": 1.0}


@pytest.mark.parametrize("datum", DEGREES)
def test_shanghai_buildings_are_recognised_by_their_footprints(datum: str) -> None:
    path = DATA / "shanghai/buildings.geojson"
    if not path.exists():
        pytest.skip("../shared/data/shanghai/buildings.geojson is not here")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features])
    centres = shapely.centroid(shapes[::2])
    x, y = from_wgs84(shapely.get_x(centres), shapely.get_y(centres), datum=datum)
    assert str(recognise_datum(x, y, reference=shapes).best) == datum


def test_guangzhou_listings_without_a_reference_are_left_to_a_person() -> None:
    path = DATA / "guangzhou/rents.parquet"
    if not path.exists():
        pytest.skip("../shared/data/guangzhou/rents.parquet is not here")
    lat, lon = read_coordinates(pd.read_parquet(path, columns=["Geometry"])["Geometry"])
    report = recognise_datum(lon, lat, reference=None)
    assert (report.best, report.swapped, report.points) == (None, False, 11_128)
