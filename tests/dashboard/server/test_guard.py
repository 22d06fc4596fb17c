"""The guard lets in this origin's pages and nobody else's."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from small_browser import Browser, add_account
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from dashboard.runtime import context
from dashboard.server.guard import Guard, content_policy, refuse
from data.workspace.settings import SignInSettings
from governance.office import Office


@pytest.mark.parametrize(
    ("headers", "websocket", "allowed"),
    [
        ({"host": "localhost:8501"}, False, True),
        ({"host": "127.0.0.1:8501"}, False, True),
        ({"host": "[::1]:8501"}, False, True),
        ({"host": "192.168.1.20:8501"}, False, True),
        ({"host": "evil.example"}, False, False),
        ({"host": ""}, False, False),
        ({"host": "localhost:8501", "origin": "http://localhost:8501"}, True, True),
        ({"host": "localhost:8501", "origin": "http://evil.example"}, True, False),
        ({"host": "localhost:8501", "origin": "http://localhost:9999"}, True, False),
        ({"host": "localhost:8501", "origin": "null"}, True, False),
        ({"host": "localhost:8501"}, True, False),
        ({"host": "localhost:8501", "origin": "http://evil.example"}, False, False),
        ({"host": "localhost:8501", "origin": "http://[1"}, False, False),
    ],
)
def test_only_our_own_origin_passes(
    headers: dict[str, str],
    websocket: bool,  # noqa: FBT001 -- parametrised
    allowed: bool,  # noqa: FBT001 -- parametrised
) -> None:
    method = None if websocket else "GET"
    assert (refuse(Headers(headers), method=method) is None) is allowed


@pytest.fixture
def _everyone(serve: Callable[..., Any], empty_office: Any) -> None:
    """Take everybody for the planner of an empty office."""
    serve(empty_office)


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """Greet whoever gets past the guard."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    else:
        await PlainTextResponse("hello")(scope, receive, send)


def ask(kind: str = "http", **headers: str) -> list[Message]:
    """Send one request through the guard and return what was sent back."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    named = {"host": "localhost", **headers}
    scope = {
        "type": kind, "method": "GET", "path": "/", "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }  # fmt: skip
    asyncio.run(Guard(hello)(scope, receive, send))
    return sent


def test_every_answer_carries_the_security_headers() -> None:
    headers = Headers(raw=ask()[0]["headers"])
    assert headers["content-security-policy"] == content_policy()
    assert headers["x-content-type-options"] == "nosniff"
    assert "'unsafe-eval'" not in headers["content-security-policy"]


def test_a_foreign_name_is_refused_before_the_application_sees_it() -> None:
    start, body = ask(host="evil.example")
    assert start["status"] == 403
    assert b"hello" not in body["body"]


@pytest.mark.usefixtures("_everyone")
def test_a_foreign_websocket_is_refused_and_our_own_is_not() -> None:
    assert ask("websocket", origin="http://localhost")[0]["type"] == "websocket.accept"
    assert ask("websocket", origin="http://evil.example")[0]["type"] == "websocket.close"


def test_a_websocket_of_nobody_is_refused(serve_staffed: Callable[..., Any]) -> None:
    office = serve_staffed()
    own = {"origin": "http://localhost"}
    assert ask("websocket", **own)[0]["type"] == "websocket.close"
    token = office.sign_in.by_demo("planner").token
    assert (
        ask("websocket", **own, cookie=f"{context.cookie_name()}={token}")[0]["type"]
        == "websocket.accept"
    )
    office.sessions.sign_out(token)
    assert (
        ask("websocket", **own, cookie=f"{context.cookie_name()}={token}")[0]["type"]
        == "websocket.close"
    )


def test_somebody_who_must_change_their_password_opens_no_websocket(
    serve_staffed: Callable[..., Any], staffed: Any
) -> None:
    token = serve_staffed().sign_in.by_password("new_planner", staffed.once).token
    answer = ask("websocket", origin="http://localhost", cookie=f"{context.cookie_name()}={token}")
    assert answer[0]["type"] == "websocket.close"


@pytest.mark.usefixtures("_everyone")
def test_what_changes_something_must_come_from_our_own_page() -> None:
    assert refuse(Headers({"host": "localhost"}), method="POST") is not None
    assert refuse(Headers({"host": "localhost", "sec-fetch-site": "cross-site"}), method="PUT")
    same = {"host": "localhost", "sec-fetch-site": "same-origin"}
    assert refuse(Headers(same), method="POST") is None


@pytest.mark.usefixtures("_everyone")
def test_only_configured_names_reach_the_server(empty_office: Any) -> None:
    named = Headers({"host": "Grid.Office.example:8501"})
    assert refuse(named, method="GET") is not None
    context.provide(empty_office, sign_in=SignInSettings(host_names=("grid.office.EXAMPLE",)))
    assert refuse(named, method="GET") is None


def test_only_a_configured_tile_server_adds_an_origin() -> None:
    assert "https" not in content_policy()
    policy = content_policy(tile_url="https://{s}.tiles.example/{z}/{x}/{y}.png")
    images = next(part for part in policy.split("; ") if part.startswith("img-src"))
    assert images.endswith("https://*.tiles.example")
    assert policy.replace(" https://*.tiles.example", "") == content_policy()


def test_scripts_may_only_come_from_here() -> None:
    scripts = next(part for part in content_policy().split("; ") if part.startswith("script-src"))
    allowed = scripts.split()[1:]
    assert allowed[:2] == ["'self'", "blob:"]
    assert all(source.startswith("'sha256-") for source in allowed[2:])


@pytest.fixture
def signed_in(serve: Callable[..., Any], own_city: Office) -> Browser:
    """Return a browser that is signed in to a city as a planner."""
    add_account(own_city, "planner", "planner")
    serve(own_city, None)
    browser = Browser()
    browser.sign_in("planner")
    return browser


def test_a_request_asks_the_store_once_who_is_there(
    signed_in: Browser, own_city: Office, newest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    look_up = own_city.sessions.session

    def counted(token: str) -> Any:
        asked.append(token)
        return look_up(token)

    monkeypatch.setattr(own_city.sessions, "session", counted)
    for path in (f"/gw/tiles/{newest}/cell:10/0-0-0", "/gw/password"):
        asked.clear()
        assert signed_in.get(path).status_code == 200
        assert len(asked) == 1, path


def test_what_one_request_found_of_a_session_is_unknown_to_the_next(
    signed_in: Browser, own_city: Office, newest: str
) -> None:
    assert signed_in.get(f"/gw/tiles/{newest}/cell:10/0-0-0").status_code == 200
    own_city.sessions.sign_out(signed_in.cookies[context.cookie_name()])
    assert signed_in.ask("GET", f"/gw/tiles/{newest}/cell:10/0-0-0").status_code == 401
    assert context.token() == ""
