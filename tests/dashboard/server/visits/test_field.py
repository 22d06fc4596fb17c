"""What a phone needs to open the warden's page without a connection: keys, page and worker."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_browser
from warden_street import MANAGER, login, opened, own_buildings, token_of

from dashboard.runtime import context
from dashboard.server import assets_url
from dashboard.server.visits import field
from governance.office import Office
from governance.visits.rules.redaction import LONGEST_UNIT
from governance.visits.rules.settings import VisitRules

ONE, OTHER = login(41), login(42)
DEVICE, ANOTHER = "0" * 32, "f" * 32


@pytest.fixture(scope="module")
def office(warden_folder: Path) -> Iterator[Office]:
    with opened(warden_folder) as served:
        yield served


@pytest.fixture
def browser(office: Office) -> Iterator[small_browser.Browser]:
    context.provide(office)
    yield small_browser.Browser()
    context.withdraw()


def told(browser: small_browser.Browser, office: Office, account: str, device: str = "") -> Any:
    browser.cookies.clear()
    browser.cookies.set(context.cookie_name(), token_of(office, account))
    answer = browser.get(f"/gw/field/holder?device={device}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def test_a_key_is_of_one_account_on_one_device_and_the_same_each_time(
    browser: small_browser.Browser, office: Office
) -> None:
    keys = [
        told(browser, office, account, device)["key"]
        for account in (ONE, OTHER)
        for device in (DEVICE, ANOTHER)
    ]
    assert len(set(keys)) == 4
    assert {len(b64decode(key)) for key in keys} == {32}
    assert told(browser, office, ONE, DEVICE)["key"] == keys[0]


def test_no_key_goes_to_who_records_nothing_or_names_no_device(
    browser: small_browser.Browser, office: Office
) -> None:
    assert told(browser, office, MANAGER, DEVICE)["key"] == ""
    assert told(browser, office, ONE)["key"] == ""


def test_a_list_is_kept_for_as_long_as_the_session_may_last_at_most(
    browser: small_browser.Browser, office: Office
) -> None:
    most = 3600 * context.sign_in_settings().absolute_hours
    assert most - 60 < told(browser, office, ONE, DEVICE)["seconds"] <= most


def test_the_page_and_its_words_are_the_same_for_everybody_and_run_only_our_scripts(
    browser: small_browser.Browser, office: Office
) -> None:
    answers = []
    for account in (ONE, OTHER):
        told(browser, office, account)
        page, words = browser.get(field.FIELD), browser.get("/gw/field/words?lang=zh")
        assert "script-src 'self';" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        answers.append(page.text + words.text)
    assert answers[0] == answers[1]
    assert [each for each in [ONE, *own_buildings(ONE)] if each in answers[0]] == []


def test_the_worker_may_answer_for_every_page_and_keeps_the_pages_own_files_alone(
    browser: small_browser.Browser, office: Office
) -> None:
    told(browser, office, ONE)
    answer = browser.get("/gw/field/worker.js")
    assert answer.headers["service-worker-allowed"] == "/"
    assert not [line for line in answer.text.splitlines() if line.startswith(("import", "export"))]
    kept = json.loads(answer.text.partition("files: ")[2].partition("});")[0])
    allowed = ("/gw/field", "/gw/assets/visits/", "/gw/assets/elements.js", "/gw/assets/icon.svg")
    assert [address for address in kept if not address.startswith(allowed)] == []


def test_a_changed_file_makes_another_worker(
    browser: small_browser.Browser,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told(browser, office, ONE)
    before = browser.get("/gw/field/worker.js").text
    monkeypatch.setattr(assets_url, "asset_version", lambda: "another")
    for kept in (field.kept_files, field.field_page, field.words_of):
        kept.cache_clear()
    after = browser.get("/gw/field/worker.js").text
    assert before != after
    monkeypatch.undo()
    for kept in (field.kept_files, field.field_page, field.words_of):
        kept.cache_clear()
    assert browser.get("/gw/field/worker.js").text == before


def test_a_page_asked_for_through_a_worker_leads_to_the_sign_in(
    browser: small_browser.Browser,
) -> None:
    passed_on = {"sec-fetch-dest": "empty", "sec-fetch-mode": "navigate"}
    assert browser.get("/my-buildings", **passed_on).status_code == 303
    script = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"}
    assert browser.get("/my-buildings", **script).status_code == 401


def test_todays_walk_is_a_map_on_the_same_ground(
    browser: small_browser.Browser, office: Office
) -> None:
    told(browser, office, ONE)
    page = browser.get("/gw/patrol-list/map?lang=zh")
    assert page.status_code == 200
    assert "今天的步行图" in page.text
    assert "gw-number" in page.text


def test_the_form_takes_as_many_characters_as_a_visit_may_have() -> None:
    form = (assets_url.ASSETS / "visits" / "form.js").read_text(encoding="utf-8")
    longest = re.findall(r'newId\("(note|unit)"\).*?maxLength: (\d+)', form)
    assert dict(longest) == {
        "note": str(VisitRules().note_characters), "unit": str(LONGEST_UNIT),
    }  # fmt: skip
