"""The JSON API of public reports: what its description promises, and what attackers send."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from public_office import TEXT, picture
from small_browser import Browser
from starlette.requests import Request

from dashboard.server.operations.request_log import REQUEST_ID
from dashboard.server.public import bodies
from dashboard.server.public.site import PUBLIC
from governance.access.permissions import local_owner
from governance.office import Office

API = f"{PUBLIC}/api/v1"
GOOD = {"text": TEXT, "address": "示例花园3号楼"}
PROBLEM = {"code", "message", "problems"}


def _post(browser: Browser, path: str, body: bytes | str | dict[str, Any], **headers: str) -> Any:
    content = json.dumps(body) if isinstance(body, dict) else body
    kind = {"content-type": "application/json"}
    return browser.ask("POST", f"{API}/{path}", content=content, headers={**kind, **headers})


@pytest.mark.usefixtures("taking")
def test_a_program_without_an_origin_sends_a_report_and_asks_for_it(browser: Browser) -> None:
    sent = _post(browser, "reports", GOOD)
    assert sent.status_code == 201
    told = _post(browser, "outcome", sent.json())
    assert (told.status_code, told.json()["stage"]) == (200, "received")
    assert set(told.json()) == {"receipt", "received_on", "stage", "passed_on_to", "answered_on",
                                "answer", "closed_on"}  # fmt: skip


@pytest.mark.usefixtures("taking")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"{", 400), (b"[]", 400), (b"null", 400), (b"\xff\xfe{}", 400),
        ("[" * 30_000 + "]" * 30_000, 400),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, 400),
        ('{"text":"a","text":"b","address":"c"}', 400),
        ('{"text":"a","address":"c","lon":NaN,"lat":1}', 400),
        ('{"text":"a","address":"c","lon":1e999,"lat":1}', 422),
        ('{"text":"a","address":"c","lon":' + "9" * 9_000 + ',"lat":1}', 400),
        ('{"text":"a","address":"\\ud800 c"}', 422),
        ('{"text":"a","address":null}', 422),
        ('{"text":["a"],"address":"c"}', 422),
        ('{"text":"a","address":"c","__class__":"x","receipt":"AAAA"}', 422),
        (b" " * 65_537, 413),
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_and_said(
    browser: Browser, body: bytes | str, status: int
) -> None:
    answer = _post(browser, "reports", body)
    assert answer.status_code == status
    assert set(answer.json()) == PROBLEM


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\x00", "\x1b[2J", "\ufeff",
                                    "\U000e0041", "\x85"])  # fmt: skip
def test_what_nobody_sees_is_taken_out(browser: Browser, taking: Office, hidden: str) -> None:
    sent = {"text": f"三号{hidden}楼", "address": f"{hidden}示例"}
    assert _post(browser, "reports", sent).status_code == 201
    seen = taking.public_reports.of_case(local_owner(), "XS-2026-0001")[0]
    left = hidden[1:] if hidden.startswith("\x1b") else ""
    assert (seen.text, seen.address) == (f"三号{left}楼", f"{left}示例")


@pytest.mark.usefixtures("taking")
def test_everything_that_is_wrong_is_told_at_once_in_the_language_asked_for(
    browser: Browser,
) -> None:
    answer = _post(browser, "reports", {"lon": 200, "colour": "red"}, **{"accept-language": "en"})
    told = {each["field"]: each["code"] for each in answer.json()["problems"]}
    assert told == {"text": "missing", "lon": "half_a_point", "": "unknown_field"}
    assert answer.json()["message"] == "Something in it is not right yet."


@pytest.mark.usefixtures("taking")
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "x"])
def test_another_content_type_is_refused(browser: Browser, kind: str) -> None:
    answer = browser.ask("POST", f"{API}/reports", content=b"x", headers={"content-type": kind})
    assert answer.status_code == 415


BROKEN = {
    "no boundary": ("multipart/form-data", b"x"),
    "another boundary": ("multipart/form-data; boundary=a", b"--b\r\n\r\n--b--"),
    "never ends": ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data; "),
    "no name": ("multipart/form-data; boundary=a", b"--a\r\nX: y\r\n\r\nz\r\n--a--\r\n"),
    "no codec": ("multipart/form-data; boundary=a; charset=zip",
                 b'--a\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--a--\r\n'),
    "many parts": ("multipart/form-data; boundary=a", b"".join(
        b'--a\r\nContent-Disposition: form-data; name="t%d"\r\n\r\nx\r\n' % n for n in range(30))),
    "long part": ("multipart/form-data; boundary=a",
                  b'--a\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"x" * 40_000),
}  # fmt: skip


@pytest.mark.usefixtures("taking")
@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_form_is_refused(browser: Browser, how: str) -> None:
    kind, body = BROKEN[how]
    answer = browser.ask("POST", f"{API}/reports", content=body, headers={"content-type": kind})
    assert answer.status_code in {400, 422}
    assert set(answer.json()) == PROBLEM


@pytest.mark.usefixtures("taking")
def test_a_field_stands_once(browser: Browser) -> None:
    parts = [("text", (None, TEXT)), ("text", (None, "b")), ("address", (None, "c"))]
    answer = browser.ask("POST", f"{API}/reports", files=parts, headers={})
    assert [each["code"] for each in answer.json()["problems"]] == ["given_twice"]


LYING = {
    "html": b"<html><script>alert(1)</script></html>",
    "svg": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "zip": b"PK\x03\x04" + bytes(100),
    "executable": b"MZ" + bytes(100),
    "jpeg by its first bytes": b"\xff\xd8\xff\xe0" + bytes(100),
}


@pytest.mark.parametrize("lie", LYING)
def test_a_file_is_what_its_content_is(browser: Browser, taking: Office, lie: str) -> None:
    for name in ("photo.jpg", "../../../etc/passwd.jpg", "a\x00.jpg", "C:\\x.jpg", "x" * 500):
        parts = [*((n, (None, v)) for n, v in GOOD.items()), ("photos", (name, LYING[lie]))]
        answer = browser.ask("POST", f"{API}/reports", files=parts, headers={})
        assert (answer.status_code, answer.json()["code"]) == (422, "photo_unreadable")
    assert taking.cases.inbox(local_owner()).total == 0


def test_the_name_of_a_photo_is_nowhere_kept(browser: Browser, taking: Office) -> None:
    name = "../../../../../../tmp/IMG_SECRET.jpg"
    parts = [*((n, (None, v)) for n, v in GOOD.items()), ("photos", (name, picture()))]
    assert browser.ask("POST", f"{API}/reports", files=parts, headers={}).status_code == 201
    files = [str(path) for path in taking._workspace.root.rglob("*") if "evidence" in str(path)]
    assert not [path for path in files if "SECRET" in path]
    assert len(list(taking._workspace.evidence_path.rglob("*.jpg"))) == 1


@given(at=st.integers(0, 600), bits=st.integers(1, 255), cut=st.integers(0, 600))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_a_photo_with_wrong_bytes_is_cleaned_or_refused(at: int, bits: int, cut: int) -> None:
    from data.privacy.photos import PhotoError, clean_photo

    for kind in ("JPEG", "PNG", "WEBP"):
        raw = bytearray(picture("red", kind))
        raw[at % len(raw)] ^= bits
        try:
            assert clean_photo(bytes(raw[: len(raw) - cut % 40])).content[:2] == b"\xff\xd8"
        except PhotoError:
            continue


async def _read(pieces: list[bytes], *, kind: str, length: str | None = None) -> Any:
    """Read a body that comes in pieces, with a length that it says or without one."""
    headers = [(b"content-type", kind.encode())]
    headers += [(b"content-length", length.encode())] if length is not None else []
    coming = iter(pieces)

    async def receive() -> dict[str, Any]:
        piece = next(coming, None)
        if piece is None:
            await asyncio.sleep(60)
        return {"type": "http.request", "body": piece, "more_body": True}

    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    if kind == bodies.JSON:
        return await bodies.read_json(request)
    return await bodies.read_parts(request, files=6, most=1_000)


@pytest.mark.parametrize("kind", [bodies.JSON, "multipart/form-data; boundary=a"])
@pytest.mark.parametrize("length", [None, "1", "-1", "x", "9" * 5_000, "70000"])
def test_a_body_is_as_long_as_it_is_whatever_it_says(kind: str, length: str | None) -> None:
    head = b'--a\r\nContent-Disposition: form-data; name="photos"; filename="x"\r\n\r\n'
    with pytest.raises(bodies.PublicBodyError) as refused:
        asyncio.run(_read([head, *([b"x" * 500] * 200)], kind=kind, length=length))
    assert refused.value.code == "body_too_large"


@pytest.mark.parametrize("kind", [bodies.JSON, "multipart/form-data; boundary=a"])
def test_a_body_that_does_not_come_is_given_up(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "LONGEST_S", 0.05)
    with pytest.raises(bodies.PublicBodyError) as refused:
        asyncio.run(_read([b"--a\r\n"], kind=kind))
    assert refused.value.code == "body_too_slow"
    with bodies.READING.one():  # its place is free again
        pass


def test_so_many_at_once_and_no_more() -> None:
    turns = bodies.ConcurrencyLimit(1)
    with turns.one(), pytest.raises(bodies.PublicBodyError, match="busy"), turns.one():
        pass
    with turns.one():
        pass


def test_unknown_receipts_and_wrong_pins_answer_alike(browser: Browser, taking: Office) -> None:
    receipt = _post(browser, "reports", GOOD).json()["receipt"]
    answers = [
        _post(browser, "outcome", {"receipt": asked, "pin": "x"})
        for asked in (receipt, "AAAA-BBBB-CCCC", "", "' OR 1=1 --")
        if asked
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    told = [{n: v for n, v in answer.headers.items() if n != REQUEST_ID} for answer in answers]
    assert all(each == told[0] for each in told)
    assert taking.verify(local_owner()).sound
