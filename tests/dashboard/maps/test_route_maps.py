"""Maps of routes: the basemap under them."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from dashboard.i18n import translator
from dashboard.maps import route_maps
from dashboard.maps.paper_basemap import AREA_COLOURS
from dashboard.maps.route_maps import HUES, Way, routes_page
from dashboard.maps.standalone.standalone_map import StandaloneMap

WIDE_FRAME = 2.5
PHONE_FRAME = 370
"""Sides of a map in a warden's list, pixels; its heading takes a quarter of it."""
COVERED = """() => { const [buttons] = document.getElementsByClassName("leaflet-left");
  const free = buttons.getBoundingClientRect();
  return [...document.querySelectorAll(".gw-number")].some((each) => {
    const { left, top } = each.getBoundingClientRect();
    return left < free.right && top < free.bottom; }); }"""
READ = """() => [...document.querySelectorAll(".gw-number")]
  .filter((each) => each.style.opacity !== "0").map((each) => each.textContent)"""


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
        patched.setattr(route_maps, "add_basemap", lambda _, box, **_say: boxes.append(box))
        patched.setattr(route_maps, "_add_houses", lambda *_: None)
        patched.setattr(StandaloneMap, "page", lambda *_, **__: "")
        routes_page([way], title="", facts="", say=translator("zh"))
    west, south, east, north = boxes[0]
    assert west < min(lon) <= max(lon) < east
    assert south < min(way.lat) <= max(way.lat) < north
    assert east - west > WIDE_FRAME * (max(way.lat) - min(way.lat))


def test_houses_around_stops_are_drawn_and_none_farther_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    houses = np.array([shapely.box(117.1 + at, 36.1, 117.1001 + at, 36.1001) for at in (0, 0.1)])
    basemap = SimpleNamespace(footprints=lambda _, __: houses)
    office = SimpleNamespace(basemap=basemap)
    monkeypatch.setattr(route_maps, "add_basemap", lambda *_, **__: None)
    monkeypatch.setattr(route_maps, "context", SimpleNamespace(office=lambda: office, actor=str))
    way = Way("a", HUES[0], [117.1005], [36.1005], [1], ["1"])
    page = routes_page([way], title="", facts="", say=translator("zh"))
    assert page.count(AREA_COLOURS["建筑"]) == 1
    assert "117.1001" in page
    assert "117.2001" not in page


@pytest.mark.browser
def test_numbers_of_a_week_lie_apart_on_a_phone_and_all_are_read_nearer(
    browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route_maps, "add_basemap", lambda *_, **__: None)
    monkeypatch.setattr(route_maps, "_add_houses", lambda *_: None)
    lon, lat = [117.1, 117.1001, 117.1002, 117.2], [36.1, 36.1, 36.1, 36.2]
    ways = [Way("a", HUES[0], lon, lat, [1, 2, 3, 4], ["1", "2", "3", "4"])]
    page = browser.new_page(viewport={"width": PHONE_FRAME, "height": PHONE_FRAME})
    page.set_content(routes_page(ways, title="", facts="", say=translator("zh")))
    page.wait_for_selector(".gw-number")
    assert page.evaluate(READ) == ["1", "4"]
    page.evaluate("window[Object.keys(window).find((e) => e.startsWith('map_'))].setZoom(19)")
    assert page.evaluate(READ) == ["1", "2", "3", "4"]
    page.close()


@pytest.mark.browser
def test_a_long_address_lies_within_a_phone(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route_maps, "add_basemap", lambda *_, **__: None)
    monkeypatch.setattr(route_maps, "_add_houses", lambda *_: None)
    label = "10. 学湾路205号、16:07、日查、蓝"
    way = Way("a", HUES[0], [117.1, 117.1], [36.1, 36.104], [1, 2], ["1", label])
    page = browser.new_page(viewport={"width": PHONE_FRAME, "height": PHONE_FRAME})
    page.set_content(routes_page([way], title="", facts="", say=translator("zh")))
    page.locator(".gw-number").last.wait_for()
    at = page.locator(".gw-number").last.bounding_box()
    page.mouse.move(at["x"] + 12, at["y"] + 6)
    told = page.locator(".leaflet-tooltip")
    told.wait_for()
    assert told.inner_text() == label
    box = told.bounding_box()
    assert 0 <= box["x"] < box["x"] + box["width"] <= PHONE_FRAME
    page.close()


@pytest.mark.browser
def test_a_route_of_any_length_fills_more_than_half_of_a_phone(
    browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route_maps, "add_basemap", lambda *_, **__: None)
    monkeypatch.setattr(route_maps, "_add_houses", lambda *_: None)
    for height in np.geomspace(0.002, 0.008, 5):
        way = Way("a", HUES[0], [117.1, 117.1], [36.1, 36.1 + float(height)], [1, 2], ["1", "2"])
        page = browser.new_page(viewport={"width": PHONE_FRAME, "height": PHONE_FRAME})
        page.set_content(routes_page([way], title="", facts="", say=translator("zh")))
        page.wait_for_selector(".gw-number")
        first, last = (each.bounding_box()["y"] for each in page.locator(".gw-number").all())
        assert first - last > 0.55 * PHONE_FRAME
        assert not page.evaluate(COVERED)
        page.close()
