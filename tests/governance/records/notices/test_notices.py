"""Notices from a draft to what became of them, on an office without files."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from case_steps import MANAGER, OFFICER, person
from moving_clock import MovingClock
from notice_steps import (
    BLACKLIST,
    EXPOSURE,
    OTHER,
    REVIEWER,
    WRITER,
    approve,
    decided_case,
    exposure,
    let_go,
)
from refusals import refused_as

from data.contracts.notice_vocabulary import CreditStatus, NoticeStage
from data.store.repositories.records.notice_lists import NoticeQuery
from data.store.repositories.versioned import ChangedMeanwhileError
from governance.access.permissions import ROLES, Action, Actor, NotAllowedError, Scope
from governance.cases.rules.workflow.transitions import ActionError
from governance.office import Office
from governance.records.notices.rules.state import NoticeState, replay
from governance.records.notices.views import UnknownNoticeError
from gridwarden.compose import open_office
from tests.governance.conftest import NOW

NO = "TB-2026-0001"


@pytest.fixture(scope="module")
def exposed_folder(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an office where an exposure of a decided case is drafted, under `NO`."""
    folder = shutil.copytree(empty_folder, tmp_path_factory.mktemp("exposed") / "office")
    with closing(open_office(folder, now=lambda: NOW)) as office:
        assert exposure(office) == NO
    return folder


@pytest.fixture
def exposed(exposed_folder: Path, tmp_path: Path) -> Iterator[Office]:
    """Return an office where an exposure is drafted."""
    folder = shutil.copytree(exposed_folder, tmp_path / "office")
    with closing(open_office(folder, now=lambda: NOW)) as office:
        yield office


def test_an_exposure_goes_its_way_to_the_public_and_its_history_replays(
    exposed: Office,
) -> None:
    state = let_go(exposed, NO)
    assert (state.stage, state.approver, state.audience) == ("published", REVIEWER.id, "公开")
    assert state.approved_hash == state.content_hash()
    assert state.expires_on == exposed.clock.today() + timedelta(days=365)
    with exposed._workspace.store.begin() as unit:
        notice = unit.notices.get(NO)
        history = unit.notices.events([notice.id])[notice.id]
        assert replay(history) == NoticeState.of_row(notice)
        told = [each.action for each in history]
    assert told == ["draft", "submit", "preview", "approve", "publish"]


def test_nobody_lets_go_what_they_wrote_a_word_of(exposed: Office) -> None:
    manager = person("office_manager", "manager")
    exposed.notices.act(manager, NO, "edit", {"title": "季度曝光"})
    exposed.notices.act(WRITER, NO, "submit")
    with refused_as("notice_own"):
        approve(exposed, NO, manager)
    assert approve(exposed, NO).stage == NoticeStage.APPROVED


def test_who_may_not_review_lets_nothing_go(exposed: Office) -> None:
    exposed.notices.act(WRITER, NO, "submit")
    for role in ("planner", "grid_chief"):
        with pytest.raises(NotAllowedError):
            exposed.notices.act(person(role), NO, "approve", {"seen": "x"})


def test_a_reviewer_lets_go_only_what_they_looked_at(exposed: Office) -> None:
    exposed.notices.act(WRITER, NO, "submit")
    seen = {"seen": exposed.notice_lists.notice(REVIEWER, NO).seen}
    with refused_as("notice_not_previewed"):
        exposed.notices.act(REVIEWER, NO, "approve", seen)
    exposed.notices.act(OTHER, NO, "preview", seen)
    with pytest.raises(ActionError):
        exposed.notices.act(REVIEWER, NO, "approve", seen)
    exposed.notices.act(REVIEWER, NO, "preview", seen)
    with refused_as("notice_seen_other"):
        exposed.notices.act(REVIEWER, NO, "approve", {"seen": "0" * 64})


def test_what_was_returned_is_looked_at_anew(exposed: Office) -> None:
    exposed.notices.act(WRITER, NO, "submit")
    approve(exposed, NO)
    exposed.notices.act(REVIEWER, NO, "return", {"return_reason": "补充小区名称"})
    exposed.notices.act(WRITER, NO, "edit", {"title": "另一标题"})
    state = exposed.notices.act(WRITER, NO, "submit")
    assert (state.previewed_by, state.approver, state.approved_hash) == (None, None, None)


def test_everything_that_keeps_a_notice_back_is_told_at_once(exposed: Office) -> None:
    body = "当事人雷小明，电话13800005678，示例花园1001室"
    exposed.notices.act(WRITER, NO, "edit", {"body": body, "title": ""})
    problems = exposed.notice_lists.notice(WRITER, NO).problems
    assert {each.code for each in problems} == {"missing", "name", "phone", "room"}
    with pytest.raises(ActionError) as refused:
        exposed.notices.act(WRITER, NO, "submit")
    assert refused.value.facts["count"] == len(problems)


@pytest.mark.parametrize("kind", [EXPOSURE, BLACKLIST])
def test_a_case_without_a_decision_that_stands_is_not_told(empty_office: Office, kind: str) -> None:
    early = decided_case(empty_office, on=f"{empty_office.clock.today()}")
    free = decided_case(empty_office, "T2", outcome="不予处罚")
    number = empty_office.notices.draft(WRITER, kind, case_nos=[early, free])
    problems = empty_office.notice_lists.notice(WRITER, number).problems
    told = {(each.code, each.seen) for each in problems}
    assert {("case_too_early", early), ("case_no_penalty", free)} <= told
    with pytest.raises(ActionError):
        empty_office.notices.act(WRITER, number, "submit")


def test_candidates_say_from_when_they_may_be_told_and_where_they_are(
    exposed: Office,
) -> None:
    early = decided_case(exposed, "T2", on=f"{exposed.clock.today()}")
    rows = exposed.notice_lists.candidates(WRITER, EXPOSURE).set_index("case_no")
    assert rows.loc[early, "why_not"] == "too_early"
    # the sixtieth day is a Saturday, so the Monday is the last one of the wait
    assert rows.loc[early, "free_on"] == exposed.clock.today() + timedelta(days=63)
    (told,) = [case for case in rows.index if case != early]
    assert (rows.loc[told, "why_not"], rows.loc[told, "notice_no"]) == ("", NO)


@pytest.mark.parametrize("action", ["serve", "correct"])
def test_the_wait_counts_from_the_day_on_which_the_decision_was_served(
    exposed: Office, action: str
) -> None:
    (case_no,) = exposed.notice_lists.candidates(WRITER, EXPOSURE)["case_no"]
    served = exposed.clock.today() - timedelta(days=5)
    told = {"served_on": f"{served}"} | ({"reason": "录入有误"} if action == "correct" else {})
    exposed.cases.act(OTHER, case_no, action, told)
    (row,) = exposed.notice_lists.candidates(WRITER, EXPOSURE).to_dict("records")
    assert (row["why_not"], row["served_on"]) == ("too_early", served)
    assert row["free_on"] == served + timedelta(days=61)
    with pytest.raises(ActionError):
        exposed.notices.act(WRITER, NO, "submit")


def test_no_word_of_an_exposure_tells_whether_somebody_reported_it(exposed: Office) -> None:
    body = exposed.notice_lists.notice(WRITER, NO).facts["body"]
    assert "日常排查" in body
    assert not [word for word in ("举报", "投诉", "来电", "热线工单") if word in body]


def test_an_appeal_has_a_clock_and_is_answered_by_somebody_else(exposed: Office) -> None:
    let_go(exposed, NO)
    state = exposed.notices.act(WRITER, NO, "appeal", {"appeal": "当事人称面积有误"})
    assert (state.stage, state.clock) == ("appealed", "appeal")
    assert exposed.notice_lists.waiting(REVIEWER) == 1
    upheld = exposed.notices.act(REVIEWER, NO, "uphold", {"answer": "核实无误"})
    assert (upheld.stage, upheld.clock, upheld.answered_by) == ("upheld", None, REVIEWER.id)
    again = exposed.notices.act(WRITER, NO, "appeal", {"appeal": "再次提出异议"})
    assert (again.stage, again.answer) == ("appealed", None)


def test_a_withdrawal_says_why_and_runs_until_it_is_taken_down(exposed: Office) -> None:
    let_go(exposed, NO)
    with refused_as("fact_missing"):
        exposed.notices.act(REVIEWER, NO, "withdraw")
    state = exposed.notices.act(REVIEWER, NO, "withdraw", {"end_reason": "决定被撤销"})
    assert (state.stage, state.clock) == ("withdrawn", "take_down")
    down = exposed.notices.act(WRITER, NO, "take_down")
    assert (down.clock, down.taken_down_at is not None) == (None, True)
    with pytest.raises(ActionError):
        exposed.notices.act(WRITER, NO, "take_down")


def test_a_correction_replaces_what_is_out_when_it_is_published(empty_office: Office) -> None:
    old = exposure(empty_office)
    let_go(empty_office, old)
    new = empty_office.notices.draft_correction(WRITER, old)
    assert empty_office.notice_lists.notice(WRITER, old).facts["stage"] == "published"
    let_go(empty_office, new)
    facts = empty_office.notice_lists.notice(WRITER, old).facts
    assert (facts["stage"], facts["replaced_by"], facts["clock"]) == ("corrected", new, "take_down")
    with pytest.raises(ActionError):
        empty_office.notices.draft_correction(WRITER, old)


def test_a_notice_expires_by_itself_the_day_after_its_last(
    empty_folder: Path, tmp_path: Path
) -> None:
    clock = MovingClock(datetime(2026, 11, 24, 4, 0, tzinfo=UTC))
    with closing(open_office(shutil.copytree(empty_folder, tmp_path / "o"), now=clock)) as office:
        _expires_by_itself(office, clock)


def _expires_by_itself(office: Office, clock: MovingClock) -> None:
    number = exposure(office)
    last = let_go(office, number).expires_on
    clock.ahead(timedelta(days=(last - office.clock.today()).days))
    assert office.notices.catch_up(WRITER) == ()
    clock.ahead(timedelta(days=1))
    assert office.notices.catch_up(WRITER) == (number,)
    assert office.notices.catch_up(WRITER) == ()
    facts = office.notice_lists.notice(WRITER, number).facts
    assert (facts["stage"], facts["ended_by"], facts["clock"]) == (
        "expired",
        "machine",
        "take_down",
    )


def test_a_decision_that_falls_makes_the_withdrawal_due_within_three_days(
    exposed: Office,
) -> None:
    let_go(exposed, NO)
    case = exposed.notice_lists.notice(WRITER, NO).facts["case_nos"][0]
    clerk = person("hotline_clerk")
    exposed.cases.act(clerk, case, "reply", {"reply_by": "电话", "reply": "已处理"})
    exposed.cases.act(MANAGER, case, "reopen", {"reason": "决定被撤销"})
    assert exposed.notices.catch_up(WRITER) == (NO,)
    facts = exposed.notice_lists.notice(REVIEWER, NO).facts
    assert (facts["clock"], facts["doubted"]) == ("withdraw", case)
    assert facts["due_at"].date() == exposed.clock.today() + timedelta(days=3)
    assert exposed.notice_lists.waiting(REVIEWER) == 1
    exposed.notices.act(WRITER, NO, "appeal", {"appeal": "异议"})
    with refused_as("notice_doubted"):
        exposed.notices.act(REVIEWER, NO, "uphold", {"answer": "无误"})
    assert exposed.notice_lists.notice(REVIEWER, NO).facts["clock"] == "withdraw"


def test_the_list_is_handed_over_and_the_bureau_decides(empty_office: Office) -> None:
    case = decided_case(empty_office)
    number = empty_office.notices.draft(WRITER, BLACKLIST, case_nos=[case])
    assert empty_office.notice_lists.notice(WRITER, number).facts["credit_status"] == "未报送"
    state = let_go(empty_office, number)
    assert (state.credit_status, len(state.entries)) == (CreditStatus.HANDED_OVER, 1)
    listed = empty_office.notices.act(WRITER, number, "credit", {"credit_status": "已入库"})
    assert listed.credit_status == CreditStatus.LISTED
    with pytest.raises(ActionError):
        empty_office.notices.act(WRITER, number, "credit", {"credit_status": "已移交教育局"})


def test_a_deleted_draft_comes_back(empty_office: Office) -> None:
    number = empty_office.notices.draft(WRITER, "致家长信")
    empty_office.notices.act(WRITER, number, "discard")
    assert empty_office.notice_lists.page(WRITER, NoticeQuery(over=False)).total == 0
    empty_office.notices.act(WRITER, number, "restore")
    assert empty_office.notice_lists.page(WRITER, NoticeQuery(over=False)).total == 1


def test_a_change_of_what_somebody_else_changed_is_refused(empty_office: Office) -> None:
    number = empty_office.notices.draft(WRITER, "致家长信")
    empty_office.notices.act(WRITER, number, "edit", {"period": "寒假"}, version=1)
    with pytest.raises(ChangedMeanwhileError):
        empty_office.notices.act(WRITER, number, "edit", {"period": "暑假"}, version=1)


def test_who_sees_no_notices_learns_nothing(empty_office: Office) -> None:
    exposure(empty_office)
    others = {name for name, role in ROLES.items() if Action.SEE_NOTICES not in role.actions}
    assert {"warden", "building_head", "hotline_clerk"} <= others
    for actor in map(person, others):
        for ask in (
            partial(empty_office.notice_lists.page, actor),
            partial(empty_office.notice_lists.counts, actor),
            partial(empty_office.notice_lists.notice, actor, NO),
            partial(empty_office.notices.act, actor, NO, "edit"),
            partial(empty_office.notices.catch_up, actor),
            partial(empty_office.notice_papers.paper, actor, NO),
        ):
            with pytest.raises(NotAllowedError):
                ask()


def test_a_part_of_the_street_sees_its_own_and_what_is_out_for_all(exposed: Office) -> None:
    letter = exposed.notices.draft(WRITER, "致家长信")
    chief = Actor("chief", "chief", ("grid_chief",), Scope(communities=frozenset({"else"})))
    assert exposed.notice_lists.page(chief).total == 0
    let_go(exposed, NO)
    let_go(exposed, letter)
    assert list(exposed.notice_lists.page(chief).rows["notice_no"]) == [letter]
    with pytest.raises(UnknownNoticeError):
        exposed.notice_lists.notice(chief, NO)


def test_lists_are_narrowed_searched_and_sorted_by_what_runs_out(empty_office: Office) -> None:
    first = exposure(empty_office)
    letter = empty_office.notices.draft(WRITER, "致家长信")
    empty_office.notices.act(WRITER, letter, "submit")
    desk = empty_office.notice_lists
    case = desk.notice(WRITER, first).facts["case_nos"][0]
    assert list(desk.page(WRITER).rows["notice_no"]) == [letter, first]
    assert list(desk.page(WRITER, NoticeQuery(search=case)).rows["notice_no"]) == [first]
    assert list(desk.page(WRITER, NoticeQuery(search="家长")).rows["notice_no"]) == [letter]
    assert list(desk.page(WRITER, NoticeQuery(search=letter)).rows["notice_no"]) == [letter]
    assert list(desk.page(WRITER, NoticeQuery(kinds=(EXPOSURE,))).rows["notice_no"]) == [first]
    waiting = NoticeQuery(waiting=True)
    assert list(desk.page(OFFICER, waiting).rows["notice_no"]) == [letter]
    assert desk.page(OFFICER, NoticeQuery(limit=1, offset=1)).total == 2
    assert desk.counts(OFFICER)["waiting"] == 1


def test_what_waits_for_a_reviewer_is_counted_where_approvals_are(exposed: Office) -> None:
    exposed.notices.act(WRITER, NO, "submit")
    assert exposed.approvals.waiting(REVIEWER) == {"approve_notices": 1}
    assert exposed.approvals.waiting(person("grid_chief")) == {}


def test_only_what_is_out_counts_for_the_quarter(exposed: Office) -> None:
    period = exposed.notice_lists.notice(WRITER, NO).facts["period"]
    assert exposed.notice_lists.exposed_periods(WRITER) == frozenset()
    let_go(exposed, NO)
    assert exposed.notice_lists.exposed_periods(WRITER) == {period}
