"""A map that leaves needs nothing but itself."""

import json

import folium
import pytest
import shapely
from folium.plugins import MarkerCluster

from dashboard.i18n import translator
from dashboard.maps import pages
from dashboard.maps.standalone.standalone_map import (
    MAX_ZOOM,
    StandaloneMap,
    UnknownAddressError,
    add_shapes,
    check_standalone,
)


def test_the_page_holds_leaflet_asks_for_nothing_and_ends_zooming_somewhere() -> None:
    page = StandaloneMap(location=[36.19, 117.12]).page(title="地图")
    assert "<script src" not in page
    assert "<link" not in page
    assert "L.map(" in page
    assert f'"maxZoom": {MAX_ZOOM},' in page


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        "<style>@import 'https://fonts.example/a.css';</style>",
        "<style>a { background: url(http://a.example/b.png) }</style>",
        '<img src="tiles/1.png">',
        "<script>fetch('/somewhere')</script>",
    ],
)
def test_a_page_that_would_fetch_something_is_refused(html: str) -> None:
    with pytest.raises(UnknownAddressError):
        check_standalone(html)


def test_a_plugin_with_scripts_of_its_own_is_refused() -> None:
    page = StandaloneMap(location=[0, 0])
    MarkerCluster().add_to(page)
    with pytest.raises(UnknownAddressError):
        page.page(title="x")


def test_a_base_map_from_elsewhere_is_refused() -> None:
    page = StandaloneMap(location=[0, 0])
    folium.TileLayer("OpenStreetMap").add_to(page)
    with pytest.raises(UnknownAddressError):
        page.page(title="x")


def test_text_cannot_become_script() -> None:
    page = StandaloneMap(location=[0, 0])
    name = "<img onerror=alert(1)></script><script>alert(2)</script>"
    add_shapes(page, [shapely.box(0, 0, 1, 1)], name="x", styles=[{"color": "#000"}], labels=[name])
    html = page.page(title="</title><script>alert(3)</script>")
    assert "<script>alert" not in html
    assert "<img onerror" not in html


@pytest.mark.usefixtures("served_city")
def test_the_street_to_take_away_says_what_it_is(newest: str) -> None:
    html = pages.street_page(snapshot_id=newest, say=translator("zh"))
    for said in ("线索，不是结论", "2026-11-24", newest, "红", "松溪街道", "号楼"):
        assert said in html
    assert json.dumps("社区")[1:-1] in html
    assert "起点（规模）" not in html, "the size of a building is no reason to look there"


@pytest.mark.usefixtures("served_city")
def test_a_buildings_page_marks_the_building(newest: str, first_building: str) -> None:
    html = pages.building_page(first_building, snapshot_id=newest, say=translator("en"))
    assert html.count('"color": "#111111"') == 1


@pytest.mark.usefixtures("served_city")
def test_an_unknown_building_has_no_page(newest: str) -> None:
    with pytest.raises(pages.NoPlaceError):
        pages.building_page("nowhere", snapshot_id=newest, say=translator("en"))
