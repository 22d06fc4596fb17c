"""Rules of reading coordinates from text."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import parse
from geo.coordinates.parse import read_coordinates, read_ordinates

GUANGZHOU = Path(__file__).parents[4] / "shared/data/guangzhou/rents.parquet"
TAIAN = (36.19, 117.12)
CHICAGO = (41.9, -87.6)


def parts(value: float) -> tuple[int, int, float]:
    seconds = round(abs(value) * 3600, 4)
    minutes, seconds = divmod(seconds, 60)
    degrees, minutes = divmod(int(minutes), 60)
    return degrees, minutes, seconds


def with_letters(lat: float, lon: float, pattern: str, between: str = ", ") -> str:
    north, east = "N" if lat >= 0 else "S", "E" if lon >= 0 else "W"
    return pattern.format(*parts(lat), north) + between + pattern.format(*parts(lon), east)


NOTATIONS = [
    "{0} {1}m {2:.4f}s {3}",
    "{0}°{1}′{2:.4f}″{3}",
    "{0}°{1}'{2:.4f}\"{3}",
    "{0}º {1}’ {2:.4f}” {3}",
    "{0}d{1}m{2:.4f}s{3}",
    "{0}度{1}分{2:.4f}秒{3}",
    "{0} {1} {2:.4f} {3}",
    "{3}{0}°{1}′{2:.4f}″",
    "{0}°{1}'{2:.4f}''{3}",
]


@pytest.mark.parametrize("pattern", NOTATIONS)
@given(lat=st.floats(-89.9, 89.9), lon=st.floats(-179.9, 179.9))
def test_degrees_minutes_and_seconds_come_back_within_their_own_rounding(
    pattern: str, lat: float, lon: float
) -> None:
    got_lat, got_lon = read_coordinates([with_letters(lat, lon, pattern)])
    assert (got_lat[0], got_lon[0]) == pytest.approx((lat, lon), abs=1e-7)
    assert read_ordinates([pattern.format(*parts(lon), "E" if lon >= 0 else "W")])[
        0
    ] == pytest.approx(lon, abs=1e-7)


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180))
def test_decimal_pairs_keep_every_digit(lat: float, lon: float) -> None:
    got_lat, got_lon = read_coordinates([f"({lat:.17f}, {lon:.17f})"], order="lat_lon")
    assert (got_lat[0], got_lon[0]) == (float(f"{lat:.17f}"), float(f"{lon:.17f}"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("(41.9, -87.6)", CHICAGO),
        ("41.9 -87.6", CHICAGO),
        ("[41.9;-87.6]", CHICAGO),
        ("{'latitude': '41.9', 'longitude': '-87.6', 'human_address': '{}'}", CHICAGO),
        ("POINT (-87.6 41.9)", CHICAGO),
        ("SRID=4326;POINT Z (-87.6 41.9 180)", CHICAGO),
        ("41.9N 87.6W", CHICAGO),
        ("-87.6W, 41.9N", CHICAGO),
        ("41.9, −87.6", CHICAGO),
        ("117.12,36.19", TAIAN),
        ("36.19,117.12", TAIAN),
        ("１１７．１２，３６．１９", TAIAN),
        ("117.12、36.19", TAIAN),
        ("（117.12；36.19）", TAIAN),
        ('{"type":"Point","coordinates":[117.12,36.19]}', TAIAN),
        ("lng=117.12&lat=36.19", TAIAN),
        ("经度：117.12 纬度：36.19", TAIAN),
        ("N36.19E117.12", TAIAN),
        ("36.19°N117.12°E", TAIAN),
        ("东经117.12度，北纬36.19度", TAIAN),
        ("北纬36°11′24″ 东经117°7′12″", TAIAN),
        ("36°11.4′N 117°7.2′E", TAIAN),
        ('"36.19,117.12"', TAIAN),
        ("36 11 24 117 7 12", TAIAN),
        ("33°51′31S, 151°12′51E", (-33.858611, 151.214167)),
        ("33°51′31″S 151°12′51″E", (-33.858611, 151.214167)),
        ("36°11′60.0″N 117°7′12″E", (36.2, 117.12)),
    ],
)
def test_a_pair_is_read_as_people_write_it(text: str, place: tuple[float, float]) -> None:
    lat, lon = read_coordinates([text])
    assert (lat[0], lon[0]) == pytest.approx(place, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "nan", "无", "36.19", "36.19117.12", "1,2,3", "117.12,"),
        *("36 61m 3s N, 117 0m 0s E", "36.5 30m N, 117 0m 0s E", "-5N, 7E", "95N, 7E"),
        *("36N, 37N", "36.19 E117.12", "36.19N 117.12", "200.5, 300.5", "510794.1, 4006632.2"),
        *("POINT (a b)", "POINT (1.2.3 4)", "inf, 5", "1e5"),
    ],
)
def test_what_cannot_be_read_without_guessing_is_unknown(text: str) -> None:
    lat, lon = read_coordinates([text])
    assert np.isnan([lat[0], lon[0]]).all()


def test_missing_values_are_unknown_and_leave_their_neighbours_alone() -> None:
    lat, lon = read_coordinates([None, "36.19,117.12", float("nan"), pd.NA])
    assert lat[1] == 36.19
    assert lon[1] == 117.12
    assert np.isnan(lat[[0, 2, 3]]).all()
    assert np.isnan(read_ordinates([None, float("nan"), pd.NA])).all()


def test_open_pairs_follow_the_order_seen_in_the_other_rows() -> None:
    rows = ["117.12,36.19", "117.13,36.20", "87.62,43.82"]
    assert read_coordinates(rows)[1].tolist() == [117.12, 117.13, 87.62]
    assert read_coordinates(rows[2:])[0].tolist() == [87.62]


def test_a_declared_order_is_obeyed_and_contradictions_become_unknown() -> None:
    lat, lon = read_coordinates(["87.62,43.82", "36.19,117.12"], order="lon_lat")
    assert (lat[0], lon[0]) == (43.82, 87.62)
    assert np.isnan([lat[1], lon[1]]).all()
    lat, lon = read_coordinates(["117.12E,36.19N"], order="lat_lon")
    assert (lat[0], lon[0]) == TAIAN


rows_of_text = st.lists(
    st.sampled_from(["117.12,36.19", "36.2,117.2", "87.62,43.82", "x", "23N, 113E", "30.5 31.5"]),
    min_size=1,
    max_size=12,
)


@given(rows=rows_of_text, data=st.data())
def test_reordering_the_rows_reorders_the_result(rows: list[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(rows))))
    before, after = read_coordinates(rows), read_coordinates([rows[index] for index in order])
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one[order], other)


@given(text=st.text(alphabet="0123456789.,-+ °′″'\"NSEWmsd度分秒东经北纬()（），eE", max_size=30))
def test_any_text_at_all_gives_a_place_on_earth_or_nothing(text: str) -> None:
    lat, lon = read_coordinates([text])
    assert np.isnan(lat[0]) == np.isnan(lon[0])
    assert np.isnan(lat[0]) or (abs(lat[0]) <= 90 and abs(lon[0]) <= 180)
    read_ordinates([text])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("117.12", 117.12),
        (" １１７．１２ ", 117.12),
        ("117°07′12″E", 117.12),
        ("东经117.12度", 117.12),
        ("117 7 12", 117.12),
        ("1.1712E+02", 117.12),
        ("117E", 117.0),
        ("87.6W", -87.6),
        ("-87.6", -87.6),
        ("-33°51′31″", -33.858611),
        ("117度7分", 117.116667),
        ("39510794.12", 39510794.12),
        ("4,006,632.5", 4006632.5),
        ("510794.1米", 510794.1),
        ("510794.1 m", 510794.1),
        (12, 12.0),
    ],
)
def test_one_coordinate_is_read_as_people_write_it(text: object, value: float) -> None:
    assert read_ordinates([text])[0] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("text", ["abc", "117.5 30m", "190E", "117,12", "95°30′N", "--5", "1 2"])
def test_one_coordinate_that_makes_no_sense_is_unknown(text: str) -> None:
    assert np.isnan(read_ordinates([text])[0])


def test_a_point_behind_an_address_is_read() -> None:
    lat, lon = read_coordinates(["12 E 5TH ST\nAUSTIN, TX 78702\n(30.262, -97.731)", "12 E 5TH ST"])
    assert (lat[0], lon[0]) == (30.262, -97.731)
    assert np.isnan([lat[1], lon[1]]).all()


def test_no_rows_are_fine() -> None:
    assert read_coordinates([])[0].shape == read_ordinates([]).shape == (0,)


def test_every_guangzhou_listing_is_read_and_lies_around_guangzhou() -> None:
    if not GUANGZHOU.exists():
        pytest.skip("../shared/data/guangzhou/rents.parquet is not here")
    texts = pd.read_parquet(GUANGZHOU, columns=["Geometry"])["Geometry"]
    lat, lon = read_coordinates(texts)
    assert ((lat > 22.5) & (lat < 24.0) & (lon > 112.9) & (lon < 114.1)).all()


@pytest.mark.parametrize("text", ["1" * 20_000, "1," * 9_000, "东经" * 5_000, "1°" * 9_000])
def test_a_text_of_thousands_of_characters_is_no_coordinate(text: str) -> None:
    """Such a text once took twelve seconds; `_read_pair` must not see it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parse, "_read_pair", lambda read, _: pytest.fail(read) if read else None)
        lat, lon = read_coordinates([text])
    assert np.isnan([*lat, *lon, *read_ordinates([text])]).all()
