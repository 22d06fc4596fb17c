"""Routes of the warden's page: who may send what, and what is never told."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import openpyxl
import pytest
from fake_visits import SECRET, TODAY, VisitAnswers
from small_browser import HERE, Browser

from dashboard.i18n import translator
from dashboard.runtime import context
from dashboard.server import visit_routes
from dashboard.server.visit_payloads import list_payload, listed
from data.workspace.clock import Clock
from geo.errors import GridwardenError

WARDEN, OTHER, NOBODY = "W001", "W002", ""
FORBIDDEN = re.compile(
    r"投诉|举报|信访|热线|群众|得分|因素|complain|point|factor|score|report(?:ed|er)|revisit|why",
    re.IGNORECASE,
)


class Wardens(Browser):
    """A browser in which another account may be signed in at each request."""

    def ask(self, method: str, path: str, *, who: str = WARDEN, **more: Any) -> httpx.Response:
        self.cookies = httpx.Cookies({context.COOKIE: who} if who else {})
        headers = {"origin": HERE, **more.pop("headers", {})}
        return super().ask(method, path, headers=headers, **more)

    def send(self, *entries: dict[str, Any], who: str = WARDEN, account: str = WARDEN) -> Any:
        body = {"account": account, "entries": list(entries)}
        return self.ask("POST", "/gw/visits?lang=en", who=who, json=body)


def visit(key: str = "k1", **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": "visit", "building_id": "B00008", "result": "未发现异常",
            "age_s": 0, **more}  # fmt: skip


@pytest.fixture
def office() -> Iterator[Any]:
    made: Any = VisitAnswers()
    context.provide(made)
    yield made
    context.withdraw()


@pytest.fixture
def browser(office: Any) -> Wardens:
    assert office is context.office()
    return Wardens()


# ---- the list -------------------------------------------------------------------------------


def test_a_list_holds_ones_own_buildings_todays_first_in_walking_order(browser: Wardens) -> None:
    told = browser.ask("GET", "/gw/my-buildings").json()
    assert told["account"] == WARDEN
    assert told["mayRecord"]
    assert [b["order"] for b in told["buildings"]] == [1, 2, 3, 4, 5, 0, 0, 0]
    assert {b["id"] for b in told["buildings"]} == {f"B{i:05d}" for i in range(8, 16)}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", ["/gw/my-buildings", "/gw/my-buildings/B00008"])
def test_nothing_tells_why_a_building_is_on_the_list(
    browser: Wardens, path: str, language: str
) -> None:
    answer = browser.ask("GET", f"{path}?lang={language}")
    assert answer.status_code == 200
    assert FORBIDDEN.findall(answer.text) == []
    assert [name for name in SECRET if name in answer.text] == []
    assert str(SECRET["score"]) not in answer.text


def test_the_words_of_the_page_give_no_reason_either() -> None:
    from dashboard.views.my_buildings.browser import component_data
    from governance.access.permissions import Actor

    for language in ("zh", "en"):
        data = component_data(Actor("W001", "x", ("warden",)), say=translator(language))
        told = json.dumps({**data, "signs": [], "names": {}}, ensure_ascii=False)
        assert FORBIDDEN.findall(told) == []


def test_a_search_asks_for_names_addresses_and_codes(browser: Wardens) -> None:
    found = browser.ask("GET", "/gw/my-buildings", params={"q": "b00009"}).json()
    assert [b["id"] for b in found["buildings"]] == ["B00009"]
    assert browser.ask("GET", "/gw/my-buildings", params={"q": "("}).json()["total"] == 0


def test_somebody_elses_building_is_refused_with_a_sentence(browser: Wardens) -> None:
    answer = browser.ask("GET", "/gw/my-buildings/B00001?lang=en")
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"
    assert answer.json()["message"]


# ---- recording ------------------------------------------------------------------------------


def test_a_visit_is_recorded_once_however_often_it_is_sent(browser: Wardens, office: Any) -> None:
    first = browser.send(visit()).json()["answers"][0]
    again = browser.send(visit()).json()["answers"][0]
    assert (first["state"], first["repeated"], again["repeated"]) == ("saved", False, True)
    assert len(office.stored) == 1


def test_its_time_follows_from_its_age_not_from_the_phones_clock(
    browser: Wardens, office: Any
) -> None:
    browser.send(visit(age_s=3600), visit("k2", age_s=-500), visit("k3", age_s=50 * 86_400))
    now = Clock(lambda: datetime.now(UTC)).local()
    ages = [now - datetime.fromisoformat(v["at"]) for v in office.stored.values()]
    expected = [timedelta(hours=1), timedelta(0), timedelta(days=50)]
    assert all(
        abs(age - hoped) < timedelta(minutes=1) for age, hoped in zip(ages, expected, strict=True)
    )


def test_only_what_belongs_to_a_visit_is_passed_on(browser: Wardens, office: Any) -> None:
    browser.send(visit(actor="somebody", origin="joint", at="2020-01-01T00:00", note=""))
    (kept,) = office.stored.values()
    assert kept["actor"] == WARDEN
    assert "origin" not in kept
    assert "note" not in kept
    assert not kept["at"].startswith("2020")


def test_a_bad_entry_loses_none_of_the_others(browser: Wardens, office: Any) -> None:
    answers = browser.send(visit(), visit("k2", note="refuse me"), visit("k3")).json()["answers"]
    assert [a["state"] for a in answers] == ["saved", "refused", "saved"]
    assert [a["key"] for a in answers] == ["k1", "k2", "k3"]
    assert answers[1]["problems"][0]["message"]
    assert len(office.stored) == 2


def test_an_undo_takes_a_visit_back_or_says_why_not(browser: Wardens) -> None:
    saved = browser.send(visit()).json()["answers"][0]
    undo = {"key": "u1", "kind": "undo", "visit_id": saved["visitId"]}
    unknown = {"key": "u2", "kind": "undo", "visit_id": "V999"}
    answers = browser.send(undo, unknown).json()["answers"]
    assert [a["state"] for a in answers] == ["undone", "refused"]
    assert answers[1]["problems"][0]["message"]


@pytest.mark.parametrize("path", ["/gw/my-buildings", "/gw/patrol-list"])
def test_whoever_is_signed_out_gets_no_data(browser: Wardens, path: str) -> None:
    answer = browser.ask("GET", path, who=NOBODY)
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_records_are_never_filed_under_another_name(browser: Wardens, office: Any) -> None:
    assert browser.send(visit(), who=NOBODY).status_code == 401
    answer = browser.send(visit(), who=OTHER, account=WARDEN)
    assert (answer.status_code, answer.json()["code"]) == (409, "visits_other_account")
    assert answer.json()["message"]
    assert office.stored == {}


@pytest.mark.parametrize("role", ["M001", "P001"])
def test_who_may_not_record_is_refused(browser: Wardens, office: Any, role: str) -> None:
    answer = browser.send(visit(), who=role, account=role)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert office.stored == {}


def test_a_foreign_page_sends_nothing(browser: Wardens, office: Any) -> None:
    body = {"account": WARDEN, "entries": [visit()]}
    headers = {"origin": "https://example.org"}
    assert browser.ask("POST", "/gw/visits", json=body, headers=headers).status_code == 403
    assert office.stored == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"nonsense", b'{"entries": 3}', b'{"entries": [3]}', b"[" * 100_000,
     b'{"entries": [{"key": "k", "building_id": "B", "age_s": "1"}]}',
     b'{"entries": [{"key": "k", "building_id": "B", "age_s": NaN}]}',
     b'{"entries": [{"key": "k", "building_id": "B", "age_s": 1e300}]}',
     b'{"entries": [{"key": "k", "kind": "undo"}]}', b"\xff\xfe"],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_list_of_visits_is_refused(browser: Wardens, body: bytes) -> None:
    answer = browser.ask(
        "POST", "/gw/visits", content=body, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "visits_malformed")


def test_too_much_at_once_is_refused(browser: Wardens, office: Any) -> None:
    many = [visit(f"k{n}") for n in range(visit_routes.MOST_ENTRIES + 1)]
    assert browser.send(*many).status_code == 413
    assert browser.send(visit(note="x" * visit_routes.MOST_BYTES)).status_code == 413
    assert office.stored == {}


@pytest.mark.parametrize("code", ["store_unreachable", "workspace_busy", "database_error"])
def test_what_cannot_be_stored_just_now_is_not_refused_but_to_be_sent_again(
    browser: Wardens, office: Any, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def fail(*_: object) -> None:
        raise GridwardenError(code)

    monkeypatch.setattr(office.visits, "record_many", fail)
    answer = browser.send(visit())
    assert (answer.status_code, answer.json()["code"]) == (503, code)


def test_a_form_of_another_site_cannot_pass_for_json(browser: Wardens) -> None:
    body = json.dumps({"account": WARDEN, "entries": [visit()]}).encode()
    headers = {"content-type": "text/plain"}
    assert browser.ask("POST", "/gw/visits", content=body, headers=headers).status_code == 415


# ---- photos and paper -------------------------------------------------------------------------


def photo_of(browser: Wardens, raw: bytes, **query: str) -> httpx.Response:
    asked = {"account": WARDEN, "visit": "k1", "no_faces": "1", **query}
    headers = {"content-type": "image/jpeg"}
    return browser.ask("POST", "/gw/visits/photo", params=asked, content=raw, headers=headers)


def test_a_photo_goes_with_its_visit(browser: Wardens, office: Any) -> None:
    assert photo_of(browser, b"picture").json()["bytes"] == 7
    assert office.pictures == [("k1", b"picture")]


def test_a_photo_of_another_account_or_too_large_is_refused(browser: Wardens, office: Any) -> None:
    assert photo_of(browser, b"picture", account=OTHER).status_code == 409
    assert photo_of(browser, b"x" * (visit_routes.MOST_PHOTO_BYTES + 1)).status_code == 413
    assert office.pictures == []


@pytest.mark.parametrize("span", ["today", "week"])
def test_the_paper_list_stands_alone_and_gives_no_reason(
    browser: Wardens, office: Any, span: str
) -> None:
    answer = browser.ask("GET", f"/gw/patrol-list?span={span}")
    assert answer.status_code == 200
    assert office.left == []
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert all(estate in answer.text for estate in ("泉林花园", "东岭家园", "示例新村"))
    assert FORBIDDEN.findall(re.sub(r"<style>.*?</style>", "", answer.text, flags=re.DOTALL)) == []


def test_the_workbook_opens_gives_no_reason_and_is_noted_by_its_name(
    browser: Wardens, office: Any
) -> None:
    answer = browser.ask("GET", "/gw/patrol-list.xlsx")
    (left,) = office.left
    assert f'filename="{left}"' in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    told = "\n".join(str(cell.value) for row in book.active.iter_rows() for cell in row)
    assert FORBIDDEN.findall(told) == []
    assert book.active.max_row == 3 + 5


def test_a_weeks_list_holds_what_falls_due_in_seven_days(office: Any) -> None:
    actor = office.sessions.actor(WARDEN)
    assert actor is not None
    rows = office.worklist.my_buildings(actor)
    week = listed(rows, on=TODAY, week=True)
    assert list(week["order"][:5]) == [1, 2, 3, 4, 5]
    later = date.fromordinal(TODAY.toordinal() + 6)
    assert set(week["building_id"]) == set(
        rows[(rows["due_on"] <= later) | rows["today"]]["building_id"]
    )
    assert len(listed(rows, on=TODAY, week=False)) == 5


def test_a_whole_streets_list_is_cut_and_says_what_is_left_out(office: Any) -> None:
    actor = office.sessions.actor("M001")
    assert actor is not None
    told = list_payload(office, actor, say=translator("zh"), most=4)
    assert (len(told["buildings"]), told["total"]) == (4, 14)
    assert told["beyond"] == {"toSee": 6, "seen": 0}
