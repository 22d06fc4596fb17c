"""By when a case is to be handled that has several leads, was referred, held or opened again."""

from datetime import datetime, timedelta

import pytest
from case_steps import AT, CHIEF, CLERK, MANAGER, WHOLE_WAY, go, lead, person, take_in

from governance.cases.rules.workflow.transitions import ActionError
from governance.office import Office

NO, SECOND = "XS-2026-0001", "XS-2026-0002"
SOON = datetime(2026, 11, 27, 18, 0)  # noqa: DTZ001 -- local times throughout
LATER = datetime(2026, 12, 8, 18, 0)  # noqa: DTZ001
OWN = datetime(2026, 11, 30, 23, 59)  # noqa: DTZ001
"""Five working days after `AT`."""
ANSWER = {"reply_by": "电话", "reply": "已移送处理"}


def clock(office: Office, case_no: str = NO) -> tuple[str | None, datetime | None]:
    facts = office.cases.case(MANAGER, case_no).facts
    return facts["clock"], facts["due_at"]


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


def test_each_lead_is_to_be_handled_by_the_deadline_of_its_own_channel(
    empty_office: Office,
) -> None:
    petition = AT - timedelta(days=1)
    take_in(empty_office, lead("T1", channel="信访", received_at=petition), lead("T2"))
    empty_office.lead_merging.accept(CLERK, [NO, SECOND])
    empty_office.cases.act(CLERK, NO, "accept")
    assert clock(empty_office) == ("handle", OWN)


def test_putting_cases_together_takes_no_extension_back(empty_office: Office) -> None:
    take_in(empty_office, lead("T1", due_at=SOON), lead("T2", due_at=LATER))
    go(empty_office, 2)
    extended = empty_office.cases.act(
        MANAGER, NO, "extend", {"extend_basis": "案情复杂", "days": "5"}
    )
    empty_office.lead_merging.accept(CLERK, [NO, SECOND])
    assert clock(empty_office) == ("handle", extended.due_at)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_case_is_due_no_later_for_being_put_to_one_that_came_after_it(
    empty_office: Office, *, accepted: bool
) -> None:
    take_in(empty_office, lead("T1", received_at=AT - timedelta(days=3)), lead("T2"))
    for case_no in (NO, SECOND) if accepted else (SECOND,):
        empty_office.cases.act(CLERK, case_no, "accept")
    empty_office.cases.act(CHIEF, SECOND, "verify", {"finding": "属实"})
    empty_office.lead_merging.accept(CLERK, [NO, SECOND])
    assert clock(empty_office, SECOND) == ("handle", SOON.replace(hour=23, minute=59))


def test_nothing_is_put_to_a_case_on_hold(empty_office: Office) -> None:
    take_in(empty_office, lead("T1"), lead("T2"))
    go(empty_office, 2)
    put_on_hold(empty_office)
    with pytest.raises(ActionError):
        empty_office.lead_merging.accept(CLERK, [NO, SECOND])
    assert clock(empty_office, SECOND)[0] == "triage"


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
