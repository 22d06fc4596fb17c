"""Cases from the first lead to the last event, on an office without files."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from case_steps import AT, CHIEF, CLERK, MANAGER, OFFICER, WHOLE_WAY, go, lead, person, take_in
from imported import copied_office, opened_copy
from pandas.testing import assert_frame_equal

from data.contracts.case_vocabulary import Stage
from data.store.repositories.cases.inbox import InboxQuery
from data.store.repositories.versioned import ChangedMeanwhileError
from geo.errors import GridwardenError
from governance.access.permissions import Actor, NotAllowedError, Scope
from governance.cases.rules.state import CaseState, replay
from governance.cases.rules.workflow.transitions import ActionError
from governance.cases.views import UnknownCaseError
from governance.office import Office
from tests.governance.conftest import NOW

NO = "XS-2026-0001"


@pytest.fixture(scope="module")
def closed_folder(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with copied_office(empty_folder, tmp_path_factory.mktemp("closed"), now=NOW) as office:
        take_in(office, lead(building_id="B3", address="示例花园3号楼2单元501室"))
        assert go(office, len(WHOLE_WAY)).stage == Stage.CLOSED
    return office._workspace.root


@pytest.fixture
def closed(closed_folder: Path, tmp_path: Path) -> Iterator[Office]:
    """Return an office with one case, of a flat, that went its whole way."""
    yield from opened_copy(closed_folder, tmp_path, now=NOW)


def test_a_lead_opens_a_case_of_its_own_once(empty_office: Office) -> None:
    first = take_in(empty_office, lead("T1"), lead("T2"))
    again = take_in(empty_office, lead("T1"), lead("T2", status="待处置"))
    assert (first.new, first.updated, first.unchanged) == (2, 0, 0)
    assert (again.new, again.updated, again.unchanged) == (0, 1, 1)
    page = empty_office.cases.inbox(MANAGER)
    assert list(page.rows["case_no"]) == ["XS-2026-0001", "XS-2026-0002"]
    assert page.total == 2


def test_a_case_goes_its_whole_way_and_its_history_replays_to_its_state(closed: Office) -> None:
    with closed._workspace.store.begin() as unit:
        case = unit.cases.get("XS-2026-0001")
        assert case is not None
        history = unit.cases.events([case.id])[case.id]
        assert replay(history) == CaseState.of_row(case)
        assert [each.action for each in history] == ["take_in", *(a for _, a, _ in WHOLE_WAY)]


@pytest.mark.parametrize("role", ["warden", "building_head", "property_owner", "auditor",
                                  "system_administrator", "security_administrator"])  # fmt: skip
def test_who_must_not_know_that_a_report_led_somewhere_sees_no_case(
    empty_office: Office, role: str
) -> None:
    take_in(empty_office, lead())
    for ask in (
        lambda: empty_office.cases.inbox(person(role)),
        lambda: empty_office.cases.counts(person(role)),
        lambda: empty_office.cases.case(person(role), NO),
        lambda: empty_office.cases.several(person(role), [NO]),
        lambda: empty_office.cases.act(person(role), NO, "note"),
        lambda: empty_office.cases.deadlines(person(role)),
    ):
        with pytest.raises(NotAllowedError):
            ask()


def test_cases_outside_of_the_scope_are_neither_listed_nor_found(empty_office: Office) -> None:
    take_in(empty_office, lead("T1", community="C1"), lead("T2", community="C2"), lead("T3"))
    chief = Actor("x", "x", ("grid_chief",), Scope(communities=frozenset({"C1"})))
    assert list(empty_office.cases.inbox(chief).rows["case_no"]) == [NO]
    with pytest.raises(UnknownCaseError):
        empty_office.cases.case(chief, "XS-2026-0002")
    assert empty_office.cases.counts(chief)["new"] == 1


def test_several_cases_are_told_as_each_by_itself_in_the_order_asked_for(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead("T1"), lead("T2", community="C2", due_at=AT), lead("T3"))
    go(empty_office, 3)
    asked = ["XS-2026-0003", NO, "XS-2026-0002"]
    told = empty_office.cases.several(MANAGER, asked)
    for case_no, view in zip(asked, told, strict=True):
        alone = empty_office.cases.case(MANAGER, case_no)
        assert (view.facts, view.actions) == (alone.facts, alone.actions)
        assert view.facts["case_no"] == case_no
        assert_frame_equal(view.leads, alone.leads)
        assert_frame_equal(view.history, alone.history)
    assert [len(view.history) for view in told] == [1, 4, 1]
    assert [list(view.leads["ticket_no"]) for view in told] == [["T3"], ["T1"], ["T2"]]
    chief = Actor("x", "x", ("grid_chief",), Scope(communities=frozenset({"C2"})))
    with pytest.raises(UnknownCaseError):
        empty_office.cases.several(chief, ["XS-2026-0002", NO])


def test_an_action_that_the_stage_does_not_allow_raises_with_its_reason(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead())
    with pytest.raises(ActionError) as refusal:
        empty_office.cases.act(CHIEF, NO, "verify", {"finding": "属实"})
    assert refusal.value.facts == {"action": "verify", "seen": "new", "expected": ["assigned"]}


def refused(office: Office, actor: Actor, action: str, **facts: str) -> str:
    with pytest.raises(GridwardenError) as refusal:
        office.cases.act(actor, NO, action, facts)
    return refusal.value.code


def test_who_closes_is_not_who_verified(empty_office: Office) -> None:
    take_in(empty_office, lead())
    both = Actor("both", "x", ("grid_chief", "office_manager"), Scope.whole())
    for actor, action, facts in WHOLE_WAY[:-1]:
        empty_office.cases.act(both if action == "verify" else actor, NO, action, facts)
    assert refused(empty_office, both, "close") == "case_closer_verified"
    assert empty_office.cases.act(MANAGER, NO, "close").stage == Stage.CLOSED


def test_a_hold_is_approved_by_somebody_else_and_stops_the_clock(empty_office: Office) -> None:
    take_in(empty_office, lead())
    before = go(empty_office, 2)
    assert refused(empty_office, MANAGER, "hold") == "case_hold_not_asked"
    empty_office.cases.act(MANAGER, NO, "ask_hold", {"hold_reason": "当事人外出"})
    assert refused(empty_office, MANAGER, "hold") == "case_hold_own"
    held = empty_office.cases.act(person("office_manager", "second"), NO, "hold")
    assert (held.stage, held.due_at, held.days_left) == (Stage.ON_HOLD, None, 4)
    resumed = empty_office.cases.act(MANAGER, NO, "resume")
    assert (resumed.stage, resumed.due_at) == (Stage.ASSIGNED, before.due_at)
    assert resumed.hold_approver is None


def test_a_hold_wipes_out_no_lateness(empty_office: Office) -> None:
    long_ago = datetime(2026, 9, 1, 9, 0)  # noqa: DTZ001 -- local times throughout
    take_in(empty_office, lead(received_at=long_ago))
    before = go(empty_office, 2)
    empty_office.cases.act(MANAGER, NO, "ask_hold", {"hold_reason": "当事人外出"})
    held = empty_office.cases.act(person("office_manager", "second"), NO, "hold")
    assert held.days_left is not None
    assert held.days_left < -10
    assert empty_office.cases.act(MANAGER, NO, "resume").due_at == before.due_at


def test_a_find_is_handled_before_the_reporter_is_told(empty_office: Office) -> None:
    take_in(empty_office, lead())
    go(empty_office, 3)
    answer = {"reply_by": "电话", "reply": "已核查"}
    assert refused(empty_office, CLERK, "reply", **answer) == "case_found_not_handled"


def test_nothing_is_referred_that_was_not_confirmed(empty_office: Office) -> None:
    take_in(empty_office, lead())
    go(empty_office, 2)
    empty_office.cases.act(CHIEF, NO, "verify", {"finding": "不属实"})
    sent = {"referral": "移送", "sent_to": "区教育和体育局"}
    assert refused(empty_office, CHIEF, "refer", **sent) == "case_not_confirmed"


def test_a_dissatisfied_reporter_opens_the_case_again(closed: Office) -> None:
    state = closed.cases.act(CLERK, NO, "follow_up", {"satisfaction": "不满意"})
    assert (state.stage, state.reopened, state.finding) == (Stage.ASSIGNED, 1, None)
    history = closed.cases.case(CLERK, NO).history
    assert list(history["action"])[-2:] == ["follow_up", "reopen"]
    assert history["note"].iloc[-1] == "dissatisfied"


def test_a_new_lead_at_the_place_of_a_closed_find_opens_the_same_case(closed: Office) -> None:
    later = datetime(2026, 11, 24, 13, 0)  # noqa: DTZ001 -- local times throughout
    take_in(closed, lead("T2", building_id="B3", received_at=later),
            lead("T3", building_id="B4", received_at=later))  # fmt: skip
    view = closed.cases.case(MANAGER, NO)
    assert (view.facts["stage"], view.facts["leads"]) == (Stage.ASSIGNED, 2)
    assert view.history["note"].iloc[-1] == "recurrence"
    assert closed.cases.inbox(MANAGER).total == 2


@pytest.mark.parametrize(
    ("address", "stage"),
    [
        ("示例花园3号楼2单元501室", Stage.ASSIGNED),
        ("示例花园3号楼501", Stage.ASSIGNED),
        ("示例花园3号楼2单元502室", Stage.CLOSED),
        ("示例花园3号楼1单元501室", Stage.CLOSED),
    ],
)
def test_a_new_lead_at_another_flat_of_the_building_is_a_case_of_its_own(
    closed: Office, address: str, stage: Stage
) -> None:
    later = datetime(2026, 11, 24, 13, 0)  # noqa: DTZ001 -- local times throughout
    take_in(closed, lead("T2", building_id="B3", received_at=later, address=address))
    facts = closed.cases.case(MANAGER, NO).facts
    assert (facts["stage"], facts["leads"]) == (stage, 2 if stage == Stage.ASSIGNED else 1)


def test_an_extension_has_a_basis_and_keeps_within_the_days_of_the_table(
    empty_office: Office,
) -> None:
    take_in(empty_office, lead())
    before = go(empty_office, 2)
    assert refused(empty_office, MANAGER, "extend", days="3") == "fact_missing"
    asked = {"extend_basis": "案情复杂", "days": "10"}
    after = empty_office.cases.act(MANAGER, NO, "extend", asked)
    assert before.due_at is not None
    assert after.due_at == before.due_at + timedelta(days=14)
    asked["days"] = "1"
    assert refused(empty_office, MANAGER, "extend", **asked) == "case_extend_too_long"


def test_a_returned_ticket_has_a_reason_and_a_way_back(empty_office: Office) -> None:
    take_in(empty_office, lead())
    assert refused(empty_office, CLERK, "return") == "fact_missing"
    state = empty_office.cases.act(CLERK, NO, "return", {"return_reason": "不属本街道"})
    assert (state.stage, state.due_at) == (Stage.RETURNED, None)
    again = empty_office.cases.act(CLERK, NO, "reopen", {"reason": "重新派单"})
    assert (again.stage, again.clock, again.return_reason) == (Stage.NEW, "triage", None)


def test_what_was_changed_since_it_was_seen_is_not_changed_unseen(empty_office: Office) -> None:
    take_in(empty_office, lead())
    seen = empty_office.cases.case(CLERK, NO).facts["version"]
    empty_office.cases.act(CLERK, NO, "note", note="已电话联系")
    with pytest.raises(ChangedMeanwhileError):
        empty_office.cases.act(CLERK, NO, "accept", version=seen)


def test_of_many_cases_each_is_changed_or_refused_for_itself(empty_office: Office) -> None:
    take_in(empty_office, lead("T1"), lead("T2"))
    empty_office.cases.act(CLERK, NO, "return", {"return_reason": "重复"})
    answers = empty_office.cases.act_on_many(
        MANAGER, [NO, "XS-2026-0002", "XS-2026-0009"], "assign", {"holder_id": "P3"}
    )
    codes = [each.error and each.error.code for each in answers]
    assert codes == ["action_illegal", None, "case_unknown"]
    assert empty_office.cases.inbox(MANAGER, InboxQuery(holders=("P3",))).total == 1


def test_the_inbox_is_searched_by_number_title_and_address(empty_office: Office) -> None:
    take_in(empty_office, lead("250912101108115401", title="反映补课", address="示例花园3号楼"),
            lead("250912101108115402", title="咨询托管100%", address="东升小区"))  # fmt: skip
    for search, found in (("2509121011081154", 2), ("250912101108115402", 1), ("补课", 1),
                          ("花园 补课", 1), ("花园 托管", 0), ("xs-2026-0002", 1), ("100%", 1),
                          ("1_0", 0)):  # fmt: skip
        page = empty_office.cases.inbox(MANAGER, InboxQuery(search=search))
        assert (search, page.total, len(page.rows)) == (search, found, found)


def test_what_runs_out_first_stands_first_and_pages_do_not_overlap(empty_office: Office) -> None:
    due = [AT + timedelta(days=number) for number in (9, 3, 5, 1, 7)]
    take_in(empty_office, *(lead(f"T{n}", due_at=at) for n, at in enumerate(due)))
    for number in range(1, 6):
        empty_office.cases.act(CLERK, f"XS-2026-000{number}", "accept")
    pages = [
        empty_office.cases.inbox(MANAGER, InboxQuery(limit=2, offset=offset)).rows["due_at"]
        for offset in (0, 2, 4)
    ]
    assert [at for page in pages for at in page] == sorted(due)


def test_every_change_leaves_a_line_in_the_audit_log(empty_office: Office) -> None:
    take_in(empty_office, lead())
    go(empty_office, 3)
    with empty_office._workspace.store.begin() as unit:
        lines = [(each.actor, each.facts["change"]) for each in unit.audit.newest()][::-1]
    assert lines == [("hotline_clerk", "accept"), ("office_manager", "assign"),
                     ("grid_chief", "verify")]  # fmt: skip


def test_the_office_writes_deadlines_of_its_own(empty_office: Office) -> None:
    from governance.cases.rules.deadlines import Deadline

    take_in(empty_office, lead("T1"), lead("T2", channel="信访"))
    own = Deadline(clock="handle", channel="12345热线", days=3, source="区里要求")
    rows = empty_office.cases.set_deadline(MANAGER, own)
    assert [each.days for each in rows if each.clock == "handle"] == [5, 3, 60]
    assert go(empty_office, 1).due_at == datetime(2026, 11, 26, 23, 59)  # noqa: DTZ001
    state = empty_office.cases.act(CLERK, "XS-2026-0002", "accept")
    assert state.due_at == datetime(2027, 1, 22, 23, 59)  # noqa: DTZ001


def test_an_officer_decides_and_a_chief_does_not(empty_office: Office) -> None:
    take_in(empty_office, lead())
    go(empty_office, 5)
    facts = WHOLE_WAY[5][2]
    for other in (CHIEF, CLERK, MANAGER):
        with pytest.raises(NotAllowedError):
            empty_office.cases.act(other, NO, "decide", facts)
    assert empty_office.cases.act(OFFICER, NO, "decide", facts).decided_on is not None
