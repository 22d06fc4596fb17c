"""A Western address is read by its own order; on Chicago's data equal keys lie in one place."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.chicago.western import parse_western
from benchmarks.chicago.western_dialect import WesternDialect
from geo.addresses.dialect import PLAIN, use_dialect
from geo.addresses.match import AddressMatcher, RegisteredBuilding
from geo.addresses.normalise import normalise_address

CHICAGO = Path(__file__).parents[3] / "shared" / "data" / "chicago"
NEAR_M = 150
WORDS = ["12", "100-110", "N", "WEST", "OAK", "ST", "AVE", "ST", "BROADWAY", "1ST", "#", "STE", "4",
         "A", ",", "IL", "60601", "(1W)", "PARK", "75", "TH", "DR", "  ", "&", "1/2"]  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def western() -> Iterator[None]:
    """Read Western addresses in these tests alone."""
    use_dialect(WesternDialect())
    yield
    use_dialect(PLAIN)


@pytest.fixture(scope="module")
def matcher() -> AddressMatcher:
    standard = {
        "W1": "3352 N BROADWAY   1",
        "W2": "100-110 N STATE ST",
        "W3": "5201 S HARPER AVE",
        "W4": "5201 S HARPER CT",
    }
    return AddressMatcher(
        RegisteredBuilding(building_id=building, std_address=address)
        for building, address in standard.items()
    )


def test_a_range_is_its_first_number_and_keeps_its_last() -> None:
    parsed = parse_western("100-110 N STATE ST")
    assert (parsed.number, parsed.number_last) == ("100", "110")


def test_a_shortened_range_is_spelt_out() -> None:
    assert parse_western("1257-59 W 111 ST").number_last == "1259"


def test_what_follows_the_type_is_the_rest() -> None:
    assert parse_western("75 E LAKE ST 1ST 101").rest == "1ST 101"


def test_a_text_without_a_number_means_no_single_building() -> None:
    assert parse_western("CORNER OF LEAVITT AND VAN BUREN").number == ""


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("3352 N BROADWAY   1", "3352 N BROADWAY"),
        ("3352 n Broadway ", "3352 N BROADWAY"),
        ("1901 W CERMAK RD CHICAGO, IL 60608", "1901 W CERMAK RD"),
        ("1901 West Cermak Road, Suite 4, Chicago, IL", "1901 W CERMAK RD"),
        ("100-110 N STATE ST", "100 N STATE ST"),
        ("514 - 522 W 103RD ST 1ST", "514 W 103RD ST"),
        ("1257-59 W 111 ST", "1257 W 111TH ST"),
        ("75 E LAKE ST 1ST 101", "75 E LAKE ST"),
        ("676 N ST CLAIR ST  1ST", "676 N ST CLAIR ST"),
        ("S ST LOUIS AVE", "S ST LOUIS AVE"),
        ("10500 S AVENUE M ", "10500 S AVENUE M"),
        ("414 E 75 TH ST BLDG", "414 E 75TH ST"),
        ("1301 W 14th St (1400S)", "1301 W 14TH ST"),
        ("30 N LA SALLE ST 1ST 100E", "30 N LASALLE ST"),
        ("18O4-1806 W IRVING PARK RD ", "1804 W IRVING PARK RD"),
        ("6355 S DR MARTIN LUTHER KING JR DR", "6355 S MARTIN LUTHER KING DR"),
        ("657 1/2 E 75TH ST", "657 1/2 E 75TH ST"),
        ("37-12 82ND ST", "37-12 82ND ST"),
        ("131 N CLINTON #30 CHICAGO, IL 60661 ", "131 N CLINTON"),
        ("6700 N GREENVIEW CHICAGO, IL 60626", "6700 N GREENVIEW"),
        ("315 S PLYMOUTH CT 1 A100", "315 S PLYMOUTH CT"),
        ("200 CENTRAL PARK AVENUE SOUTH", "200 CENTRAL PARK AVE S"),
    ],
)
def test_a_western_address_keeps_number_direction_name_and_type_only(text: str, key: str) -> None:
    assert normalise_address(text) == key


@pytest.mark.parametrize(
    ("text", "building", "method"),
    [
        ("3352 n broadway fl 2, Springfield, IL", "W1", "exact"),
        ("104 N State Street", "W2", "range"),
        ("3350-3354 N BROADWAY", "W1", "range"),
        ("3352 N BROADWAY SPRINGFIELD IL", "W1", "exact"),
        ("3352 BROADWAY", "W1", "incomplete"),
        ("3352 N BRAODWAY", "W1", "fuzzy"),
    ],
)
def test_a_building_is_found_by_number_and_street(
    matcher: AddressMatcher, text: str, building: str, method: str
) -> None:
    match = matcher.match_one(text)
    assert (match.level, match.building_id, match.method) == ("building", building, method)
    assert 0.85 <= match.score <= 1.0


@pytest.mark.parametrize("text", ["5201 S HARPER", "5201 HARPER ST"])
def test_an_address_of_two_buildings_or_none_is_matched_to_no_building(
    matcher: AddressMatcher, text: str
) -> None:
    assert matcher.match_one(text).building_id == ""


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("2551-57 W Cermak Rd, Fl 2", "2551-57 W CERMAK RD"),
        ("2551 W Cermak Rd", "2551 W CERMAK RD"),
    ],
)
def test_a_range_of_numbers_stays_in_the_name_of_a_building(address: str, name: str) -> None:
    assert WesternDialect().display_name("2551 W CERMAK RD", address) == name


@given(words=st.lists(st.sampled_from(WORDS), max_size=9), text=st.text(max_size=20))
def test_any_western_text_can_be_read_and_its_key_is_stable(words: list[str], text: str) -> None:
    for candidate in (" ".join(words), text):
        key = normalise_address(candidate)
        assert normalise_address(key) == key


def _chicago(name: str, address: str, lat: str, lon: str) -> pd.DataFrame:
    frame = pd.read_parquet(CHICAGO / f"{name}.parquet", columns=[address, lat, lon])
    return frame.set_axis(["address", "lat", "lon"], axis=1)


def _keys(frame: pd.DataFrame) -> pd.Series:
    addresses = frame["address"].fillna("").astype(str)
    return addresses.map({text: normalise_address(text) for text in addresses.unique()})


@pytest.mark.chicago
@pytest.mark.skipif(not CHICAGO.exists(), reason=f"no {CHICAGO}")
def test_most_inspections_are_at_an_address_of_the_register() -> None:
    register = _chicago("register", "ADDRESS", "LATITUDE", "LONGITUDE")
    visits = _chicago("canvass_inspections", "Address", "Latitude", "Longitude")
    keys, known = _keys(visits), _keys(register)
    assert keys.isin(set(known)).mean() > 0.86
    assert known.isin(set(keys)).mean() > 0.97


@pytest.mark.chicago
@pytest.mark.skipif(not CHICAGO.exists(), reason=f"no {CHICAGO}")
def test_rows_of_one_key_lie_within_150_metres() -> None:
    rows = pd.concat(
        [
            _chicago("register", "ADDRESS", "LATITUDE", "LONGITUDE"),
            _chicago("canvass_inspections", "Address", "Latitude", "Longitude"),
            _chicago("complaints", "Street_Address", "Latitude", "Longitude"),
        ]
    ).dropna()
    middle = rows.groupby(_keys(rows))[["lat", "lon"]].transform("median")
    north = (rows["lat"] - middle["lat"]) * 111_320
    east = (rows["lon"] - middle["lon"]) * 111_320 * np.cos(np.radians(rows["lat"]))
    assert (np.hypot(north, east) > NEAR_M).mean() < 0.0005
