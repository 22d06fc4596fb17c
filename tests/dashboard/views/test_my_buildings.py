"""The page of a warden as Streamlit runs it, and its routes over a real office."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from pages import opened
from PIL import Image
from starlette.applications import Starlette

from dashboard.i18n import LANGUAGES, translator
from dashboard.runtime import context
from dashboard.server import errors, visit_routes
from data.contracts.vocabulary import NextStep, VisitResult, VisitSign
from governance.access.permissions import (
    Action,
    Actor,
    Scope,
    may,
)
from governance.office import Office
from gridwarden.compose import open_office


@pytest.fixture
def _withdrawn() -> Iterator[None]:
    yield
    context.withdraw()


def one(role: str, scope: Scope) -> Actor:
    return Actor(id=f"{role}1", name=role, roles=(role,), scope=scope)


@pytest.mark.parametrize("role", ["warden", "office_manager", "property_owner"])
def test_the_page_opens_for_wardens_managers_and_owners(
    serve: Callable[..., Any], city: Office, first_building: str, role: str
) -> None:
    scope = Scope(buildings=frozenset([first_building]))
    serve(city, one(role, Scope.whole() if role == "office_manager" else scope))
    app = opened("my_buildings")
    assert [t.value for t in app.title] == ["我的楼栋"]
    assert not app.info


def test_who_looks_after_nothing_is_told_so_kindly(serve: Callable[..., Any], city: Office) -> None:
    serve(city, one("auditor", Scope.nothing()))
    assert "不负责楼栋" in opened("my_buildings").info[0].value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_result_sign_and_step_has_a_name(language: str) -> None:
    say = translator(language)
    kinds = {
        "visit_result": tuple(VisitResult),
        "sign": tuple(VisitSign),
        "next_step": tuple(NextStep),
    }
    unnamed = [c for kind, codes in kinds.items() for c in codes if not say.knows(kind, c)]
    assert unnamed == []


# ---- over a real office -------------------------------------------------------------------------


class Asking:
    """Ask the routes as one actor."""

    def __init__(self) -> None:
        self._app = Starlette(routes=visit_routes.routes(), exception_handlers=errors.HANDLERS)

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as web:
                return await web.request(method, path, **more)

        return asyncio.run(asking())


@pytest.mark.usefixtures("_withdrawn")
def test_a_warden_sees_records_undoes_and_photographs_in_a_real_office(
    own_demonstration: Path,
) -> None:
    office, ask = open_office(own_demonstration), Asking()
    known = sorted(office.worklist.my_buildings(whole()).head(6)["building_id"])
    warden = Actor("W1", "张网格", ("warden",), Scope(buildings=frozenset(known)))
    context.provide(office, everyone=warden)

    told = ask("GET", "/gw/my-buildings?lang=zh").json()
    assert {b["id"] for b in told["buildings"]} == set(known)
    assert told["proposals"]["无人"]["retryAt"]
    assert all(not look.isascii() for b in told["buildings"] for look in b["look"])

    entry = {"key": "k1", "kind": "visit", "building_id": known[0], "result": "无人",
             "age_s": 60, "unit": "3层", "note": "门口有鞋"}  # fmt: skip
    body = {"account": "W1", "entries": [entry, {**entry, "key": "k2", "building_id": "B-else"}]}
    for repeated in (False, True):
        mine, foreign = ask("POST", "/gw/visits", json=body).json()["answers"]
        assert (mine["state"], mine["repeated"]) == ("saved", repeated)
        assert foreign["state"] == "refused"
    picture = BytesIO()
    Image.new("RGB", (60, 40), "navy").save(picture, "jpeg")
    asked = {"account": "W1", "visit": "k1", "no_faces": "1"}
    headers = {"content-type": "image/jpeg"}
    photo = ask("POST", "/gw/visits/photo", params=asked, content=picture.getvalue(),
                headers=headers)  # fmt: skip
    shown = ask("GET", f"/gw/visits/photo/{photo.json()['sha256']}")
    assert Image.open(BytesIO(shown.content)).size == (60, 40)

    history = ask("GET", f"/gw/my-buildings/{known[0]}").json()
    assert [v["result"] for v in history["visits"]] == ["无人"]
    undo = {"key": "u1", "kind": "undo", "visit_id": mine["visitId"]}
    answer = ask("POST", "/gw/visits", json={"account": "W1", "entries": [undo]}).json()
    assert answer["answers"][0]["state"] == "undone"
    assert ask("GET", f"/gw/my-buildings/{known[0]}").json()["visits"] == []
    assert ask("GET", "/gw/patrol-list?span=week").status_code == 200
    assert ask("GET", "/gw/patrol-list.xlsx").content[:2] == b"PK"


@pytest.mark.usefixtures("_withdrawn")
def test_an_owner_sees_his_building_as_the_register_has_it(own_demonstration: Path) -> None:
    office, ask = open_office(own_demonstration), Asking()
    (building,) = office.worklist.my_buildings(whole()).head(1)["building_id"]
    owner = Actor("P1", "业主", ("property_owner",), Scope(buildings=frozenset([building])))
    assert not may(owner, Action.SEE_VISITS)
    context.provide(office, everyone=owner)
    told = ask("GET", "/gw/my-buildings").json()
    (card,) = told["buildings"]
    assert not told["mayRecord"]
    assert card["id"] == building
    assert [card[name] for name in ("tier", "today", "look", "lastResult", "dueOn")] == [
        "", False, [], None, None
    ]  # fmt: skip


def whole() -> Actor:
    return Actor("C1", "网格长", ("grid_chief",), Scope.whole())
