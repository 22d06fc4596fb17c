"""A Western address is read by its own order; on Chicago's data equal keys lie in one place."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses import normalise_address
from geo.addresses.western import parse_western

CHICAGO = Path(__file__).parents[4] / "shared" / "data" / "chicago"
NEAR_M = 150
WORDS = ["12", "100-110", "N", "WEST", "OAK", "ST", "AVE", "ST", "BROADWAY", "1ST", "#", "STE", "4",
         "A", ",", "IL", "60601", "(1W)", "PARK", "75", "TH", "DR", "  ", "&", "1/2"]  # fmt: skip


def test_a_range_is_its_first_number_and_keeps_its_last() -> None:
    parsed = parse_western("100-110 N STATE ST")
    assert (parsed.number, parsed.number_last) == ("100", "110")


def test_a_shortened_range_is_spelt_out() -> None:
    assert parse_western("1257-59 W 111 ST").number_last == "1259"


def test_what_follows_the_type_is_kept_aside() -> None:
    assert parse_western("75 E LAKE ST 1ST 101").rest == "1ST 101"


def test_a_text_without_a_number_means_no_single_building() -> None:
    assert parse_western("CORNER OF LEAVITT AND VAN BUREN").number == ""


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
