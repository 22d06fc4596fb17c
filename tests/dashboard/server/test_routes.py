"""Our own routes: health, map data, small maps, assets."""

import re
from urllib.parse import urljoin

import pytest
from small_browser import Browser

from dashboard.maps.tiles.answers import TILE_LAYERS
from dashboard.maps.tiles.squares import MOST_TILES
from dashboard.server import routes
from dashboard.server.assets_url import KEPT
from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope
from governance.office import Office

PLANNER = Actor(id="planner", name="李示例", roles=("planner",), scope=Scope.whole())


@pytest.fixture
def client() -> Browser:
    return Browser()


def test_without_an_office_the_server_says_that_it_is_down(client: Browser) -> None:
    answer = client.ask("GET", "/gw/health")
    assert answer.status_code == 503
    assert answer.json()["code"] == "no_office"


@pytest.mark.usefixtures("served_city")
def test_with_an_office_the_server_is_well(client: Browser) -> None:
    assert client.get("/gw/health").json() == {"status": "ok"}


def test_every_official_grid_is_answered_gzipped(
    client: Browser, served_city: Office, newest: str
) -> None:
    answer = client.get(f"/gw/grids/{newest}")
    assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
    grids = served_city.risk_map.layer(PLANNER, layer="grid", snapshot_id=newest)
    assert sorted(answer.json()["ids"]) == sorted(grids["unit"])


@pytest.mark.parametrize("layer", TILE_LAYERS)
def test_a_tile_of_every_layer_is_answered_gzipped(
    client: Browser, served_city: Office, newest: str, layer: str
) -> None:
    answer = client.get(f"/gw/tiles/{newest}/{layer}/0-0-0")
    assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
    whole = served_city.risk_map.layer(PLANNER, layer=layer, snapshot_id=newest)
    assert set() < set(answer.json()[0]["ids"]) <= set(whole["unit"])


@pytest.mark.usefixtures("served_city")
def test_a_browser_that_has_the_layer_gets_no_second_copy(client: Browser, newest: str) -> None:
    address = f"/gw/tiles/{newest}/cell:10/0-0-0"
    first = client.get(address)
    again = client.get(address, **{"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.usefixtures("served_city")
@pytest.mark.parametrize("kind", ["tiles/{newest}/building", "basemap"])
def test_tiles_asked_for_together_are_those_asked_for_one_by_one_in_their_order(
    client: Browser, newest: str, kind: str
) -> None:
    names = ["1-0-0", "1-1-0", "0-0-0", "1-0-1"]
    address = f"/gw/{kind.format(newest=newest)}"
    one_by_one = [client.get(f"{address}/{name}").json() for name in names]
    together = client.get(f"{address}/{','.join(names)}")
    assert [[tile] for tile in together.json()] == one_by_one
    other = client.get(f"{address}/{','.join(reversed(names))}")
    assert together.headers["etag"] != other.headers["etag"]


@pytest.mark.usefixtures("served_city")
def test_filters_reach_the_office(client: Browser, newest: str) -> None:
    tile = f"/gw/tiles/{newest}/building/0-0-0"
    [everything] = client.get(tile).json()
    [some] = client.ask("GET", tile, params={"kind": ["住宅", "商铺"]}).json()
    [none] = client.ask("GET", tile, params={"community": "nowhere"}).json()
    assert len(none["ids"]) == 0 < len(some["ids"]) < len(everything["ids"])


@pytest.mark.usefixtures("served_city")
def test_an_unknown_layer_is_not_found(client: Browser, newest: str) -> None:
    answer = client.ask("GET", f"/gw/tiles/{newest}/cell:11/0-0-0")
    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown_layer"


def test_a_layer_for_others_is_refused_and_not_said_to_be_missing(
    client: Browser, served_city: Office, newest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise GridwardenError("not_allowed", actor="x", action="see_reasons")

    monkeypatch.setattr(served_city.risk_map, "layer", refuse)
    answer = client.ask("GET", f"/gw/tiles/{newest}/cell:10/0-0-0")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.usefixtures("served_city")
@pytest.mark.parametrize(("language", "said"), [("zh", "没有坐标"), ("en", "has no coordinates")])
def test_who_looks_at_a_page_reads_of_a_failure_in_their_language(
    client: Browser, newest: str, language: str, said: str
) -> None:
    address = f"/gw/small-map/{newest}/B99999?lang={language}"
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
    assert said in answer.text


@pytest.mark.usefixtures("served_city")
def test_a_file_of_ours_is_kept_and_asked_about_and_an_answer_that_there_is_none_is_not_kept(
    client: Browser,
) -> None:
    assert client.get("/gw/assets/icon.svg").headers["cache-control"] == "no-cache"
    assert client.get("/gw/nothing").headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("served_city")
def test_a_small_map_may_fetch_nothing(client: Browser, newest: str, first_building: str) -> None:
    answer = client.get(f"/gw/small-map/{newest}/{first_building}?lang=zh")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script src" not in answer.text


@pytest.mark.usefixtures("served_city")
def test_assets_come_from_here(client: Browser) -> None:
    for path in ("/gw/leaflet/leaflet.js", "/gw/assets/map/street/street_map.js"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("page", ["/map", "/start"])
@pytest.mark.usefixtures("served_city")
def test_a_page_with_a_map_names_every_script_of_it_beforehand_at_addresses_that_never_change(
    client: Browser, page: str
) -> None:
    named = re.findall(r"<([^>]+)>; rel=modulepreload", client.get(page).headers["link"])
    assert len(named) == len(set(named))
    ours = [path for path in named if path.startswith(KEPT)]
    assert len(ours) == len(named) - 1
    for path in ours:
        answer = client.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        imported = re.findall(r'from "([^"]+)"', answer.text)
        assert {urljoin(path, each) for each in imported} <= set(ours)
    assert "link" not in client.get("/evaluation").headers


def test_no_own_route_lies_under_a_prefix_that_streamlit_reserves() -> None:
    reserved = ("/_stcore", "/media", "/component", "/static")
    assert not [r.path for r in routes.own_routes() if r.path.startswith(reserved)]


def test_tiles_of_the_whole_world_hold_every_raised_building_of_the_layer(
    client: Browser, served_city: Office, newest: str
) -> None:
    whole = served_city.risk_map.layer(PLANNER, layer="building", snapshot_id=newest)
    raised = whole.loc[whole["tier"].isin(["红", "橙", "黄"]), "unit"]
    [tile] = client.get(f"/gw/tiles/{newest}/building/0-0-0").json()
    assert set(raised) <= set(tile["ids"]) <= set(whole["unit"])


@pytest.mark.usefixtures("served_city")
@pytest.mark.parametrize(
    "place",
    ["0-0-1", "16-0-0", "a-0-0", "1--1-0", "123456-0-0", "¹-0-0", "0-0", "0-0-0,", "0-0-0-0",
     ",".join(["0-0-0"] * (MOST_TILES + 1))],
)  # fmt: skip
def test_a_tile_outside_the_map_is_refused(client: Browser, newest: str, place: str) -> None:
    for path in (f"/gw/tiles/{newest}/building/{place}", f"/gw/basemap/{place}"):
        answer = client.get(path)
        assert 400 <= answer.status_code < 500
        assert "瓦片" in answer.text


def test_tiles_obey_the_filters_of_their_layer(
    client: Browser, served_city: Office, newest: str
) -> None:
    tile = f"/gw/tiles/{newest}/building/0-0-0"
    everything = client.get(tile).json()[0]["ids"]
    shops = client.ask("GET", tile, params={"kind": "商铺"}).json()[0]["ids"]
    layer = served_city.risk_map.layer(
        PLANNER, layer="building", snapshot_id=newest, kinds=["商铺"]
    )
    assert set(shops) < set(everything)
    assert set(shops) <= set(layer["unit"])


@pytest.mark.usefixtures("served_city")
def test_a_place_is_found_by_the_words_of_its_name(client: Browser, newest: str) -> None:
    names = client.get("/gw/places").json()
    community, estate = names["communities"]["names"][0], names["estates"][0][0]
    for asked in (community, estate):
        answer = client.ask("GET", f"/gw/find/{newest}", params={"text": asked}).json()["found"]
        assert answer[0]["name"] == asked
    assert client.get(f"/gw/find/{newest}").json() == {"found": []}


@pytest.mark.usefixtures("served_city")
def test_an_unknown_layer_over_the_map_is_refused(client: Browser, newest: str) -> None:
    answer = client.get(f"/gw/over/{newest}/nothing")
    assert 400 <= answer.status_code < 500
    assert "图层" in answer.text
