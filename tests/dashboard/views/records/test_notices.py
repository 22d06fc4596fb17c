"""The page 通报: what waits comes first, a notice says what keeps it back, steps are one's own."""

from collections.abc import Callable
from typing import Any

import pytest
from case_street import CHIEF, MANAGER, OFFICER, PLANNER
from pages import html, labels, opened, texts

from dashboard.i18n import translator
from dashboard.navigation import APPROVALS, entries_for
from dashboard.views.records.notices.facts import SHOWN
from dashboard.views.start.to_do import LEADS_TO
from data.contracts.notice_vocabulary import NoticeAction, NoticeStage
from governance.access.permissions import ROLES, Action, Actor, Scope
from governance.office import Office
from governance.overview.approvals import NOTICES

VIEW = "records.notices"


@pytest.fixture
def office(own_two: Office) -> Office:
    return own_two


@pytest.fixture
def letter(office: Office) -> str:
    return office.notices.draft(PLANNER, "致家长信")


def offered(app: Any) -> list[str]:
    keys = (button.key or "" for button in app.button)
    return [key.removeprefix("notice_step_") for key in keys if key.startswith("notice_step_")]


def test_an_open_notice_says_what_keeps_it_back_and_offers_no_review(
    serve: Callable[..., Any], office: Office, letter: str
) -> None:
    serve(office, PLANNER)
    assert offered(opened(VIEW, notice=letter)) == ["submit", "discard"]
    body = "<b>当事人雷小明</b>，电话13800005678"
    office.notices.act(PLANNER, letter, NoticeAction.EDIT, {"body": body})
    app = opened(VIEW, notice=letter)
    told = "\n".join(str(each.value) for each in app.warning)
    assert "雷小明" in told
    assert "13800005678" in told
    assert offered(app) == ["discard"]
    assert "&lt;b&gt;" in html(app)
    assert "<b>当事人" not in html(app)


def test_a_reviewer_is_offered_the_preview_first_and_then_to_let_it_go(
    serve: Callable[..., Any], office: Office, letter: str
) -> None:
    office.notices.act(PLANNER, letter, NoticeAction.SUBMIT)
    serve(office, OFFICER)
    assert offered(opened(VIEW, notice=letter)) == ["preview", "return"]
    seen = {"seen": office.notice_lists.notice(OFFICER, letter).seen}
    office.notices.act(OFFICER, letter, NoticeAction.PREVIEW, seen)
    assert "approve" in offered(opened(VIEW, notice=letter))
    serve(office, PLANNER)
    assert offered(opened(VIEW, notice=letter)) == []


def test_what_waits_for_review_opens_first_and_is_counted_in_the_menu(
    serve: Callable[..., Any], office: Office, letter: str
) -> None:
    office.notices.act(PLANNER, letter, NoticeAction.SUBMIT)
    serve(office, MANAGER)
    app = opened(VIEW)
    assert f"notices_open_{letter}" in {button.key for button in app.button}
    assert APPROVALS["bulletins"] == NOTICES
    assert LEADS_TO[NOTICES][0] == "bulletins"


def test_an_unknown_notice_is_refused_kindly(serve: Callable[..., Any], office: Office) -> None:
    serve(office, MANAGER)
    app = opened(VIEW, notice="TB-1999-0001")
    assert "TB-1999-0001" in texts(app)


def test_who_only_sees_notices_is_offered_nothing_to_begin(
    serve: Callable[..., Any], office: Office
) -> None:
    serve(office, CHIEF)
    app = opened(VIEW, part="exposure")
    assert "生成草稿" not in labels(app, "button")


@pytest.mark.parametrize("part", ["notices", "exposure", "blacklist", "templates", "deadlines"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_opens_on_an_office_without_a_notice(
    serve: Callable[..., Any], office: Office, part: str, language: str
) -> None:
    serve(office, MANAGER)
    app = opened(VIEW, part=part, lang=language)
    assert not app.error


def test_the_page_is_for_those_who_see_notices() -> None:
    for name, role in ROLES.items():
        actor = Actor(name, name, (name,), Scope.whole())
        shown = "bulletins" in {entry.name for entry in entries_for(actor)}
        assert shown == (Action.SEE_NOTICES in role.actions)


def test_every_stage_step_and_told_fact_has_a_name() -> None:
    say = translator("zh")
    named = {"notice_stage": NoticeStage, "notice_fact": SHOWN, "notice_done": NoticeAction}
    assert [
        (kind, c) for kind, codes in named.items() for c in codes if not say.knows(kind, c)
    ] == []
