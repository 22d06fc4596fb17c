"""Maps of routes: the ground under them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.i18n import translator
from dashboard.maps import route_maps
from dashboard.maps.route_maps import HUES, Way, routes_page

WIDE_FRAME = 2.5


@given(
    lon=st.lists(st.floats(117, 117.3), min_size=2, max_size=4),
    lat=st.lists(st.floats(20, 50), min_size=4, max_size=4),
)
def test_the_ground_reaches_beyond_the_stops_on_a_page_of_any_width(
    lon: list[float], lat: list[float]
) -> None:
    boxes: list[Any] = []
    way = Way("a", HUES[0], lon, lat[: len(lon)], [1] * len(lon), [""] * len(lon))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(route_maps, "add_ground", lambda _, box, **_say: boxes.append(box))
        routes_page([way], title="", facts="", say=translator("zh"))
    west, south, east, north = boxes[0]
    assert west < min(lon) <= max(lon) < east
    assert south < min(way.lat) <= max(way.lat) < north
    assert east - west > WIDE_FRAME * (max(way.lat) - min(way.lat))
