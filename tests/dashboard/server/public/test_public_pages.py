"""The pages of public reports, as strangers and attackers find them."""

import asyncio
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from moving_clock import MovingClock
from public_office import TEXT, picture, switch_on
from small_browser import HERE, Browser
from starlette.routing import Route

from dashboard.runtime import context
from dashboard.server.public.site import PUBLIC, public_site
from governance.access.permissions import local_owner
from governance.office import Office
from governance.security.compliance.audit import AuditFilter
from gridwarden.compose import open_office

ROUTES = [route for route in public_site().routes if isinstance(route, Route)]
OWN = {"origin": HERE}
REPORT, OUTCOME = f"{PUBLIC}/report", f"{PUBLIC}/outcome"
SCRIPT = "<script>alert(1)</script>'\"><img src=x onerror=alert(1)>{{7777*7777}}"


def _form(**fields: str) -> dict[str, str]:
    return {"text": TEXT, "address": "示例花园3号楼", **fields}


def _send(browser: Browser, fields: dict[str, str], *photos: bytes, path: str = REPORT,
          **headers: str) -> httpx.Response:  # fmt: skip
    """Send a form as a browser does, which sends a file without a name where none was chosen."""
    files = [(f"{n}.jpg", photo) for n, photo in enumerate(photos)] or [("", b"")]
    parts = [f'name="{n}"\r\n\r\n'.encode() + v.encode() for n, v in fields.items()]
    if path == REPORT:
        parts += [
            f'name="photos"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'.encode() + photo
            for name, photo in files
        ]
    start = b"--edge\r\nContent-Disposition: form-data; "
    body = b"".join(start + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    kind = {"content-type": "multipart/form-data; boundary=edge"}
    return browser.ask("POST", path, content=body, headers={**OWN, **kind, **headers})


def _told(answer: httpx.Response) -> tuple[str, str]:
    receipt, pin = re.findall(r"<dd>([^<]+)</dd>", answer.text)[:2]
    return receipt, pin


@pytest.fixture
def off(two_communities: Path, tmp_path: Path, clock: MovingClock) -> Iterator[Office]:
    office = open_office(shutil.copytree(two_communities, tmp_path / "office"), now=clock)
    context.provide(office)
    yield office
    context.withdraw()
    office.close()


@pytest.mark.usefixtures("off")
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_switched_off_every_address_answers_404(browser: Browser, method: str) -> None:
    paths = {PUBLIC + route.path.replace("{name}", "report.css") for route in ROUTES}
    for path in (*paths, f"{PUBLIC}/", f"{PUBLIC}/anything"):
        answer = browser.ask(method, path, headers=OWN)
        assert (path, answer.status_code) == (path, 404)


@pytest.mark.usefixtures("taking")
@pytest.mark.parametrize("path", [
    f"{PUBLIC}/../my-buildings", f"{PUBLIC}/%2e%2e/my-buildings", f"{PUBLIC}/..%2fmy-buildings",
    f"{PUBLIC}/report/../../my-buildings", f"{PUBLIC}//my-buildings", f"{PUBLIC}/%2e",
    f"{PUBLIC}/assets/..%2f..%2fpage.css", f"{PUBLIC}/assets/%2e%2e/page.css", f"{PUBLIC}/_stcore",
    f"{PUBLIC}/assets/secret.key", f"{PUBLIC}/photo", f"{PUBLIC}/api/v1/reports/1",
])  # fmt: skip
def test_nothing_else_is_reached_below_the_public_path(browser: Browser, path: str) -> None:
    """Not even by a path that no browser sends as it is: the server gets it decoded."""
    assert _status_of_raw(browser, path) in {401, 404}
    assert _status_of_raw(browser, unquote(path)) in {401, 404}


def _status_of_raw(browser: Browser, path: str) -> int:
    """Ask for a path that nothing has tidied up."""
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(),
             "query_string": b"", "headers": [(b"host", b"localhost")], "scheme": "http",
             "root_path": "", "client": ("127.0.0.1", 1), "server": ("localhost", 80)}  # fmt: skip
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(browser._transport.app(scope, receive, send))
    return int(said[0]["status"])


@pytest.mark.usefixtures("taking")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", [REPORT, OUTCOME])
def test_a_stranger_gets_the_page_with_its_headers(
    browser: Browser, path: str, language: str
) -> None:
    answer = browser.get(f"{path}?lang={language}")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    told = {name: answer.headers[name] for name in ("x-content-type-options", "cache-control",
                                                    "x-frame-options")}  # fmt: skip
    assert list(told.values()) == ["nosniff", "no-store", "DENY"]
    assert not re.search(r"<script>|<style|style=|\son\w+=", answer.text)
    assert ('<html lang="en"' in answer.text) == (language == "en")
    assert not answer.cookies


def test_a_report_with_photos_gets_a_receipt_by_which_it_is_found(
    browser: Browser, taking: Office
) -> None:
    answer = _send(browser, _form(wants_reward="true"), picture(), picture("blue", "WEBP"))
    assert answer.status_code == 200
    receipt, pin = _told(answer)
    seen = taking.public_reports.of_case(local_owner(), "XS-2026-0001")[0]
    assert (len(seen.photos), seen.reward.wanted, seen.has_contact) == (2, True, False)
    found = _ask(browser, receipt, pin)
    assert "已收到" in found.text
    assert "2026-11-24" in found.text


def _ask(browser: Browser, receipt: str, pin: str) -> httpx.Response:
    return _send(browser, {"receipt": receipt, "pin": pin}, path=OUTCOME)


@pytest.mark.usefixtures("taking")
def test_what_is_wrong_is_told_and_what_was_typed_stays(browser: Browser) -> None:
    sent = _form(contact_phone="not a number", contact_name="张三", wants_reward="true")
    answer = _send(browser, sent | {"address": "??"})
    assert answer.status_code == 422
    for kept in (TEXT, "??", "张三", "not a number", "checked"):
        assert kept in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'href="#contact_phone"' in answer.text
    assert 'id="contact_phone-wrong"' in answer.text


@pytest.mark.parametrize(
    "field",
    ["text", "address", "contact_name", "contact_phone", "wants_reward", "key", "lang", "lon",
     "lat", "receipt"],
)  # fmt: skip
def test_markup_in_a_field_stays_text(browser: Browser, taking: Office, field: str) -> None:
    answer = _send(browser, _form(**{field: SCRIPT}))
    again = _send(browser, _form(**{"contact_phone": "x", field: SCRIPT}))
    asked = _ask(browser, SCRIPT, SCRIPT)
    for page in (answer, again, asked):
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "60481729" not in page.text
    assert taking.verify(local_owner()).sound


@pytest.mark.usefixtures("taking")
def test_sending_the_same_page_twice_gives_the_same_receipt(browser: Browser) -> None:
    page = browser.get(REPORT)
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key
    first, again = (_told(_send(browser, _form(key=key[1]))) for _ in range(2))
    assert first == again
    other = _send(browser, _form(key=key[1], text="别的内容"))
    assert other.status_code == 409
    fresh = re.search(r'name="key" value="([^"]+)"', other.text)
    assert fresh
    assert fresh[1] != key[1]


def test_a_session_of_the_office_changes_nothing(browser: Browser, taking: Office) -> None:
    browser.cookies.set(context.cookie_name(), "whoever")
    assert _send(browser, _form()).status_code == 200
    lines = taking.audit.log(local_owner(), AuditFilter(action="report_publicly"))
    assert lines["person"].tolist() == ["public"]


def test_many_from_one_address_are_told_to_wait_and_keep_what_they_typed(
    browser: Browser, taking: Office, clock: MovingClock
) -> None:
    root = taking._workspace.root
    switch_on(root, tries_an_hour=1)
    office = open_office(root, now=clock)
    context.provide(office)
    assert _send(browser, _form()).status_code == 200
    refused = _send(browser, _form())
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3601")
    office.close()


def test_photos_are_seen_by_who_works_on_reports_and_by_nobody_else(
    browser: Browser, taking: Office
) -> None:
    _send(browser, _form(), picture())
    sha256 = taking.public_reports.of_case(local_owner(), "XS-2026-0001")[0].photos[0]
    path = f"/gw/report-photo/{sha256}"
    context.provide(taking, everyone=local_owner())
    assert browser.get(path).headers["content-type"] == "image/jpeg"
    assert browser.get(f"/gw/visits/photo/{sha256}").status_code == 404
