"""Every route, asked by nobody, by every role, with bad cookies and from other pages."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from route_table import CLOSED, OPEN, TABLE, Row
from starlette.routing import Mount, Route, WebSocketRoute
from whole_server import Server

from dashboard.server.assets_url import KEPT
from data.workspace.clock import Clock

ROWS = [name for name in TABLE if not name.startswith(("MOUNT", "WEBSOCKET"))]
SAFE = ("GET", "OPTIONS")


def _known(routes: list[Any], prefix: str = "") -> Iterator[str]:
    for route in routes:
        path = prefix + route.path
        if isinstance(route, Mount) and path.startswith("/gw/public"):
            yield from _known(list(route.routes), path)
        elif isinstance(route, Mount):
            yield f"MOUNT {KEPT if path.startswith(KEPT) else path}"
        elif isinstance(route, WebSocketRoute):
            yield f"WEBSOCKET {path}"
        elif isinstance(route, Route):
            yield from (f"{method} {path}" for method in (route.methods or {"GET"}) - {"HEAD"})


def _request(server: Server, name: str, *, account: str = "x") -> tuple[str, str, dict[str, Any]]:
    method, _, path = name.partition(" ")
    for gap, value in server.gaps.items():
        path = re.sub(rf"\{{{gap}(:\w+)?\}}", value, path)
    row = TABLE[name]
    more = {key: dict(v) if key == "headers" else v for key, v in row.more.items()}
    return method, path + row.query.format(account=account), more


def _ask(server: Server, name: str, **more: Any) -> Any:
    headers = more.pop("headers", {})
    method, path, sent = _request(server, name, account=more.pop("account", "x"))
    sent["headers"] = {**sent.get("headers", {}), **headers}
    return server.ask(method, path, **sent, **more)


def test_every_route_has_a_row_and_every_row_a_route(server: Server) -> None:
    assert sorted(set(_known(list(server.app.routes)))) == sorted(TABLE)


@pytest.mark.parametrize("name", ROWS)
def test_each_role_is_let_in_where_the_table_says_and_refused_elsewhere(
    server: Server, tokens: dict[str, str], name: str
) -> None:
    row: Row = TABLE[name]
    if name in {"GET /gw/password", "POST /gw/sign-out"} or row.kind == OPEN:
        return
    let_in = set()
    for role, token in tokens.items():
        answer = _ask(server, name, sid=token, account=f"demo-{role}")
        assert answer.status_code < 500 or name == "GET /_stcore/health", (role, answer.text)
        assert answer.status_code != 401
        assert (answer.status_code == 404 and row.kind == CLOSED) or row.kind != CLOSED
        if answer.status_code != 403:
            let_in.add(role)
    assert row.kind == CLOSED or let_in == row.roles


KEPT_IN_STEP = {f"GET /gw/{name}" for name in (
    "grids/{snapshot}", "tiles/{snapshot}/{layer}/{tiles}", "basemap/{tiles}", "places",
)}  # fmt: skip
"""What a browser may keep, and must ask about each time; a sign-out has it forget them."""
NOBODYS = {"GET /gw/public/assets/{name}"}


def test_a_browser_keeps_nothing_for_whoever_sits_there_next(
    server: Server, tokens: dict[str, str]
) -> None:
    kept = {}
    for name in ROWS:
        if name.startswith("GET") and name not in NOBODYS:
            answer = _ask(server, name, sid=tokens["planner"])
            kept[name] = answer.headers.get("cache-control")
    for path in ("/plan", "/cases", "/", "/favicon.ico"):
        kept[path] = server.ask("GET", path, sid=tokens["planner"]).headers.get("cache-control")
    assert {name for name, said in kept.items() if said != "no-store"} == KEPT_IN_STEP
    assert {kept[name] for name in KEPT_IN_STEP} == {"private, no-cache"}
    assert _ask(server, "POST /gw/sign-out").headers["clear-site-data"] == '"cache"'


FORGED = ("", "x", "a" * 43, '"quoted"', "../../etc/passwd", "' or 1=1 --", "\\x00", "z" * 9000)


@pytest.mark.parametrize("name", ROWS)
def test_nobody_is_let_in_without_a_session_that_holds(
    server: Server, ended: str, name: str
) -> None:
    row, told = TABLE[name], {CLOSED: 404}
    for sid in (None, ended, *FORGED[: None if "tiles" in name else 3]):
        answer = _ask(server, name, sid=sid)
        if row.kind == OPEN:
            assert answer.status_code < 500 or answer.status_code == 503, sid
            assert "signed_out" not in answer.text
        else:
            assert answer.status_code == told.get(row.kind, 401), sid


@pytest.mark.parametrize("name", ROWS)
def test_no_foreign_page_is_answered_and_no_change_without_an_origin(
    server: Server, tokens: dict[str, str], name: str
) -> None:
    api = "/gw/public/api/" in name
    sid = tokens[min(TABLE[name].roles, default="planner")]  # of whom it would answer
    for headers in ({"origin": "http://evil.example"}, {"origin": "null"},
                    {"host": "evil.example", "origin": "http://evil.example"}):  # fmt: skip
        assert _ask(server, name, sid=sid, headers=headers).status_code == 403
    if not name.startswith(SAFE) and not api:
        without: dict[str, Any] = {"origin": None}
        cross = {"origin": None, "sec-fetch-site": "cross-site"}
        for headers in (without, cross):
            assert _ask(server, name, sid=sid, headers=headers).status_code == 403


def _websocket(server: Server, *, sid: str | None, origin: str | None) -> str:
    """Shake hands for a websocket; return the kind of the first answer."""
    headers = [(b"host", b"localhost")]
    headers += [(b"cookie", f"{server.cookie}={sid}".encode())] if sid else []
    headers += [(b"origin", origin.encode())] if origin else []
    scope = {"type": "websocket", "path": "/_stcore/stream", "raw_path": b"/_stcore/stream",
             "query_string": b"", "headers": headers, "subprotocols": [], "scheme": "ws",
             "client": ("127.0.0.1", 1), "server": ("localhost", 80)}  # fmt: skip
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(server.app(scope, receive, send))
    return sent[0]


def test_a_websocket_opens_for_no_forged_ended_or_foreign_session(
    server: Server, tokens: dict[str, str], ended: str
) -> None:
    here = "http://localhost"
    asked = [(None, here), (ended, here), ("a" * 43, here), (tokens["planner"], None),
             (tokens["planner"], "http://evil.example"), (tokens["planner"], "null")]  # fmt: skip
    assert {_websocket(server, sid=sid, origin=origin) for sid, origin in asked} == {
        "websocket.close"
    }


def test_a_session_cannot_be_fixed_beforehand(server: Server) -> None:
    """Whoever signs in gets a secret of their own, and the one they came with is worth nothing."""
    planted = "p" * 43
    answer = server.ask("POST", "/gw/demo-sign-in", sid=planted, data={"role": "planner"})
    given = answer.cookies[server.cookie]
    assert given != planted
    assert server.ask("GET", "/gw/places", sid=planted).status_code == 401
    assert server.ask("GET", "/gw/places", sid=given).status_code == 200
    again = server.ask("POST", "/gw/demo-sign-in", sid=given, data={"role": "planner"})
    assert server.ask("GET", "/gw/places", sid=given).status_code == 401
    assert server.ask("GET", "/gw/places", sid=again.cookies[server.cookie]).status_code == 200


def test_a_session_that_was_idle_too_long_is_nobody(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = server.token("planner")
    assert server.ask("GET", "/gw/places", sid=token).status_code == 200
    sessions = server.office.sessions
    later = sessions.clock.now() + timedelta(days=30)
    monkeypatch.setattr(type(sessions), "clock", Clock(lambda: later))
    assert server.ask("GET", "/gw/places", sid=token).status_code == 401
