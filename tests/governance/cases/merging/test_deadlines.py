"""By when a case is due to which the leads of others were put, and once they were taken out."""

from datetime import datetime, timedelta

import pytest
from case_steps import (
    ANSWER,
    AT,
    CHIEF,
    CLERK,
    LATER,
    MANAGER,
    NO,
    OWN,
    SECOND,
    SOON,
    WHOLE_WAY,
    clock,
    go,
    lead,
    person,
    take_in,
)

from data.contracts.case_vocabulary import Stage
from governance.cases.rules.workflow.transitions import ActionError
from governance.office import Office


def put_together(office: Office) -> int:
    return office.lead_merging.accept(CLERK, [NO, SECOND])


def extend(office: Office) -> datetime | None:
    facts = {"extend_basis": "案情复杂", "days": "5"}
    return office.cases.act(MANAGER, NO, "extend", facts).due_at


def test_each_lead_is_to_be_handled_by_the_deadline_of_its_own_channel(
    empty_office: Office,
) -> None:
    petition = AT - timedelta(days=1)
    take_in(empty_office, lead("T1", channel="信访", received_at=petition), lead("T2"))
    put_together(empty_office)
    empty_office.cases.act(CLERK, NO, "accept")
    assert clock(empty_office) == ("handle", OWN)


def test_putting_cases_together_takes_no_extension_back(empty_office: Office) -> None:
    take_in(empty_office, lead("T1", due_at=SOON), lead("T2", due_at=LATER))
    go(empty_office, 2)
    extended = extend(empty_office)
    put_together(empty_office)
    assert clock(empty_office) == ("handle", extended)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_case_is_due_no_later_for_being_put_to_one_that_came_after_it(
    empty_office: Office, *, accepted: bool
) -> None:
    take_in(empty_office, lead("T1", received_at=AT - timedelta(days=3)), lead("T2"))
    for case_no in (NO, SECOND) if accepted else (SECOND,):
        empty_office.cases.act(CLERK, case_no, "accept")
    empty_office.cases.act(CHIEF, SECOND, "verify", {"finding": "属实"})
    put_together(empty_office)
    assert clock(empty_office, SECOND) == ("handle", SOON.replace(hour=23, minute=59))


def test_nothing_is_put_to_a_case_on_hold(empty_office: Office) -> None:
    take_in(empty_office, lead("T1"), lead("T2"))
    go(empty_office, 2)
    empty_office.cases.act(MANAGER, NO, "ask_hold", {"hold_reason": "当事人外出"})
    empty_office.cases.act(person("office_manager", "second"), NO, "hold")
    with pytest.raises(ActionError):
        put_together(empty_office)
    assert clock(empty_office, SECOND)[0] == "triage"


def test_a_lead_of_a_case_that_had_ended_before_it_was_put_to_another_asks_for_nothing(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1", received_at=AT - timedelta(days=60)))
    go(empty_office, len(WHOLE_WAY))
    take_in(empty_office, lead("T2"))
    put_together(empty_office)
    empty_office.cases.act(CLERK, SECOND, "accept")
    assert clock(empty_office, SECOND) == ("handle", OWN)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_ticket_that_the_hotline_closed_asks_for_nothing(
    empty_office: Office, *, accepted: bool
) -> None:
    take_in(empty_office, lead("T1", due_at=SOON), lead("T2", due_at=LATER))
    put_together(empty_office)
    if accepted:
        empty_office.cases.act(CLERK, NO, "accept")
    take_in(empty_office, lead("T1", due_at=SOON, status="已结案"))
    if not accepted:
        empty_office.cases.act(CLERK, NO, "accept")
    assert clock(empty_office) == ("handle", LATER)


def test_another_deadline_of_a_ticket_that_is_due_later_takes_no_extension_back(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1", due_at=SOON), lead("T2", due_at=LATER))
    put_together(empty_office)
    empty_office.cases.act(CLERK, NO, "accept")
    extended = extend(empty_office)
    take_in(empty_office, lead("T2", due_at=LATER + timedelta(days=1)))
    assert clock(empty_office) == ("handle", extended)


def test_a_ticket_put_to_a_referred_case_is_to_be_answered_though_the_first_one_was(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1", due_at=SOON), lead("T2", due_at=LATER))
    go(empty_office, 4)
    answered = empty_office.cases.act(CLERK, NO, "reply", ANSWER)
    merge_id = put_together(empty_office)
    assert clock(empty_office) == ("handle", LATER)
    empty_office.lead_merging.unmerge(CLERK, merge_id)
    assert clock(empty_office) == ("decide", answered.due_at)
    put_together(empty_office)
    again = empty_office.cases.act(CLERK, NO, "reply", ANSWER)
    assert (again.clock, again.due_at) == ("decide", answered.due_at)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_deadline_goes_with_the_lead_that_is_taken_out(
    empty_office: Office, *, accepted: bool
) -> None:
    take_in(empty_office, lead("T1", due_at=LATER), lead("T2", due_at=SOON))
    if accepted:
        empty_office.cases.act(CLERK, NO, "accept")
    merge_id = put_together(empty_office)
    if not accepted:
        empty_office.cases.act(CLERK, NO, "accept")
    assert clock(empty_office) == ("handle", SOON)
    empty_office.lead_merging.unmerge(CLERK, merge_id)
    assert clock(empty_office) == ("handle", LATER)


def test_a_case_learns_what_its_ticket_said_while_its_lead_was_in_another(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1", due_at=LATER), lead("T2", due_at=SOON))
    for case_no in (NO, SECOND):
        empty_office.cases.act(CLERK, case_no, "accept")
    merge_id = put_together(empty_office)
    moved = SOON + timedelta(days=3)
    take_in(empty_office, lead("T1", due_at=LATER + timedelta(days=1)), lead("T2", due_at=moved))
    empty_office.lead_merging.unmerge(CLERK, merge_id)
    assert clock(empty_office, SECOND) == ("handle", moved)
    assert clock(empty_office) == ("handle", LATER + timedelta(days=1))


def test_a_new_case_ends_whose_ticket_was_closed_while_its_lead_was_in_another(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1"), lead("T2"))
    merge_id = put_together(empty_office)
    take_in(empty_office, lead("T2", status="已结案"))
    empty_office.lead_merging.unmerge(CLERK, merge_id)
    stages = [empty_office.cases.case(MANAGER, each).facts["stage"] for each in (NO, SECOND)]
    assert stages == [Stage.NEW, Stage.CLOSED]


def test_a_case_is_extended_as_the_lead_may_be_that_is_due_first(empty_office: Office) -> None:
    petition = AT - timedelta(days=1)
    take_in(empty_office, lead("T1", channel="信访", received_at=petition), lead("T2"))
    put_together(empty_office)
    empty_office.cases.act(CLERK, NO, "accept")
    with pytest.raises(ActionError) as refused:
        empty_office.cases.act(MANAGER, NO, "extend", {"extend_basis": "案情复杂", "days": "30"})
    assert refused.value.code == "case_extend_too_long"
    assert extend(empty_office) == datetime(2026, 12, 7, 23, 59)  # noqa: DTZ001


def test_a_deadline_goes_with_the_lead_that_is_taken_out_of_a_case_on_hold(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1", due_at=LATER), lead("T2", due_at=SOON))
    go(empty_office, 2)
    merge_id = put_together(empty_office)
    empty_office.cases.act(MANAGER, NO, "ask_hold", {"hold_reason": "当事人外出"})
    empty_office.cases.act(person("office_manager", "second"), NO, "hold")
    empty_office.lead_merging.unmerge(CLERK, merge_id)
    resumed = empty_office.cases.act(MANAGER, NO, "resume")
    assert resumed.due_at == LATER.replace(hour=23, minute=59)
