"""The ground under maps that stand alone: what lies in the box, and names that stay text."""

import pandas as pd
import pytest
import shapely

from dashboard.maps import paper_ground
from dashboard.maps.paper_ground import add_ground
from dashboard.maps.standalone_map import StandaloneMap
from governance.scores.ground import Places

ROAD = shapely.LineString([(117.10, 36.10), (117.12, 36.10)])
FAR = shapely.LineString([(118.10, 36.10), (118.12, 36.10)])
EVIL = "<img onerror=alert(1)></script><script>alert(2)</script>"
BOX = (117.09, 36.09, 117.13, 36.11)


@pytest.fixture
def _ground(monkeypatch: pytest.MonkeyPatch) -> None:
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
    monkeypatch.setattr(paper_ground, "_features", lambda: features)
    monkeypatch.setattr(paper_ground, "places", lambda: Places(communities, estates))


@pytest.mark.usefixtures("_ground")
def test_names_cannot_become_markup() -> None:
    page = StandaloneMap(location=[36.1, 117.1])
    add_ground(page, BOX)
    html = page.page(title="x")
    assert "<img onerror" not in html
    assert "<script>alert" not in html
    assert html.count("\\u0026lt;img onerror") == 3


@pytest.mark.usefixtures("_ground")
def test_only_what_lies_in_the_box_leaves_with_the_page() -> None:
    page = StandaloneMap(location=[36.1, 117.1])
    add_ground(page, BOX)
    html = page.page(title="x")
    assert "118.1" not in html
    assert "117.12" in html


@pytest.mark.usefixtures("_ground")
def test_a_box_without_anything_is_an_empty_map() -> None:
    page = StandaloneMap(location=[0, 0])
    add_ground(page, (0, 0, 1, 1))
    assert "117.1" not in page.page(title="x")
