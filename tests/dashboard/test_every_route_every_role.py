"""Every route, asked by every role about somebody else's building, gives away nothing of it."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from service_arguments import NEXT_WEEK, decided_apart
from small_browser import HERE, Browser
from starlette.routing import Route
from two_communities import (
    COMMUNITY,
    ESTATES,
    FOREIGN,
    FOREIGN_MARKS,
    NEVER_TOLD,
    OWN,
    OWN_SCOPE,
    PLACE_OF,
    open_built,
    text_of,
)

from dashboard.maps import layer_cache
from dashboard.maps.tiles.squares import FINEST, unit_square
from dashboard.runtime import context
from dashboard.server.routes import own_routes
from dashboard.server.visits.plan_routes import MY_PATROL, PLAN_MAP, PLAN_SHEET
from governance.access.permissions import ROLES, Actor, Scope, local_owner
from governance.office import Office
from governance.patrols.routing.model.shifts import Team

ROUTES = [route for route in own_routes() if isinstance(route, Route)]
HOUSES = unit_square(np.array([PLACE_OF[unit] for unit in (*OWN, *FOREIGN)]))
SQUARES = np.unique(np.floor(HOUSES * 2**FINEST), axis=0).astype(int)
"""Column and row of the nearest tiles in which there are buildings."""
TILES = ",".join(f"{FINEST}-{x}-{y}" for x, y in SQUARES)
PLACES = {"layer": ("building", "cell:10", "waiting", "change"), "tiles": (TILES,),
          "unit": FOREIGN, "building": FOREIGN, "community": (COMMUNITY["T"],),
          "upload": ("0" * 32,), "page": ("map",), "number": ("CL-2026-0001",),
          "sha256": ("0" * 64,), "sha": ("0" * 64,)}  # fmt: skip


TEAM_PATHS = (MY_PATROL, f"{MY_PATROL}/map", f"{MY_PATROL}/sheet", f"{MY_PATROL}/sheet.xlsx")


@pytest.fixture(scope="module")
def two(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = open_built(shutil.copytree(two_communities, tmp_path_factory.mktemp("routes") / "o"))
    yield office
    office.close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield Browser()
    context.withdraw()
    layer_cache.forget_layers()


ROLE_NAMES = sorted(set(ROLES) - {"local_owner"})


def _act(office: Office, role: str, scope: Scope = OWN_SCOPE) -> None:
    context.provide(office, everyone=_actor(role, scope))


def _actor(role: str, scope: Scope = OWN_SCOPE) -> Actor:
    return Actor(id=f"{role}1", name=role, roles=(role,), scope=scope)


def _roles_apart(office: Office) -> Iterator[str]:
    """Act as each role in turn that a permission decides otherwise for; nothing is remembered."""
    for actor in decided_apart(map(_actor, ROLE_NAMES)):
        layer_cache.forget_layers()
        context.provide(office, everyone=actor)
        yield actor.name


def _paths(route: Route, snapshot: str) -> list[str]:
    """Fill the gaps of a route's path with the names of somebody else's."""
    paths = [route.path]
    for gap in route.param_convertors:
        values = (snapshot,) if gap == "snapshot" else PLACES[gap]
        paths = [re.sub(rf"\{{{gap}(:\w+)?\}}", value, path) for path in paths for value in values]
    return paths


def _asked(browser: Browser, route: Route, path: str) -> str:
    """Ask by every method a route knows; return all that is said, headers too."""
    visit = {"key": "k", "building_id": FOREIGN[0], "result": "未发现异常"}
    told = ""
    for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
        body = {"account": "warden1", "entries": [visit]} if method == "POST" else None
        answer = browser.ask(method, path, json=body, headers={"origin": HERE})
        told += text_of(answer.content) + str(dict(answer.headers))
    return told


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_no_route_tells_of_a_building_out_of_scope(
    two: Office, browser: Browser, route: Route
) -> None:
    snapshot = str(two.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    for role in _roles_apart(two):
        for path in _paths(route, snapshot):
            answer = _asked(browser, route, path)
            named = {place for place in FOREIGN if place in path or route.methods == {"POST"}}
            hidden = {*FOREIGN_MARKS, *NEVER_TOLD} - named
            assert not [mark for mark in hidden if mark in answer], (role, path)


def _tiles(browser: Browser, snapshot: str) -> list[dict[str, Any]]:
    """Return the nearest tiles in which there are buildings, as a browser gets them."""
    tiles: list[dict[str, Any]] = browser.get(f"/gw/tiles/{snapshot}/building/{TILES}").json()
    return tiles


def test_the_map_of_a_warden_holds_their_buildings_alone(two: Office, browser: Browser) -> None:
    snapshot = str(two.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    _act(two, "warden")
    tiles = _tiles(browser, snapshot)
    assert sorted(unit for tile in tiles for unit in tile["ids"]) == sorted(OWN)
    assert {score for tile in tiles for score in tile["scores"]} == {None}


def test_the_walk_would_see_what_it_looks_for(two: Office, browser: Browser) -> None:
    snapshot = str(two.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    _act(two, "office_manager", Scope.whole())
    tiles = _tiles(browser, snapshot)
    assert {unit for tile in tiles for unit in tile["ids"]} > set(FOREIGN)


@pytest.fixture(scope="module")
def planned(two: Office) -> tuple[str, list[str]]:
    """Publish a plan that sends a team to both communities; return its id and its shifts."""
    team = Team(
        team_id="new", name="一队", shifts=((2, "day"), (6, "day")), members=("wang",), people=2
    )
    two.accounts.add(local_owner(), "wang", name="王")
    two.teams.save(local_owner(), team)
    options = replace(NEXT_WEEK, seed="s")
    made = two.plans.make(local_owner(), options)
    two.plans.publish(local_owner(), made.plan_id, version=1)
    assert set(made.stops["building_id"]) > set(OWN)
    return made.plan_id, made.shifts["shift_id"].tolist()


def test_no_route_of_a_plan_tells_of_a_building_out_of_scope(
    two: Office, planned: tuple[str, list[str]], browser: Browser
) -> None:
    plan_id, shifts = planned
    chosen = f"?plan={plan_id}" + "".join(f"&shift={shift}" for shift in shifts)
    for path in (PLAN_MAP + chosen, PLAN_SHEET + chosen, *TEAM_PATHS):
        for role in _roles_apart(two):
            told = _unescaped(browser.get(path).content)
            assert not [mark for mark in FOREIGN_MARKS if mark in told], (role, path)


def test_a_team_s_routes_tell_where_and_never_why(
    two: Office, planned: tuple[str, list[str]], browser: Browser
) -> None:
    assert planned
    wang = Actor(id="wang", name="王", roles=("warden",), scope=Scope.nothing())
    context.provide(two, everyone=wang)
    for path in TEAM_PATHS:
        answer = browser.get(f"{path}?lang=zh")
        assert answer.status_code == 200
        told = _unescaped(answer.content)
        for why in ("抽检", "随机", "random", "risk", "find_chance", "ordinary", "floor_due"):
            assert why not in told, (path, why)


def test_the_map_of_a_plan_tells_a_planner_of_all_its_buildings(
    two: Office, planned: tuple[str, list[str]], browser: Browser
) -> None:
    plan_id, shifts = planned
    _act(two, "planner", Scope.whole())
    asked = f"{PLAN_MAP}?plan={plan_id}" + "".join(f"&shift={shift}" for shift in shifts)
    assert ESTATES["T"] in _unescaped(browser.get(asked).content)


def _unescaped(content: bytes) -> str:
    """Return what is said, also where it is written as a script's codes of characters."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text_of(content))


def test_one_persons_tile_is_never_anothers_out_of_the_cache(two: Office, browser: Browser) -> None:
    snapshot = str(two.scores.snapshots(local_owner())["snapshot_id"].iloc[0])
    path = f"/gw/tiles/{snapshot}/building/0-0-0"
    _act(two, "local_owner", Scope.whole())
    assert set(FOREIGN) & set(browser.get(path).json()[0]["ids"])
    _act(two, "warden")
    assert not set(FOREIGN) & set(browser.get(path).json()[0]["ids"])
