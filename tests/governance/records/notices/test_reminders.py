"""Reminders go to who has signed no pledge, and its day goes into the duty."""

from datetime import date, timedelta

import pytest
from notice_steps import WRITER, let_go

from governance.access.permissions import Actor, Scope, local_owner
from governance.cases.rules.workflow.transitions import ActionError
from governance.office import Office
from governance.responsibility.duty_reader import UnknownTargetError
from governance.responsibility.duty_writer import DutyWriter

DUTY, ORG = "受委托管理单位", "示例物业"


@pytest.fixture
def reminder(staffed: Office) -> str:
    staffed.duties.set_duty(
        local_owner(), target_kind="building", target_id="B1", duty=DUTY, org=ORG,
        valid_from=date(2026, 11, 1), reason="补登",
    )  # fmt: skip
    return staffed.notices.draft(WRITER, "工作提醒", building_id="B1", duty=DUTY)


def test_a_reminder_is_addressed_to_who_has_the_duty_and_names_the_building(
    staffed: Office, reminder: str
) -> None:
    facts = staffed.notice_desk.notice(WRITER, reminder).facts
    assert facts["addressee"] == ORG
    assert staffed.notice_desk.notice(WRITER, reminder).problems == ()


def test_the_day_of_a_pledge_goes_into_the_duty(staffed: Office, reminder: str) -> None:
    let_go(staffed, reminder)
    today = staffed.clock.today()
    later = {"pledge_on": f"{today + timedelta(days=1)}"}
    with pytest.raises(ActionError):
        staffed.notices.act(WRITER, reminder, "pledge", later)
    staffed.notices.act(WRITER, reminder, "pledge", {"pledge_on": f"{today}"})
    (link,) = [e for e in staffed.responsibility.chain(WRITER, "B1").links if e.duty == DUTY]
    assert (link.org, link.pledge_on) == (ORG, today)


def test_a_pledge_stands_in_notice_and_duty_or_in_neither(
    staffed: Office, reminder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go(staffed, reminder)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(DutyWriter, "replace", fail)
    with pytest.raises(RuntimeError):
        staffed.notices.act(WRITER, reminder, "pledge", {"pledge_on": "2026-11-20"})
    view = staffed.notice_desk.notice(WRITER, reminder)
    assert view.facts["pledge_on"] is None
    assert "pledge" not in set(view.history["action"])
    (link,) = [e for e in staffed.responsibility.chain(WRITER, "B1").links if e.duty == DUTY]
    assert link.pledge_on is None


def test_a_reminder_about_a_building_of_others_is_refused(staffed: Office) -> None:
    part = Actor("p", "p", ("planner",), Scope(buildings=frozenset({"B2"})))
    with pytest.raises(UnknownTargetError):
        staffed.notices.draft(part, "工作提醒", building_id="B1", duty=DUTY)


def test_a_letter_has_no_pledge(staffed: Office) -> None:
    number = staffed.notices.draft(WRITER, "致家长信")
    let_go(staffed, number)
    with pytest.raises(ActionError):
        staffed.notices.act(WRITER, number, "pledge", {"pledge_on": "2026-11-01"})
