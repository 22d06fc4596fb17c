"""The map before its page: what it is told is what the page tells its own map."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import main_page, run
from small_browser import Browser

from dashboard import navigation
from dashboard.ui.sections import street_map
from governance.access.permissions import local_owner
from governance.office import Office


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Keep what the page tells its map."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(street_map, "_component", lambda **given: found.append(given["data"]))
    return found


@pytest.mark.parametrize(
    "query", [{}, {"cells": "cell:9"}, {"cells": "no such"}, {"screen": "wall"}, {"lang": "en"}]
)
def test_what_is_drawn_first_is_what_the_page_draws(
    serve: Callable[..., Any], city: Office, told: list[dict[str, Any]], query: dict[str, str]
) -> None:
    serve(city, local_owner())
    app = main_page()
    query = {"lang": "zh", **query}
    for name, value in query.items():
        app.query_params[name] = value
    run(app)
    answer = Browser().ask("GET", "/gw/first-sight", params=query)
    assert answer.json() == {**told[-1], "days": [list(each) for each in told[-1]["days"]]}
    assert len(answer.json()["pins"]) == 10


def test_choosing_a_community_tells_the_map_the_box_of_its_buildings(
    serve: Callable[..., Any], own_two: Office, told: list[dict[str, Any]]
) -> None:
    serve(own_two, local_owner())
    app = run(main_page())
    whole = told[-1]["bounds"]
    buildings = own_two.risk_map.layer(
        local_owner(), layer="building", snapshot_id=told[-1]["snapshot"]
    )
    for code, inside in buildings.groupby("community_code"):
        app.multiselect(key="communities").set_value([code])
        run(app)
        west, south, east, north = told[-1]["bounds"]
        assert told[-1]["bounds"] != whole
        assert inside["lon"].between(west, east).all()
        assert inside["lat"].between(south, north).all()


def test_where_nothing_was_scored_nothing_is_drawn_first(
    serve: Callable[..., Any], empty_office: Office
) -> None:
    serve(empty_office, local_owner())
    answer = Browser().get("/gw/first-sight")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.usefixtures("served_city")
def test_a_page_is_streamlits_in_which_nothing_pulses_that_of_the_map_has_one_script_more() -> None:
    for entry in navigation.PAGES:
        page = Browser().get(f"/{entry.url_path}")
        assert "[data-testid=stSkeleton] { animation: none" in page.text
        assert page.text.count("map/street/first_sight.js") == (entry.name == "map")
        assert "./static/js/index." in page.text
        assert page.headers["cache-control"] == "no-store"
        assert (
            "'unsafe-inline'" not in page.headers["content-security-policy"].split("style-src")[0]
        )
