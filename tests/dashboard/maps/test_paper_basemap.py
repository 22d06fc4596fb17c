"""The basemap of standalone maps: what lies in the box, and names that stay text."""

import html
import json
import re

import pandas as pd
import pytest
import shapely

from dashboard.i18n import translator
from dashboard.maps import paper_basemap
from dashboard.maps.paper_basemap import (
    AREA_COLOURS,
    DARK_AREAS,
    DARK_ROADS,
    ROAD_STYLES,
    add_basemap,
)
from dashboard.maps.standalone.standalone_map import ASSETS, StandaloneMap
from governance.scores.basemap import Places

ROAD = shapely.LineString([(117.10, 36.10), (117.12, 36.10)])
FAR = shapely.LineString([(118.10, 36.10), (118.12, 36.10)])
EVIL = "<img onerror=alert(1)></script><script>alert(2)</script>"
BOX = (117.09, 36.09, 117.13, 36.11)


@pytest.fixture
def _basemap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay two streets, a community and an estate, all with names that would like to be markup."""
    features = pd.DataFrame(
        {
            "kind": "道路",
            "level": "支路",
            "name": [EVIL, "远方路"],
            "name_en": "",
            "geom": shapely.to_wkb([ROAD, FAR]),
        }
    )
    communities = pd.DataFrame(
        {"unit": ["1"], "name": [EVIL], "geom": [shapely.to_wkb(shapely.box(*BOX))]}
    )
    estates = pd.DataFrame({"name": [EVIL], "lon": [117.11], "lat": [36.105], "buildings": [4]})
    monkeypatch.setattr(paper_basemap, "_features", lambda: features)
    monkeypatch.setattr(paper_basemap, "_attribution", lambda: "© <b>Somebody</b>")
    monkeypatch.setattr(paper_basemap, "places", lambda: Places(communities, estates))


@pytest.mark.usefixtures("_basemap")
def test_names_cannot_become_markup() -> None:
    page = StandaloneMap(location=[36.1, 117.1])
    add_basemap(page, BOX, say=translator("zh"))
    drawn = page.page(title="x")
    assert "<img onerror" not in drawn
    assert "<script>alert" not in drawn
    assert drawn.count("\\u0026lt;img onerror") == 3


@pytest.mark.usefixtures("_basemap")
def test_only_what_lies_in_the_box_leaves_with_the_page() -> None:
    page = StandaloneMap(location=[36.1, 117.1])
    add_basemap(page, BOX, say=translator("zh"))
    drawn = page.page(title="x")
    assert "118.1" not in drawn
    assert "117.12" in drawn


@pytest.mark.usefixtures("_basemap")
def test_a_box_without_anything_is_an_empty_map() -> None:
    page = StandaloneMap(location=[0, 0])
    add_basemap(page, (0, 0, 1, 1), say=translator("zh"))
    assert "117.1" not in page.page(title="x")


@pytest.mark.usefixtures("_basemap")
def test_all_that_is_drawn_of_the_ground_turns_dark(monkeypatch: pytest.MonkeyPatch) -> None:
    styles: list[dict[str, object]] = []
    monkeypatch.setattr(
        paper_basemap, "add_shapes", lambda *_shapes, **given: styles.extend(given["styles"])
    )
    add_basemap(StandaloneMap(location=[36.1, 117.1]), BOX, say=translator("zh"))
    assert len(styles) == 3
    assert all(style["dark"] for style in styles)


def test_the_dark_ground_has_the_colours_that_it_has_on_the_pages_maps() -> None:
    _, _, dark = (ASSETS / "map/theme.js").read_text(encoding="utf-8").partition("dark: {")
    assert DARK_AREAS.keys() == AREA_COLOURS.keys()
    assert DARK_ROADS.keys() == ROAD_STYLES.keys()
    drawn = [*DARK_AREAS.values(), *(json.dumps(each)[1:-1] for each in DARK_ROADS.values())]
    assert [colour for colour in drawn if colour not in dark] == []


@pytest.mark.usefixtures("_basemap")
def test_whose_the_ground_is_stands_on_the_page_as_text() -> None:
    page = StandaloneMap(location=[36.1, 117.1])
    add_basemap(page, BOX, say=translator("zh"))
    (credit,) = re.findall(r"{\"credit\": (\".*?\")}", page.page(title="x"))
    assert html.unescape(json.loads(credit)) == "© <b>Somebody</b>"
    assert "<b>" not in json.loads(credit)


@pytest.mark.parametrize(("language", "name"), [("en", "Long River"), ("zh", "长河")])
def test_rivers_and_rails_are_drawn_and_named_in_the_language_of_the_page(
    monkeypatch: pytest.MonkeyPatch, language: str, name: str
) -> None:
    river = pd.DataFrame(
        {"kind": ["水系", "铁路"], "level": "", "name": ["长河", ""], "name_en": ["Long River", ""],
         "geom": shapely.to_wkb([ROAD, shapely.reverse(ROAD)])}
    )  # fmt: skip
    nothing = pd.DataFrame(
        {name: [] for name in ("unit", "name", "geom", "lon", "lat", "buildings")}
    )
    monkeypatch.setattr(paper_basemap, "_features", lambda: river)
    monkeypatch.setattr(paper_basemap, "_attribution", lambda: "")
    monkeypatch.setattr(paper_basemap, "places", lambda: Places(nothing, nothing))
    page = StandaloneMap(location=[36.1, 117.1])
    add_basemap(page, BOX, say=translator(language))
    drawn = page.page(title="x")
    assert json.dumps(name)[1:-1] in drawn
    assert drawn.count('"type": "LineString"') == 2
    assert "prefix: false" not in drawn
