"""The desk: what waits for whom, and counts that are those of the lists they lead to."""

from datetime import datetime, timedelta

import pytest
from case_street import CHIEF, CLERK, MANAGER, OFFICER, case_no, lead, person, take_in
from small_browser import add_account

from data.contracts.case_vocabulary import Channel, Stage
from governance.access.permissions import Actor, Scope, local_owner
from governance.cases.inbox import CaseQuery, Clock
from governance.cases.rules.waiting import others_waited_for, waiting_for
from governance.office import Office

WAY: tuple[tuple[Actor, str, dict[str, str]], ...] = (
    (CLERK, "accept", {"holder_id": CHIEF.id}),
    (CHIEF, "verify", {"finding": "属实"}),
    (CHIEF, "refer", {"referral": "移送", "sent_to": "区教育和体育局"}),
    (OFFICER, "decide", {"outcome": "罚款", "decision_no": "第9号", "decided_on": "2026-11-24"}),
    (CLERK, "reply", {"reply_by": "电话", "reply": "已依法查处"}),
    (MANAGER, "close", {}),
)
WAITS_FOR = ((CLERK,), (CHIEF,), (CHIEF,), (CLERK, OFFICER), (CLERK,), (MANAGER,), ())
"""Whom a case waits for after so many steps."""


def mine(office: Office, actor: Actor) -> list[str]:
    return list(office.case_inbox.page(actor, CaseQuery(for_actor=True)).rows["case_no"])


def test_a_case_waits_at_each_step_for_who_takes_the_next_one_alone(empty_office: Office) -> None:
    """A referred one waits for an answer and for a decision, whichever comes first."""
    take_in(empty_office, lead(1))
    for done, expected in enumerate(WAITS_FOR):
        waiting = [a for a in (CLERK, CHIEF, OFFICER, MANAGER) if mine(empty_office, a)]
        assert waiting == [*expected], done
        if done < len(WAY):
            actor, action, facts = WAY[done]
            empty_office.cases.act(actor, case_no(1), action, facts)


def test_a_referred_case_waits_for_the_clerk_until_a_first_answer(empty_office: Office) -> None:
    take_in(empty_office, lead(1))
    for actor, action, facts in WAY[:3]:
        empty_office.cases.act(actor, case_no(1), action, facts)
    assert mine(empty_office, CLERK) == [case_no(1)]
    empty_office.cases.act(CLERK, case_no(1), "reply", {"reply_by": "电话", "reply": "已移送"})
    assert mine(empty_office, CLERK) == []
    assert mine(empty_office, OFFICER) == [case_no(1)]


def test_a_case_of_another_holder_waits_for_the_holder_alone(empty_office: Office) -> None:
    take_in(empty_office, lead(1))
    empty_office.cases.act(CLERK, case_no(1), "accept", {"holder_id": "somebody"})
    assert mine(empty_office, CHIEF) == []
    empty_office.cases.act(MANAGER, case_no(1), "assign", {"holder_id": CHIEF.id})
    assert mine(empty_office, CHIEF) == [case_no(1)]


def test_a_case_that_is_opened_again_is_held_by_nobody_and_waits_for_who_verifies(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead(1))
    for actor, action, facts in WAY:
        empty_office.cases.act(actor, case_no(1), action, facts)
    empty_office.cases.act(CLERK, case_no(1), "reopen", {"reason": "反映人不满意"})
    assert mine(empty_office, CHIEF) == [case_no(1)]
    assert empty_office.case_inbox.waiting(MANAGER)["unassigned"] == 1


def test_who_verified_a_case_is_not_asked_to_close_it(empty_office: Office) -> None:
    both = Actor(id="both", name="both", roles=("grid_chief", "office_manager"),
                 scope=Scope.whole())  # fmt: skip
    take_in(empty_office, lead(1))
    empty_office.cases.act(CLERK, case_no(1), "accept", {"holder_id": both.id})
    empty_office.cases.act(both, case_no(1), "verify", {"finding": "不属实"})
    empty_office.cases.act(CLERK, case_no(1), "reply", {"reply_by": "电话", "reply": "未发现"})
    assert mine(empty_office, both) == []
    assert mine(empty_office, MANAGER) == [case_no(1)]
    refusals = empty_office.case_inbox.not_now(both, case_no(1))
    assert refusals["close"].code == "case_closer_verified"
    assert "close" not in empty_office.case_inbox.not_now(MANAGER, case_no(1))


@pytest.mark.parametrize(
    ("facts", "roles"),
    [
        ({"stage": "new"}, {"hotline_clerk"}),
        ({"stage": "assigned"}, {"grid_chief", "office_manager"}),
        ({"stage": "assigned", "holder_id": "chief"}, {"grid_chief"}),
        ({"stage": "verified", "finding": "不属实"}, {"hotline_clerk"}),
        ({"stage": "verified", "finding": "属实"}, {"grid_chief"}),
        ({"stage": "verified", "finding": "属实", "hold_asked_by": "chief"},
         {"grid_chief", "office_manager"}),
        ({"stage": "referred", "clock": "decide"}, {"enforcement_officer"}),
        ({"stage": "referred", "clock": "handle"}, {"enforcement_officer", "hotline_clerk"}),
        ({"stage": "replied"}, {"office_manager"}),
        ({"stage": "closed"}, set()),
    ],
)  # fmt: skip
def test_who_has_no_next_step_with_a_case_is_told_whose_it_is(
    facts: dict[str, str], roles: set[str]
) -> None:
    case = {"clock": None, "finding": None, "holder_id": None, "hold_asked_by": ""} | facts
    assert set(others_waited_for(person("auditor"), case)) == roles
    assert all(others_waited_for(person(role), case) == () for role in roles)


def test_whoever_sees_cases_without_a_step_has_nothing_waiting() -> None:
    assert waiting_for(person("warden"), frozenset({"warden"})) == ()
    assert waiting_for(person("auditor"), frozenset({"auditor"})) == ()


def test_counts_are_those_of_the_lists_that_they_lead_to(empty_office: Office) -> None:
    today = empty_office.clock.today()
    start = datetime.combine(today, datetime.min.time())
    leads = [
        lead(n, due_at=start + timedelta(days=n - 4, hours=9), channel=Channel.HOTLINE)
        for n in range(1, 12)
    ]
    take_in(empty_office, *leads)
    cases = [case_no(n) for n in range(1, 12)]
    empty_office.cases.act_on_many(CLERK, cases, "accept", {})
    counts = empty_office.cases.counts(MANAGER)
    open_cases = empty_office.case_inbox.page(MANAGER).total
    counts["running"] = open_cases - counts["red"] - counts["yellow"]
    for clock in Clock:
        found = empty_office.case_inbox.page(MANAGER, CaseQuery(clock=clock))
        cards = {Clock.RUNNING: ""}.get(clock, clock.value)
        assert set(found.rows["card"]) == {cards}
        assert found.total == counts[clock.value] > 0, clock
    told = empty_office.case_inbox.waiting(MANAGER)
    assert (told["unassigned"], told["red"]) == (len(cases), counts["red"])


def test_a_list_is_told_page_by_page_and_ended_cases_apart(empty_office: Office) -> None:
    take_in(empty_office, *(lead(n) for n in range(1, 6)))
    empty_office.cases.act(CLERK, case_no(2), "return", {"return_reason": "不属本街道"})
    first = empty_office.case_inbox.page(MANAGER, limit=3)
    second = empty_office.case_inbox.page(MANAGER, limit=3, offset=3)
    assert (len(first.rows), len(second.rows), first.total) == (3, 1, 4)
    over = empty_office.case_inbox.page(MANAGER, CaseQuery(over=True)).rows
    assert list(over["stage"]) == [Stage.RETURNED]


def test_open_places_are_those_of_ones_scope_and_say_the_stage_due_first(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead(1), lead(2), lead(6))
    own = Actor(id="m", name="m", roles=("office_manager",),
                scope=Scope(buildings=frozenset({lead(1).building_id or ""})))  # fmt: skip
    everything = empty_office.case_inbox.open_places(MANAGER)
    assert set(everything) == {lead(1).building_id, lead(2).building_id}
    assert set(empty_office.case_inbox.open_places(own)) == {lead(1).building_id}
    at = empty_office.case_inbox.at_building(MANAGER, str(lead(1).building_id))
    assert {view.facts["case_no"] for view in at} == {case_no(1), case_no(3)}


def test_a_case_can_be_given_to_who_verifies_or_decides(empty_office: Office) -> None:
    for role in ("grid_chief", "enforcement_officer", "hotline_clerk", "warden"):
        add_account(empty_office, f"the-{role}", role)
    holders = empty_office.case_inbox.holders(MANAGER)
    assert set(holders) == {"the-grid_chief", "the-enforcement_officer"}
    assert set(holders) < set(empty_office.case_inbox.people(MANAGER))


def test_a_case_is_offered_to_who_takes_its_next_step_and_sees_its_place(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead(1))
    place = empty_office.cases.case(MANAGER, case_no(1)).facts
    own, other = (Scope(communities=frozenset({code})) for code in (place["community"], "x"))
    add_account(empty_office, "he", "enforcement_officer")
    for login, scope in (("chief", own), ("stranger", other)):
        empty_office.accounts.add(
            local_owner(), login, name=login, roles=["grid_chief"], scope=scope
        )
    for stage, named in ((Stage.NEW, "chief"), (Stage.ASSIGNED, "chief"), (Stage.REFERRED, "he")):
        assert list(empty_office.case_inbox.holders(MANAGER, stage=stage, of=place)) == [named]


def test_who_took_a_step_takes_it_back_for_ten_minutes_while_nothing_followed(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead(1))
    before = empty_office.cases.case(CLERK, case_no(1)).facts
    empty_office.cases.act(CLERK, case_no(1), "accept", {"holder_id": CHIEF.id})
    desk = empty_office.case_inbox
    assert desk.undoable(CLERK, case_no(1)) == "accept"
    assert desk.undoable(MANAGER, case_no(1)) is None
    assert desk.undo(MANAGER, [case_no(1)])[0].error.code == "case_undo_other"
    assert desk.undo(CLERK, [case_no(1)])[0].error is None
    after = empty_office.cases.case(CLERK, case_no(1)).facts
    assert {**after, "version": 1} == before
    assert desk.undo(CLERK, [case_no(1)])[0].error.code == "case_undo_none"


def test_a_step_is_not_taken_back_late_nor_once_somebody_was_told(empty_office: Office) -> None:
    take_in(empty_office, lead(1))
    for actor, action, facts in WAY[:3]:
        empty_office.cases.act(actor, case_no(1), action, facts)
    desk = empty_office.case_inbox
    assert desk.undo(CHIEF, [case_no(1)])[0].error.code == "case_undo_none"
    take_in(empty_office, lead(2))
    empty_office.cases.act(CLERK, case_no(2), "accept", {})
    now = empty_office.clock.now()
    object.__setattr__(empty_office._resources, "now", lambda: now + timedelta(minutes=12))
    assert desk.undo(CLERK, [case_no(2)])[0].error.code == "case_undo_late"
