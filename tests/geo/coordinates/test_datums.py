"""Rules of the datums: exact round trips, agreement with an independent implementation."""

import coord_convert.transform as oracle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.coordinates.cgcs2000 import three_degree_epsg, zone_of_epsg
from geo.coordinates.datums import (
    Datum,
    UnknownDatumError,
    from_wgs84,
    to_wgs84,
)

LABELS = ["wgs84", "gcj02", "bd09", "cgcs2000", "cgcs2000-zones", "EPSG:4548", "EPSG:3857"]
ONE_CM = 0.01

china_lon = st.floats(73.4, 135.2)
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
@settings(max_examples=60)
def test_a_round_trip_ends_within_a_centimetre_everywhere_in_china(
    datum: str, points: list[tuple[float, float]]
) -> None:
    lon, lat = np.array(points).T
    if datum == "EPSG:4548":
        lon = 117 + (lon - 104) / 20  # a zone is only used near its own meridian
    back = to_wgs84(*from_wgs84(lon, lat, datum=datum), datum=datum)
    assert metres_between(lon, lat, *back).max() < ONE_CM


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@given(points=china)
@settings(max_examples=60)
def test_the_inverse_is_exact_from_the_shifted_side_too(
    datum: str, points: list[tuple[float, float]]
) -> None:
    x, y = np.array(points).T
    again = from_wgs84(*to_wgs84(x, y, datum=datum), datum=datum)
    assert metres_between(x, y, *again).max() < ONE_CM


@given(offset=st.floats(-1e-9, 1e-9), lat=china_lat)
def test_the_square_root_kink_at_105_degrees_does_not_spoil_the_inverse(
    offset: float, lat: float
) -> None:
    lon = np.array([105.0 + offset])
    back = to_wgs84(*from_wgs84(lon, [lat], datum="gcj02"), datum="gcj02")
    assert metres_between(lon, np.array([lat]), *back).max() < ONE_CM


@given(lon=china_lon, lat=china_lat)
def test_gcj02_and_bd09_agree_with_an_independent_implementation(lon: float, lat: float) -> None:
    for datum, convert in (("gcj02", oracle.wgs2gcj), ("bd09", oracle.wgs2bd)):
        x, y = from_wgs84([lon], [lat], datum=datum)
        assert (x[0], y[0]) == pytest.approx(convert(lon, lat), abs=1e-11)


@given(lon=china_lon, lat=china_lat)
def test_inverses_agree_with_the_approximate_ones_of_that_implementation(
    lon: float, lat: float
) -> None:
    ours = to_wgs84([lon], [lat], datum="gcj02")
    assert (ours[0][0], ours[1][0]) == pytest.approx(oracle.gcj2wgs(lon, lat), abs=2e-8)
    ours = to_wgs84([lon], [lat], datum="bd09")
    assert (ours[0][0], ours[1][0]) == pytest.approx(oracle.bd2wgs(lon, lat), abs=5e-6)


@given(point=elsewhere)
def test_gcj02_is_the_identity_outside_china_in_both_directions(
    point: tuple[float, float],
) -> None:
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
def test_nan_and_infinity_give_nan_and_leave_their_neighbours_alone(datum: str) -> None:
    x, y = from_wgs84([117.1, 117.2], [36.1, 36.2], datum=datum)
    lon, lat = to_wgs84([x[0], np.nan, x[1], np.inf], [y[0], y[0], np.nan, y[0]], datum=datum)
    assert (lon[0], lat[0]) == pytest.approx((117.1, 36.1), abs=1e-7)
    assert np.isnan([lon[1:], lat[1:]]).all()


@pytest.mark.parametrize("datum", ["wgs84", "gcj02", "bd09", "cgcs2000"])
def test_degrees_that_are_no_place_on_earth_give_nan(datum: str) -> None:
    lon, lat = to_wgs84([117.0, 200.0], [95.0, 36.0], datum=datum)
    assert np.isnan([lon, lat]).all()
    x, y = from_wgs84([117.0, 200.0], [95.0, 36.0], datum=datum)
    assert np.isnan([x, y]).all()


@given(points=st.lists(st.tuples(china_lon, china_lat), min_size=2, max_size=20), data=st.data())
@settings(max_examples=40)
def test_reordering_the_points_reorders_the_result(
    points: list[tuple[float, float]], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(points))))
    lon, lat = np.array(points).T
    for datum in ("gcj02", "bd09", "cgcs2000-zones"):
        x, y = from_wgs84(lon, lat, datum=datum)
        x2, y2 = from_wgs84(lon[order], lat[order], datum=datum)
        np.testing.assert_array_equal(np.array([x, y])[:, order], [x2, y2])


def test_x_is_east_and_a_zone_is_picked_by_longitude() -> None:
    assert three_degree_epsg(117.12) == 4548
    assert three_degree_epsg(117.12, prefixed=True) == 4527
    east, north = from_wgs84([117.12], [36.19], datum="EPSG:4548")
    assert (east[0], north[0]) == pytest.approx((510_794, 4_006_632), abs=1)


def test_a_longitude_on_the_border_of_two_zones_belongs_to_the_eastern_one() -> None:
    assert [three_degree_epsg(lon) for lon in (115.5, 118.5)] == [4548, 4549]


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
    import pyproj

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
