"""Rules of the log: a line for each request, and nothing in it that somebody typed."""

import io
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import streamlit.logger
import uvicorn
from small_browser import HERE, PASSWORD, Browser, add_account
from starlette.routing import BaseRoute, Mount, Route

from dashboard.runtime import context, logs
from dashboard.server.maps.first_sight import PAGE
from dashboard.server.routes import own_routes
from governance.office import Office
from gridwarden.compose import open_office

NAME, PHONE, PLACE = "欧阳示例", "13912345678", "幸福里7号楼301"
LOGINS = ("wang", "li")
TOLD = (NAME, PHONE, PLACE)


def all_routes(routes: list[BaseRoute], before: str = "") -> Iterator[tuple[str, Route]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from all_routes(list(route.routes or ()), before + route.path)
        elif isinstance(route, Route):
            yield before + route.path, route


ROUTES = dict(all_routes(own_routes()))
del ROUTES[PAGE]  # where something is typed into it, no page is asked for


@pytest.fixture(scope="module")
def accounts(empty_office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return an empty office that takes public reports, with two accounts."""
    folder = tmp_path_factory.mktemp("watched") / "office"
    shutil.copytree(empty_office._workspace.root, folder)
    settings = "[public_reports]\nenabled = true\n"
    (folder / "gridwarden.toml").write_text(settings, encoding="utf-8")
    office = open_office(folder)
    for login in LOGINS:
        add_account(office, login, "office_manager")
    yield office
    office.close()


@pytest.fixture
def office(accounts: Office) -> Iterator[Office]:
    """Serve the office to whoever signs in."""
    context.provide(accounts)
    yield accounts
    context.withdraw()


@pytest.fixture
def browser_of(accounts: Office) -> Iterator[Callable[[str], Browser]]:
    """Serve the office and return what gives the browser in which somebody is signed in."""
    context.provide(accounts)

    def opened(login: str) -> Browser:
        browser = Browser()
        token = accounts.sign_in.by_password(login, PASSWORD).token
        browser.cookies.set(context.cookie_name(), token)
        return browser

    yield opened
    context.withdraw()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Return what the log of a server gets, as JSON lines."""
    output = io.StringIO()
    monkeypatch.setattr("sys.stderr", output)
    root, ours = logging.getLogger(), logging.getLogger(logs.OURS)
    before = root.handlers[:], root.level, ours.level
    formatter = streamlit.logger.setup_formatter
    logs.write_logs(as_json=True)
    yield output
    streamlit.logger.setup_formatter = formatter
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level, ours.level = before


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def is_told(text: str) -> bool:
    every = [*TOLD, *(quote(each) for each in TOLD), *(json.dumps(each)[1:-1] for each in TOLD)]
    return any(each in text for each in every)


def _filled(path: str, route: Route) -> str:
    for gap in route.param_convertors:
        for form in (f"{{{gap}:path}}", f"{{{gap}}}"):
            path = path.replace(form, quote(f"{NAME}{PHONE}{PLACE}"))
    return path


@pytest.mark.parametrize("path", ROUTES)
def test_no_route_writes_what_was_typed_into_the_log(
    browser_of: Callable[[str], Browser], written: io.StringIO, path: str
) -> None:
    browser, route = browser_of("wang"), ROUTES[path]
    typed = {"name": NAME, "phone": PHONE, "address": PLACE, "text": f"{NAME}{PHONE}{PLACE}"}
    headers = {"origin": HERE, "user-agent": PHONE, "referer": f"{HERE}/{quote(NAME)}"}
    asked = 0
    for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
        for body in ({"json": typed}, {"data": typed}):
            more = body if method in {"POST", "PUT"} else {}
            try:
                browser.ask(
                    method, _filled(path, route), params=typed, headers=headers, **more
                )  # fmt: skip
            except Exception:
                logging.getLogger("uvicorn.error").exception("as the server would say it")
            asked += 1
    assert not is_told(written.getvalue())
    requests = [each for each in lines(written) if each["logger"] == "gridwarden.request"]
    assert len([each for each in requests if each["route"] == path]) >= asked


def test_what_other_packages_say_is_left_out(written: io.StringIO) -> None:
    streamlit_logger = streamlit.logger.get_logger("streamlit.of_this_test")
    for logger in (logging.getLogger("uvicorn.error"), logging.getLogger("any"), streamlit_logger):
        logger.error("%s called", NAME)
        logger.error(f"from {PLACE}")  # noqa: G004 -- as others do
        try:
            int(PHONE + "x")
        except ValueError:
            logger.exception("Uncaught %s", NAME)
    assert not is_told(written.getvalue())
    told = lines(written)
    assert len(told) == 9
    assert all(each["where"].startswith("test_request_log:") for each in told)
    failed = [each for each in told if "exception" in each]
    assert {each["exception"] for each in failed} == {"ValueError"}
    assert all("test_request_log.py:" in each["frames"][0] for each in failed)


def test_what_uvicorn_says_once_it_began_is_left_out(
    written: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    uvicorn.Config("nothing:app")  # gives its loggers handlers of their own
    logs.take_over_uvicorn()
    logging.getLogger("uvicorn.access").info("GET /start")  # told by our own line
    logging.getLogger("uvicorn.error").error("Exception in ASGI application of %s", NAME)
    assert not is_told(written.getvalue() + "".join(capfd.readouterr()))
    assert [each["logger"] for each in lines(written)] == ["uvicorn.error"]


def test_a_line_names_an_account_by_a_pseudonym_that_stays(
    browser_of: Callable[[str], Browser], written: io.StringIO
) -> None:
    for login in LOGINS:
        for _ in range(2):
            browser_of(login).get("/map")
    actors = [each["actor"] for each in lines(written) if each["route"] == "/map"]
    assert actors[0] == actors[1] != actors[2] == actors[3]
    assert not {*LOGINS, None} & set(actors)
    assert len({each["request"] for each in lines(written)}) == len(lines(written))


def test_a_request_that_fails_is_written_as_an_error(
    office: Office, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ValueError(NAME)

    monkeypatch.setattr(type(office.operations), "readiness", fail)
    with pytest.raises(ValueError, match=NAME):
        Browser().get("/readyz")
    line = next(each for each in lines(written) if each.get("route") == "/readyz")
    assert (line["level"], line["status"]) == ("error", 500)
    assert not is_told(written.getvalue())


def test_the_log_for_people_says_the_same() -> None:
    record = logging.LogRecord("gridwarden.request", 20, "", 0, "request", None, None)
    setattr(record, logs.FACTS, {"route": "/map", "status": 200})
    line = logs.FactsFormatter(as_json=False).format(record)
    assert "route=/map status=200" in line
