"""The page of the ledger: what is to be decided, the list, one line, key lists, the rules."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from case_street import CHIEF, MANAGER, OFFICER, PLANNER, WARDEN
from imported import opened_copy
from pages import html, labelled, opened, page_of, run, texts
from two_communities import FOREIGN, NOW, OWN, open_built

from dashboard.documents.reports.ledger import ledger_page, ledger_workbook
from dashboard.i18n import translator
from data.store.repositories.records.ledger_lists import LedgerQuery
from governance.office import Office
from governance.records.ledger.key_lists import NewKeySubject
from governance.records.ledger.line_entry import NewLine
from governance.records.ledger.sources import LedgerSources

SAY = translator("zh")
LINE, SECOND = "DM-2026-0001", "DM-2026-0002"


@pytest.fixture(scope="module")
def folder(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an office with two lines, a proposal and an exit that waits; never changed."""
    made = shutil.copytree(two_communities, tmp_path_factory.mktemp("ledger") / "two")
    with closing(open_built(made)) as office:
        office.ledger.enter(
            MANAGER,
            NewLine(kind="个人", reason="上级交办", name="李建国", building_id=OWN[0], note="督办"),
        )
        line = NewLine(kind="楼栋", reason="上级交办", building_id=OWN[1], note="督办")
        office.ledger.enter(MANAGER, line)
        office.ledger.act(PLANNER, SECOND, "ask_exit", {"out_reason": "已搬离"})
        office.key_lists.add(
            MANAGER,
            NewKeySubject(
                key_list="转型机构", name="某中心", building_id=FOREIGN[0], note="转为托管"
            ),
        )
    return made


@pytest.fixture
def office(folder: Path, tmp_path: Path) -> Iterator[Office]:
    """Open a copy that a test may change."""
    yield from opened_copy(folder, tmp_path, now=NOW)


@pytest.fixture
def serve_to(serve: Callable[..., Any], office: Office) -> Callable[..., Any]:
    return lambda actor: serve(office, actor)


@pytest.fixture(scope="module")
def kept(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open a copy for tests that only look."""
    yield from opened_copy(folder, tmp_path_factory.mktemp("kept"), now=NOW)


@pytest.fixture
def show_to(serve: Callable[..., Any], kept: Office) -> Callable[..., Any]:
    return lambda actor: serve(kept, actor)


def keys(app: Any) -> set[str]:
    return {each.key for each in app.button if each.key}


def test_a_line_about_a_building_that_was_pulled_down_says_it(
    serve_to: Callable[..., Any], office: Office
) -> None:
    office.building_ends.end(MANAGER, [OWN[1]], ended_on=date(2026, 11, 20), reason="拆迁")
    serve_to(MANAGER)
    assert "2026-11-20 起已拆除" in html(opened("records.ledger", line=SECOND))
    assert "起已拆除" not in html(opened("records.ledger", line=LINE))


def test_it_begins_with_what_is_to_be_decided(show_to: Callable[..., Any]) -> None:
    show_to(MANAGER)
    shown = texts(opened("records.ledger"))
    assert "待审批的出账（1）" in shown
    assert "规则建议（1）" in shown
    assert "转型机构" in shown


HIDING = "这里填写的电话号码和身份证号保存时自动隐去"
HIDDEN = "其中的电话号码或身份证号已隐去"


@pytest.mark.parametrize(
    ("part", "fields", "button"),
    [
        ("lines", {"ledger_new_name": "某中心", "ledger_new_note": "回电{}"}, "ledger_new_enter"),
        ("key", {"key_new_name": "某中心", "key_new_note": "回电{}"}, "key_new_add"),
    ],
)
def test_who_types_is_told_that_numbers_are_hidden_and_afterwards_that_some_were(
    serve_to: Callable[..., Any], part: str, fields: dict[str, str], button: str
) -> None:
    serve_to(MANAGER)
    for typed, hidden in (("13800001111", True), ("某某", False)):
        app = opened("records.ledger", part=part)
        assert HIDING in texts(app)
        for key, text in fields.items():
            app.text_input(key=key).set_value(text.format(typed))
        app.button(key=button).click()
        assert (HIDDEN in texts(run(app))) is hidden


def test_how_far_a_line_is_on_its_way_out_is_read_on_its_own_page_alone(
    serve_to: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def facts(*_: Any, **__: Any) -> list[Any]:
        raise AssertionError("all facts were read")

    serve_to(MANAGER)
    opened("records.ledger")  # catches up
    monkeypatch.setattr(LedgerSources, "facts", facts)
    assert f"ledger_way_{SECOND}_approve_exit_send" in keys(opened("records.ledger"))
    assert "台账（1）" in texts(opened("building", unit=OWN[1]))


@pytest.mark.parametrize("actor", [MANAGER, CHIEF, OFFICER, PLANNER], ids=lambda a: a.id)
def test_whoever_sees_the_ledger_sees_every_part(show_to: Callable[..., Any], actor: Any) -> None:
    show_to(actor)
    for part in ("lines", "decide", "key", "rules"):
        app = opened("records.ledger", part=part)
        assert not app.exception
        assert not app.error


def test_a_line_of_the_address_is_open_with_what_may_be_done(
    show_to: Callable[..., Any],
) -> None:
    offered = {}
    for actor in (MANAGER, PLANNER, OFFICER):
        show_to(actor)
        app = opened("records.ledger", line=LINE)
        assert LINE in html(app)
        offered[actor.id] = {each for each in keys(app) if f"ledger_way_{LINE}" in each}
        assert ("李建国" in html(app)) == (actor != PLANNER)
    assert offered["enforcement_officer"] == set()
    assert {f"ledger_way_{LINE}_hold_send"} <= offered["planner"]


def test_one_line_is_told_kindly_where_it_is_not_there(show_to: Callable[..., Any]) -> None:
    show_to(MANAGER)
    app = opened("records.ledger", line="DM-2026-9999")
    assert "没有您可查看的台账" in app.error[0].value


def test_nobody_else_is_shown_the_page(show_to: Callable[..., Any]) -> None:
    show_to(WARDEN)
    assert LINE not in html(opened("records.ledger", line=LINE))


def test_what_leaves_is_masked_and_in_the_office_form(kept: Office) -> None:
    page = ledger_page(kept, MANAGER, LedgerQuery(), say=SAY)
    assert "李建国" not in page
    assert "李**" in page
    assert "审核人" in page
    assert LINE in page
    book = ledger_workbook(kept, MANAGER, LedgerQuery(), say=SAY)
    assert book.startswith(b"PK")
    lines = kept.audit.log(MANAGER.__class__("a", "a", ("auditor",), MANAGER.scope))
    assert list(lines["action"][:2]) == ["export", "export"]


def test_the_rules_are_tried_out_by_who_may_set_them(show_to: Callable[..., Any]) -> None:
    for actor, offered in ((MANAGER, True), (PLANNER, False)):
        show_to(actor)
        app = opened("records.ledger", part="rules")
        assert ("ledger_rules_try" in keys(app)) == offered


def test_who_was_taken_off_a_key_list_is_put_back_in_one_step(
    serve_to: Callable[..., Any], office: Office
) -> None:
    (subject,) = office.key_lists.subjects(MANAGER)["subject_id"]
    serve_to(MANAGER)
    app = page_of("records.ledger", part="key")
    app.session_state["key_chosen"] = subject
    app = run(app)
    app.text_input(key=f"key_why_{subject}").input("已注销")
    labelled(app.button, "移出名单").click()
    app = run(app)
    assert office.key_lists.subjects(MANAGER).empty
    app.button(key="key_again").click()
    app = run(app)
    assert list(office.key_lists.subjects(MANAGER)["subject_id"]) == [subject]
    assert "key_again" not in keys(app)
