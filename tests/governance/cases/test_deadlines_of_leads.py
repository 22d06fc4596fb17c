"""By when a case is to be handled that was referred, held or opened again, or has several leads."""

from datetime import datetime, timedelta

import pytest
from case_steps import (
    ANSWER,
    AT,
    CLERK,
    LATER,
    MANAGER,
    NO,
    OWN,
    SOON,
    WHOLE_WAY,
    clock,
    go,
    lead,
    person,
    take_in,
)

from governance.office import Office


def put_on_hold(office: Office) -> None:
    office.cases.act(MANAGER, NO, "ask_hold", {"hold_reason": "当事人外出"})
    office.cases.act(person("office_manager", "second"), NO, "hold")


def test_a_deadline_from_before_a_case_was_opened_again_counts_no_more(
    empty_office: Office,
) -> None:
    long_ago = AT - timedelta(days=60)
    take_in(empty_office, lead("T1", building_id="B3", received_at=long_ago,
                               due_at=long_ago + timedelta(days=7)))  # fmt: skip
    go(empty_office, len(WHOLE_WAY))
    new = {"building_id": "B3", "received_at": datetime(2026, 11, 24, 13, 0)}  # noqa: DTZ001
    take_in(empty_office, lead("T2", due_at=SOON, **new))
    assert clock(empty_office) == ("handle", SOON)
    take_in(empty_office, lead("T2", due_at=LATER, **new))
    assert clock(empty_office) == ("handle", LATER)


def test_another_deadline_of_a_ticket_on_hold_counts_when_it_goes_on(empty_office: Office) -> None:
    take_in(empty_office, lead("T1", due_at=SOON))
    go(empty_office, 2)
    put_on_hold(empty_office)
    take_in(empty_office, lead("T1", due_at=LATER))
    resumed = empty_office.cases.act(MANAGER, NO, "resume")
    assert resumed.due_at == LATER.replace(hour=23, minute=59)


def test_referring_leaves_the_day_by_which_the_hotline_wants_an_answer(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1", due_at=SOON))
    referred = go(empty_office, 4)
    assert (referred.clock, referred.due_at) == ("handle", SOON)
    answered = empty_office.cases.act(CLERK, NO, "reply", ANSWER)
    ninety_days = datetime(2027, 2, 22, 23, 59)  # noqa: DTZ001
    assert (answered.clock, answered.due_at) == ("decide", ninety_days)
    extended = empty_office.cases.act(
        MANAGER, NO, "extend", {"extend_basis": "案情复杂", "days": "30"}
    )
    again = empty_office.cases.act(CLERK, NO, "reply", ANSWER)
    assert (again.clock, again.due_at) == ("decide", extended.due_at)


def test_of_an_answer_and_a_decision_a_referred_case_shows_what_is_due_first(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1", due_at=AT + timedelta(days=300)))
    assert go(empty_office, 4).clock == "decide"


def test_a_decision_does_not_put_off_an_answer_that_is_due_before(empty_office: Office) -> None:
    today = datetime(2026, 11, 24, 18, 0)  # noqa: DTZ001
    take_in(empty_office, lead("T1", due_at=today))
    decided = go(empty_office, 6)
    assert (decided.clock, decided.due_at) == ("reply", today)


@pytest.mark.parametrize("channel", ["advert", "public_report"])
def test_where_nobody_outside_waits_the_time_of_enforcement_begins_with_the_referral(
    empty_office: Office, channel: str
) -> None:
    take_in(empty_office, lead(channel=channel))
    assert go(empty_office, 4).clock == "decide"


@pytest.mark.parametrize("status", ["待回访", "已结案"])
def test_who_is_dissatisfied_waits_by_the_deadline_of_a_ticket_though_it_was_over(
    empty_office: Office, status: str
) -> None:
    take_in(empty_office, lead("T1", due_at=SOON))
    go(empty_office, 7)
    take_in(empty_office, lead("T1", due_at=SOON, status=status, satisfaction="不满意"))
    assert clock(empty_office) == ("handle", SOON)


def test_a_deadline_that_changes_as_a_ticket_is_closed_counts_when_it_is_open_again(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1", due_at=LATER))
    go(empty_office, 2)
    for status in ("已结案", "待处置"):
        take_in(empty_office, lead("T1", due_at=SOON, status=status))
    assert clock(empty_office) == ("handle", SOON)


def test_a_ticket_is_looked_at_no_later_than_it_is_to_be_handled(empty_office: Office) -> None:
    tonight = datetime(2026, 11, 24, 18, 0)  # noqa: DTZ001
    take_in(empty_office, lead("T1", due_at=tonight), lead("T2", due_at=LATER))
    assert clock(empty_office) == ("triage", tonight)
    take_in(empty_office, lead("T2", due_at=tonight))
    assert clock(empty_office, "XS-2026-0002") == ("triage", tonight)


def test_a_ticket_that_is_due_before_the_time_to_return_it_is_over_can_be_returned(
    empty_office: Office,
) -> None:
    now = empty_office._resources.now()
    tonight = datetime(2026, 11, 24, 18, 0)  # noqa: DTZ001
    take_in(empty_office, lead("T1", due_at=tonight, received_at=tonight - timedelta(hours=9)))
    object.__setattr__(empty_office._resources, "now", lambda: now + timedelta(days=2))
    returned = empty_office.cases.act(CLERK, NO, "return", {"return_reason": "不属本辖区"})
    assert returned.clock is None


def test_a_hold_that_ends_on_a_rest_day_leaves_the_next_working_day(empty_office: Office) -> None:
    now = empty_office._resources.now()
    take_in(empty_office, lead("T1", due_at=SOON))
    go(empty_office, 2)
    for days, resume in ((3, False), (4, True)):  # Friday, on which it is due, and Saturday
        moment = now + timedelta(days=days)
        object.__setattr__(empty_office._resources, "now", lambda moment=moment: moment)
        if not resume:
            put_on_hold(empty_office)
    resumed = empty_office.cases.act(MANAGER, NO, "resume")
    assert resumed.due_at == OWN
