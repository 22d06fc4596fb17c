"""Routes of the warden's page: who may send what, and what is never told."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pandas as pd
import pytest
import small_browser
from PIL import Image
from warden_street import (
    EACH,
    MANAGER,
    OWNER,
    TODAY,
    WARDENS,
    building,
    login,
    opened,
    own_buildings,
    recorded,
    token_of,
)

from dashboard.i18n import translator
from dashboard.runtime import context
from dashboard.server.visits import routes as visit_routes
from dashboard.server.visits.payloads import card, history_payload, list_payload, listed
from data.store.unit_of_work import StoreError
from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope
from governance.office import Office

OTHER = login(WARDENS)
FORBIDDEN = re.compile(
    r"投诉|举报|信访|热线|群众|得分|因素|complain|point|factor|score|report(?:ed|er)|revisit|why",
    re.IGNORECASE,
)
SECRET = {"score": 87.5, "p_complaints": 31.25, "why": "revisit", "complaints": 4,
          "content": "群众投诉楼上补课"}  # fmt: skip
"""What a careless service might add; none of it may ever reach a warden's browser."""
_wardens = count(1)


class Browser(small_browser.Browser):
    """The browser of one warden whom no other test uses, who signs in with each request."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.account = login(next(_wardens))
        self.buildings = own_buildings(self.account)
        self._office = office

    def ask(self, method: str, path: str, *, who: str | None = None, **more: Any) -> httpx.Response:
        account = self.account if who is None else who
        token = {context.cookie_name(): token_of(self._office, account)} if account else {}
        self.cookies = httpx.Cookies(token)
        headers = {"origin": small_browser.HERE, **more.pop("headers", {})}
        return super().ask(method, path, headers=headers, **more)

    def visit(self, key: str = "k1", **more: Any) -> dict[str, Any]:
        return {"key": key, "kind": "visit", "building_id": self.buildings[0],
                "result": "未发现异常", "age_s": 0, **more}  # fmt: skip

    def send(
        self, *entries: dict[str, Any], who: str | None = None, account: str | None = None
    ) -> Any:
        body = {"account": account or self.account, "entries": list(entries)}
        return self.ask("POST", "/gw/visits?lang=en", who=who, json=body)

    def kept(self) -> list[dict[str, Any]]:
        return recorded(self._office, self.account)


@pytest.fixture(scope="module")
def office(warden_folder: Path) -> Iterator[Office]:
    with opened(warden_folder) as office:
        context.provide(office)
        yield office
        context.withdraw()


@pytest.fixture
def browser(office: Office) -> Browser:
    return Browser(office)


# ---- the list -------------------------------------------------------------------------------


def test_a_list_holds_ones_own_buildings_todays_first_in_walking_order(browser: Browser) -> None:
    told = browser.ask("GET", "/gw/my-buildings").json()
    assert (told["account"], told["mayRecord"]) == (browser.account, True)
    assert [b["order"] for b in told["buildings"]] == [*range(1, TODAY + 1), *[0] * (EACH - TODAY)]
    assert sorted(b["id"] for b in told["buildings"]) == browser.buildings
    assert told["proposals"]["无人"]["retryAt"]
    assert all(not look.isascii() for b in told["buildings"] for look in b["look"])
    assert not any("tier" in b for b in told["buildings"])


def test_an_owner_sees_a_building_as_the_register_has_it(browser: Browser) -> None:
    told = browser.ask("GET", "/gw/my-buildings", who=OWNER).json()
    (only,) = told["buildings"]
    assert (told["mayRecord"], only["id"]) == (False, building(3))
    names = ("today", "look", "lastResult", "dueOn")
    assert [only[name] for name in names] == [False, [], None, None]


def test_a_card_leads_to_its_building_s_page_whoever_has_it_but_not_where_a_plan_sends_them(
    office: Office,
) -> None:
    chief = Actor("chief", "x", ("grid_chief",), Scope(buildings=frozenset({building(1)})),
                  delegated=frozenset({building(2)}))  # fmt: skip
    warden = replace(chief, roles=("warden",))
    pages = {
        (who.roles[0], number): history_payload(office, who, building(number),
                                                say=translator("zh"))["building"]["page"]
        for who in (chief, warden) for number in (1, 2)
    }  # fmt: skip
    assert pages.pop(("grid_chief", 1)) == f"/building?lang=zh&unit={building(1)}"
    assert set(pages.values()) == {""}
    (listed_card,) = list_payload(office, chief, say=translator("en"))["buildings"]
    assert listed_card["page"] == f"/building?lang=en&unit={building(1)}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_tells_why_a_building_is_on_the_list(
    browser: Browser, office: Office, language: str
) -> None:
    for path in ("", f"/{browser.buildings[0]}"):
        answer = browser.ask("GET", f"/gw/my-buildings{path}?lang={language}")
        assert answer.status_code == 200
        assert FORBIDDEN.findall(answer.text) == []
    (row,) = office.worklist.my_buildings(actor_of(office, OTHER)).head(1).to_dict("records")
    told = json.dumps(card({**row, **SECRET}, say=translator(language)), ensure_ascii=False)
    assert FORBIDDEN.findall(told) == []
    assert str(SECRET["score"]) not in told


def test_the_words_of_the_page_give_no_reason_either() -> None:
    from dashboard.views.my_buildings.page import component_data

    for language in ("zh", "en"):
        data = component_data(Actor("W001", "x", ("warden",)), say=translator(language))
        told = json.dumps({**data, "signs": [], "names": {}}, ensure_ascii=False)
        assert FORBIDDEN.findall(told) == []


def test_earlier_visits_begin_with_the_cards_last_one_though_a_file_told_it(
    browser: Browser, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = office.worklist.building

    def visited(*asked: Any) -> Any:
        told = real(*asked)
        last = {"last_at": pd.Timestamp("2026-11-11"), "last_result": "属实"}
        return replace(told, row={**told.row, **last})

    monkeypatch.setattr(office.worklist, "building", visited)
    asked = (office, actor_of(office, browser.account), browser.buildings[0])
    told = history_payload(*asked, say=translator("zh"))
    assert [(each["at"], each["result"]) for each in told["visits"]] == [
        (told["building"]["lastAt"], "属实")
    ]
    assert not told["visits"][0]["visitId"]


def test_a_search_asks_for_names_addresses_and_codes(browser: Browser) -> None:
    second = browser.buildings[1]
    found = browser.ask("GET", "/gw/my-buildings", params={"q": second.lower()}).json()
    assert [b["id"] for b in found["buildings"]] == [second]
    assert browser.ask("GET", "/gw/my-buildings", params={"q": "("}).json()["total"] == 0


def test_somebody_elses_building_is_refused_with_a_sentence(browser: Browser) -> None:
    answer = browser.ask("GET", f"/gw/my-buildings/{own_buildings(OTHER)[0]}?lang=en")
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"
    assert answer.json()["message"]


# ---- recording ------------------------------------------------------------------------------


def test_a_visit_is_recorded_once_however_often_it_is_sent(browser: Browser) -> None:
    first = browser.send(browser.visit()).json()["answers"][0]
    again = browser.send(browser.visit()).json()["answers"][0]
    assert (first["state"], first["repeated"], again["repeated"]) == ("saved", False, True)
    assert len(browser.kept()) == 1


def test_its_time_follows_from_its_age_not_from_the_phones_clock(
    browser: Browser, office: Office
) -> None:
    browser.send(
        browser.visit(age_s=3600),
        browser.visit("k2", age_s=-500),
        browser.visit("k3", age_s=5 * 86_400),
    )
    ages = [office.clock.local() - visit["at"] for visit in browser.kept()]
    expected = [timedelta(hours=1), timedelta(0), timedelta(days=5)]
    assert all(
        abs(age - hoped) < timedelta(minutes=1) for age, hoped in zip(ages, expected, strict=True)
    )


def test_only_what_belongs_to_a_visit_is_passed_on(browser: Browser) -> None:
    browser.send(browser.visit(actor="somebody", origin="joint", at="2020-01-01T00:00", note=""))
    (kept,) = browser.kept()
    assert (kept["origin"], kept["note"]) == ("own", "")
    assert kept["at"] > datetime(2021, 1, 1)  # noqa: DTZ001 -- local


def test_a_bad_entry_loses_none_of_the_others(browser: Browser) -> None:
    bad = browser.visit("k2", unit="王老师家")
    foreign = browser.visit("k3", building_id=own_buildings(OTHER)[0])
    answers = browser.send(browser.visit(), bad, foreign, browser.visit("k4")).json()["answers"]
    assert [a["state"] for a in answers] == ["saved", "refused", "refused", "saved"]
    assert [a["key"] for a in answers] == ["k1", "k2", "k3", "k4"]
    assert all(answer["problems"][0]["message"] for answer in answers[1:3])
    assert len(browser.kept()) == 2


@pytest.mark.parametrize("bad", ['"note": "\\ud83d"', '"pupils": NaN', '"building_id": "\\udc00"'])
def test_half_a_character_or_no_number_is_refused_alone(browser: Browser, bad: str) -> None:
    body = json.dumps({"account": browser.account, "entries": [browser.visit("k1"), "x"]})
    more = json.dumps(browser.visit("k2"))[:-1] + f", {bad}}}"
    answer = browser.ask(
        "POST", "/gw/visits", content=body.replace('"x"', more),
        headers={"content-type": "application/json"},
    )  # fmt: skip
    assert [each["state"] for each in answer.json()["answers"]] == ["saved", "refused"]
    assert len(browser.kept()) == 1


def test_an_undo_takes_a_visit_back_or_says_why_not(browser: Browser) -> None:
    saved = browser.send(browser.visit()).json()["answers"][0]
    undo = {"key": "u1", "kind": "undo", "visit_id": saved["visitId"]}
    unknown = {"key": "u2", "kind": "undo", "visit_id": "V999"}
    answers = browser.send(undo, unknown).json()["answers"]
    assert [a["state"] for a in answers] == ["undone", "refused"]
    assert answers[1]["problems"][0]["message"]
    card = browser.ask("GET", f"/gw/my-buildings/{browser.buildings[0]}").json()
    assert (card["visits"], card["building"]["done"]) == ([], False)


def test_records_are_never_filed_under_another_name(browser: Browser) -> None:
    answer = browser.send(browser.visit(), who=OTHER, account=browser.account)
    assert (answer.status_code, answer.json()["code"]) == (409, "visits_other_account")
    assert answer.json()["message"]
    assert browser.kept() == []


@pytest.mark.parametrize("who", [MANAGER, OWNER])
def test_who_may_not_record_is_refused(browser: Browser, who: str) -> None:
    answer = browser.send(browser.visit(), who=who, account=who)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert browser.kept() == []


def test_what_is_no_list_of_visits_is_refused(browser: Browser) -> None:
    bodies = (
        b"", b"[]", b"{}", b"nonsense", b'{"entries": 3}', b'{"entries": [3]}', b"[" * 100_000,
        b'{"entries": [{"key": "k", "building_id": "B", "age_s": "1"}]}',
        b'{"entries": [{"key": "k", "building_id": "B", "age_s": NaN}]}',
        b'{"entries": [{"key": "k", "building_id": "B", "age_s": 1e300}]}',
        b'{"entries": [{"key": "\\ud800", "building_id": "B", "age_s": 1}]}',
        b'{"entries": [{"key": "k", "kind": "undo"}]}', b"\xff\xfe",
    )  # fmt: skip
    headers = {"content-type": "application/json"}
    for body in bodies:
        answer = browser.ask("POST", "/gw/visits", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "visits_malformed"), body[:40]


def test_too_much_at_once_is_refused(browser: Browser) -> None:
    many = [browser.visit(f"k{n}") for n in range(visit_routes.MOST_ENTRIES + 1)]
    assert browser.send(*many).status_code == 413
    assert browser.send(browser.visit(note="x" * visit_routes.MOST_BYTES)).status_code == 413
    assert browser.kept() == []


@pytest.mark.parametrize("code", ["store_unreachable", "workspace_busy", "database_error"])
def test_what_cannot_be_stored_just_now_is_not_refused_but_to_be_sent_again(
    browser: Browser, office: Office, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def fail(*_: object) -> None:
        raise GridwardenError(code)

    monkeypatch.setattr(office.sent_visits, "record_many", fail)
    answer = browser.send(browser.visit())
    assert (answer.status_code, answer.json()["code"]) == (503, code)


def test_a_full_disk_refuses_no_entry_and_no_undo(
    browser: Browser, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("storage_full")

    monkeypatch.setattr(office.visits, "_save", fail)
    assert browser.send(browser.visit()).status_code == 507
    monkeypatch.setattr(office.visits, "_own_visit", fail)
    undo = {"key": "k2", "kind": "undo", "visit_id": "V"}
    assert browser.send(undo).status_code == 507


def test_a_form_of_another_site_cannot_pass_for_json(browser: Browser) -> None:
    body = json.dumps({"account": browser.account, "entries": [browser.visit()]}).encode()
    headers = {"content-type": "text/plain"}
    assert browser.ask("POST", "/gw/visits", content=body, headers=headers).status_code == 415


# ---- photos and paper -------------------------------------------------------------------------


def photo_of(browser: Browser, raw: bytes, **query: str) -> httpx.Response:
    asked = {"account": browser.account, "visit": "k1", "no_faces": "1", **query}
    headers = {"content-type": "image/jpeg"}
    return browser.ask("POST", "/gw/visits/photo", params=asked, content=raw, headers=headers)


def test_a_photo_goes_with_its_visit_unless_it_is_another_s_or_too_large(browser: Browser) -> None:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(target, "jpeg")
    browser.send(browser.visit())
    kept = photo_of(browser, target.getvalue()).json()
    shown = browser.ask("GET", f"/gw/visits/photo/{kept['sha256']}")
    assert len(shown.content) == kept["bytes"]
    assert photo_of(browser, target.getvalue(), account=OTHER).status_code == 409
    assert photo_of(browser, b"x" * (visit_routes.MOST_PHOTO_BYTES + 1)).status_code == 413
    (seen,) = browser.ask("GET", f"/gw/my-buildings/{browser.buildings[0]}").json()["visits"]
    assert seen["photos"] == [kept["sha256"]]


def exports_of(office: Office, account: str) -> list[str]:
    with office._workspace.store.begin() as unit:
        return [e.facts["file"] for e in unit.audit.find(person=account, action="export")]


def actor_of(office: Office, account: str) -> Actor:
    actor = office.sessions.actor(token_of(office, account))
    assert actor is not None
    return actor


@pytest.mark.parametrize("span", ["today", "week"])
def test_the_paper_list_stands_alone_and_gives_no_reason(
    browser: Browser, office: Office, span: str
) -> None:
    answer = browser.ask("GET", f"/gw/patrol-list?span={span}")
    assert answer.status_code == 200
    assert exports_of(office, browser.account) == []
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    rows = office.worklist.my_buildings(actor_of(office, browser.account))
    held = listed(rows, on=office.clock.today(), week=span == "week")
    assert len(held) >= TODAY
    assert all(name in answer.text for name in held["name"])
    assert FORBIDDEN.findall(re.sub(r"<style>.*?</style>", "", answer.text, flags=re.DOTALL)) == []


def test_the_workbook_opens_gives_no_reason_and_is_noted_by_its_name(
    browser: Browser, office: Office
) -> None:
    answer = browser.ask("GET", "/gw/patrol-list.xlsx")
    (left,) = exports_of(office, browser.account)
    assert f'filename="{left}"' in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    told = "\n".join(str(cell.value) for row in book.active.iter_rows() for cell in row)
    assert FORBIDDEN.findall(told) == []
    assert book.active.max_row == 3 + TODAY


def test_a_weeks_list_holds_what_falls_due_in_seven_days(office: Office) -> None:
    rows = office.worklist.my_buildings(actor_of(office, OTHER))
    today = office.clock.today()
    later = rows.index[~rows["today"]]
    days = pd.Series([6, 7, 8], index=later)
    rows["due_on"] = pd.Timestamp(today) + pd.to_timedelta(days, unit="D")
    week = listed(rows, on=today, week=True)
    assert list(week["order"]) == [*range(1, TODAY + 1), 0]
    assert week["building_id"].iloc[-1] == rows.loc[later[0], "building_id"]
    assert len(listed(rows, on=today, week=False)) == TODAY


def test_a_whole_streets_list_is_cut_and_says_what_is_left_out(office: Office) -> None:
    """What other tests of the street have looked at today is among what was seen."""
    manager = actor_of(office, MANAGER)
    told = list_payload(office, manager, say=translator("zh"), most=4)
    assert (len(told["buildings"]), told["total"]) == (4, EACH * (WARDENS + 1))
    shown = [building["id"] for building in told["buildings"]]
    rows = office.worklist.my_buildings(manager)
    left = rows[rows["today"].astype(bool) & ~rows["building_id"].isin(shown)]
    seen = int(left["done"].sum())
    assert told["beyond"] == {"toSee": len(left) - seen, "seen": seen}
    assert told["beyond"]["toSee"] > 0
