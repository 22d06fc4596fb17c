"""Rules of the datums: exact round trips, agreement with an independent implementation."""

import coord_convert.transform as oracle
import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.coordinates.cgcs2000 import three_degree_zone, zone_of_epsg
from geo.coordinates.datums import Datum, UnknownDatumError, from_wgs84, to_wgs84

LABELS = ["wgs84", "gcj02", "bd09", "cgcs2000", "cgcs2000-zones", "EPSG:4548", "EPSG:3857"]
ONE_CM = 0.01

# At 105 degrees the shift of GCJ-02 has the kink of a square root.
china_lon = st.floats(73.4, 135.2) | st.floats(105 - 1e-9, 105 + 1e-9)
china_lat = st.floats(3.0, 53.7)
# Lists, so that blocks, masks and convergence are tested over points that differ.
china = st.lists(st.tuples(china_lon, china_lat), min_size=1, max_size=8)
elsewhere = st.one_of(
    st.tuples(st.floats(-180, 72.0), st.floats(-80, 80)),
    st.tuples(st.floats(137.84, 180), st.floats(-80, 80)),
    st.tuples(st.floats(72.1, 137.8), st.floats(-80, 0.82)),
)


def metres_between(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    other_lon: NDArray[np.float64],
    other_lat: NDArray[np.float64],
) -> NDArray[np.float64]:
    return 111_320 * np.hypot((lon - other_lon) * np.cos(np.radians(lat)), lat - other_lat)


@pytest.mark.parametrize("datum", LABELS)
@given(points=china)
@settings(max_examples=40)
def test_a_round_trip_ends_within_a_centimetre_everywhere_in_china(
    datum: str, points: list[tuple[float, float]]
) -> None:
    lon, lat = np.array(points).T
    if datum == "EPSG:4548":
        lon = 117 + (lon - 104) / 20  # a zone is only used near its own meridian
    back = to_wgs84(*from_wgs84(lon, lat, datum=datum), datum=datum)
    assert metres_between(lon, lat, *back).max() < ONE_CM
    if datum in {"gcj02", "bd09"}:  # the same from the shifted side
        again = from_wgs84(*to_wgs84(lon, lat, datum=datum), datum=datum)
        assert metres_between(lon, lat, *again).max() < ONE_CM


@given(lon=china_lon, lat=china_lat)
@settings(max_examples=50)
def test_gcj02_and_bd09_agree_with_an_independent_implementation(lon: float, lat: float) -> None:
    """Whose inverses are approximate."""
    for datum, there, back, near in (
        ("gcj02", oracle.wgs2gcj, oracle.gcj2wgs, 2e-8),
        ("bd09", oracle.wgs2bd, oracle.bd2wgs, 5e-6),
    ):
        x, y = from_wgs84([lon], [lat], datum=datum)
        assert (x[0], y[0]) == pytest.approx(there(lon, lat), abs=1e-11)
        x, y = to_wgs84([lon], [lat], datum=datum)
        assert (x[0], y[0]) == pytest.approx(back(lon, lat), abs=near)


@given(point=elsewhere)
@settings(max_examples=50)
def test_gcj02_is_the_identity_outside_china_in_both_directions(point: tuple[float, float]) -> None:
    lon, lat = np.array([point]).T
    for convert in (from_wgs84, to_wgs84):
        x, y = convert(lon, lat, datum="gcj02")
        assert (x[0], y[0]) == point


def test_offsets_are_those_published_for_chinese_cities() -> None:
    cities = {"泰安": (117.12, 36.19, 546, 1336), "北京": (116.39, 39.91, 555, 1378)}
    for lon, lat, gcj_m, bd_m in cities.values():
        here = np.array([lon]), np.array([lat])
        for datum, expected_m in (("gcj02", gcj_m), ("bd09", bd_m)):
            moved = from_wgs84(*here, datum=datum)
            assert metres_between(*here, *moved)[0] == pytest.approx(expected_m, abs=15)


@pytest.mark.parametrize("datum", LABELS)
def test_what_is_no_place_gives_nan_and_leaves_its_neighbours_alone(datum: str) -> None:
    x, y = from_wgs84([117.1, 117.2], [36.1, 36.2], datum=datum)
    lon, lat = to_wgs84([x[0], np.nan, x[1], np.inf], [y[0], y[0], np.nan, y[0]], datum=datum)
    assert (lon[0], lat[0]) == pytest.approx((117.1, 36.1), abs=1e-7)
    assert np.isnan([lon[1:], lat[1:]]).all()
    assert np.isnan(from_wgs84([117.0, 200.0], [95.0, 36.0], datum=datum)).all()
    if datum in {"wgs84", "gcj02", "bd09", "cgcs2000"}:
        assert np.isnan(to_wgs84([117.0, 200.0], [95.0, 36.0], datum=datum)).all()


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_where_a_point_lies_does_not_depend_on_the_others_of_its_file(datum: str) -> None:
    axes = np.linspace(74.0, 134.0, 61), np.linspace(18.0, 53.0, 61)
    points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    together = np.stack(to_wgs84(*points.T, datum=datum), axis=-1)
    for point, place in zip(points[::7], together[::7], strict=True):
        np.testing.assert_array_equal(np.ravel(to_wgs84(*point[:, None], datum=datum)), place)


def test_x_is_east_and_a_zone_is_picked_by_longitude() -> None:
    """A longitude on the border of two zones belongs to the eastern one."""
    assert [three_degree_zone(lon) for lon in (117.12, 115.5, 118.5)] == [39, 39, 40]
    assert (zone_of_epsg(4548), zone_of_epsg(4527)) == (39, 39)
    east, north = from_wgs84([117.12], [36.19], datum="EPSG:4548")
    assert (east[0], north[0]) == pytest.approx((510_794, 4_006_632), abs=1)


def test_an_easting_with_a_zone_number_is_read_in_that_zone_whatever_was_declared() -> None:
    for datum in ("EPSG:4547", "EPSG:4548", "EPSG:4527", "cgcs2000", "cgcs2000-zones"):
        lon, lat = to_wgs84([39_510_793.632], [4_006_631.889], datum=datum)
        assert (lon[0], lat[0]) == pytest.approx((117.12, 36.19), abs=1e-6)


def test_a_bare_easting_needs_a_declared_zone() -> None:
    for datum in ("EPSG:4527", "EPSG:4548"):
        assert to_wgs84([510_793.632], [4_006_631.889], datum=datum)[0][0] == pytest.approx(117.12)
    for datum in ("cgcs2000", "cgcs2000-zones"):
        assert np.isnan(to_wgs84([510_793.632], [4_006_631.889], datum=datum)[0][0])


def test_zones_of_three_and_six_degrees_agree_where_they_share_a_meridian() -> None:
    assert (zone_of_epsg(4509), zone_of_epsg(4498), zone_of_epsg(4548)) == (20, 20, 39)
    assert zone_of_epsg(4326) is None
    three = from_wgs84([117.3], [36.2], datum="EPSG:4548")
    six = to_wgs84(*three, datum="EPSG:4509")
    assert (six[0][0], six[1][0]) == pytest.approx((117.3, 36.2), abs=1e-9)


def test_prefixed_zones_agree_with_what_proj_itself_does() -> None:
    direct = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4528", always_xy=True)
    east, north = from_wgs84([120.2], [30.3], datum="cgcs2000-zones")
    assert (east[0], north[0]) == pytest.approx(direct.transform(120.2, 30.3), abs=1e-6)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("wgs84", "wgs84"),
        ("ＷＧＳ－８４", "wgs84"),
        ("EPSG:4326", "wgs84"),
        ("GCJ-02", "gcj02"),
        ("高德坐标系", "gcj02"),
        ("火星坐标系", "gcj02"),
        ("bd09ll", "bd09"),
        ("百度", "bd09"),
        ("2000国家大地坐标系", "cgcs2000"),
        ("CGCS2000", "cgcs2000"),
        ("EPSG:4490", "cgcs2000"),
        ("epsg 4548", "EPSG:4548"),
        ("urn:ogc:def:crs:EPSG::4548", "EPSG:4548"),
    ],
)
def test_a_datum_is_read_as_people_write_it(text: str, label: str) -> None:
    assert str(Datum.parse(text)) == label
    assert Datum.parse(Datum.parse(text)).label == label


@pytest.mark.parametrize("text", ["本地", "未知", "", "wgs85", "EPSG:99999", "EPSG:4978"])
def test_a_text_that_names_no_usable_datum_is_refused_with_what_was_seen(text: str) -> None:
    with pytest.raises(UnknownDatumError) as refused:
        Datum.parse(text)
    assert refused.value.facts["seen"] == text
    assert "EPSG:n" in str(refused.value)


def test_shapes_are_kept_and_the_input_is_not_changed() -> None:
    lon, lat = np.full((2, 3), 117.0), np.full((2, 3), 36.0)
    x, y = from_wgs84(lon, lat, datum="bd09")
    assert x.shape == y.shape == (2, 3)
    assert (lon == 117.0).all()
    assert (lat == 36.0).all()
    assert to_wgs84(117, 36, datum="gcj02")[0].shape == ()
    assert to_wgs84([], [], datum="gcj02")[0].shape == (0,)


def test_coordinates_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        to_wgs84([1.0, 2.0], [1.0], datum="wgs84")
