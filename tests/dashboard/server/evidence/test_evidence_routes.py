"""Routes of lead material: who may send and save what, and what is never shown."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from small_browser import HERE, Browser, add_account

from dashboard.runtime import context
from dashboard.server.evidence.routes import ORIGINAL, PACK, UPLOADS, picture_url
from governance.office import Office
from gridwarden.compose import create_workspace, open_office
from tests.governance.records.evidence.conftest import photo, sound

pytestmark = pytest.mark.usefixtures("office")
ORIGIN = {"origin": HERE}
PIECE = 100_000


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an office with an account for each who sends, asks or is refused."""
    folder = create_workspace(tmp_path_factory.mktemp("peopled") / "office")
    with closing(open_office(folder)) as office:
        for login, role in (("chief", "grid_chief"), ("other", "grid_chief"),
                            ("officer", "enforcement_officer"), ("warden", "warden")):  # fmt: skip
            add_account(office, login, role)
    return folder


@pytest.fixture
def office(peopled: Path, tmp_path: Path) -> Iterator[Office]:
    office = open_office(shutil.copytree(peopled, tmp_path / "office"))
    context.provide(office)
    yield office
    context.withdraw()
    office.close()


def browser(login: str) -> Browser:
    made = Browser()
    made.sign_in(login)
    return made


def begin(who: Browser, content: bytes, name: str = "a.wav", **told: str) -> httpx.Response:
    said = {"filename": name, "bytes": len(content), "modified": "1", "told": told}
    return who.ask("POST", UPLOADS, json=said, headers=ORIGIN)


def piece(who: Browser, upload: str, part: bytes, offset: object, **more: Any) -> httpx.Response:
    digest = more.pop("sha256", sha256(part).hexdigest())
    headers = {**ORIGIN, "content-type": "application/octet-stream", **more.pop("headers", {})}
    address = f"{UPLOADS}/{upload}?offset={offset}&sha256={digest}"
    return who.ask("POST", address, content=part, headers=headers)


def send(who: Browser, content: bytes, name: str = "a.wav", **told: str) -> str:
    upload = begin(who, content, name, **told).json()["upload"]
    for offset in range(0, len(content), PIECE):
        assert piece(who, upload, content[offset : offset + PIECE], offset).status_code == 200
    said = {"sha256": sha256(content).hexdigest()}
    ended = who.ask("POST", f"{UPLOADS}/{upload}/finish", json=said, headers=ORIGIN)
    return str(ended.json()["evidence_no"])


def test_a_file_is_sent_in_pieces_and_saved_as_it_came() -> None:
    chief, content = browser("chief"), sound(250_000)
    number = send(chief, content, "谈话 <1>.wav")
    saved = chief.ask("POST", ORIGINAL, data={"number": number}, headers=ORIGIN)
    assert saved.content == content
    assert saved.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E8")
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["x-content-type-options"] == "nosniff"
    assert saved.headers["content-security-policy"].startswith("sandbox")
    assert saved.headers["cache-control"] == "no-store"


def test_an_upload_tells_where_it_goes_on() -> None:
    chief, content = browser("chief"), sound(250_000)
    upload = begin(chief, content).json()["upload"]
    piece(chief, upload, content[:PIECE], 0)
    again = begin(chief, content).json()
    assert (again["upload"], again["received"]) == (upload, PIECE)
    told = chief.ask("GET", UPLOADS).json()
    assert told["uploads"][0]["received"] == PIECE
    wrong = piece(chief, upload, content[:PIECE], 0)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "upload_offset")
    assert browser("other").ask("GET", UPLOADS).json()["uploads"] == []


@pytest.mark.parametrize("offset", ["", "-1", "x", "1e3", "٣", "9" * 30])
def test_an_offset_that_is_no_number_is_refused(offset: str) -> None:
    chief = browser("chief")
    upload = begin(chief, sound(10)).json()["upload"]
    assert piece(chief, upload, b"x", offset).json()["code"] == "upload_malformed"


def test_pieces_of_other_bytes_other_people_and_other_names_are_refused() -> None:
    chief, part = browser("chief"), sound(1_000)
    upload = begin(chief, part).json()["upload"]
    assert piece(chief, upload, part, 0, sha256="0" * 64).json()["code"] == "piece_changed"
    assert piece(chief, upload, part, 0, sha256="").json()["code"] == "piece_changed"
    assert piece(browser("other"), upload, part, 0).status_code == 404
    for name in ("..%2f..%2fgridwarden.toml", "0" * 32, "%00"):
        assert piece(chief, name, part, 0).status_code in {404, 405}
    wrong = piece(chief, upload, part, 0, headers={"content-type": "text/html"})
    assert wrong.status_code == 415
    assert piece(chief, upload, bytes(4_194_305), 0).status_code == 413
    said = {"sha256": sha256(part).hexdigest()}
    early = chief.ask("POST", f"{UPLOADS}/{upload}/finish", json=said, headers=ORIGIN)
    assert early.json()["code"] == "upload_incomplete"


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"filename": 1}', "[" * 9_000,
             '{"filename": "a", "bytes": true, "modified": "", "told": {}}'])  # fmt: skip
def test_what_is_no_upload_is_refused(body: str) -> None:
    headers = {**ORIGIN, "content-type": "application/json"}
    answer = browser("chief").ask("POST", UPLOADS, content=body.encode(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_malformed")


def test_a_picture_is_made_anew_and_with_minors_the_file_stays_closed() -> None:
    chief, officer = browser("chief"), browser("officer")
    number = send(chief, photo(), "a.png", has_minor="yes")
    shown = chief.get(picture_url(number, 1))
    assert (shown.headers["content-type"], shown.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    form = {"number": number}
    assert chief.ask("POST", ORIGINAL, data=form, headers=ORIGIN).status_code == 403
    assert officer.ask("POST", ORIGINAL, data=form, headers=ORIGIN).content == photo()
    assert chief.get(picture_url("CL-2026-9999", 1)).status_code == 404
    assert chief.get(picture_url(send(chief, sound(99)), 1)).status_code == 404


def test_a_pack_is_answered_to_be_saved() -> None:
    number, officer = send(browser("chief"), photo(), "a.png"), browser("officer")
    form = {"numbers": number, "purpose": "移送"}
    answer = officer.ask("POST", PACK, data=form, headers=ORIGIN)
    assert answer.headers["content-disposition"].startswith(
        "attachment; filename*=UTF-8''evidence-"
    )
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.read(f"files/{number}_a.png") == photo()
    assert officer.ask("POST", PACK, data={"numbers": number}, headers=ORIGIN).status_code == 422


def test_no_route_tells_a_path_of_the_machine(office: Office) -> None:
    chief = browser("chief")
    for path in ("/gw/evidence/../secret.key/picture", "/gw/evidence/%2e%2e%2fsecret.key/picture"):
        assert str(office._workspace.root) not in chief.get(path).text
