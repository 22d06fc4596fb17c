"""The ledger as people work on it: proposals, entry, clean visits, exit by two, recurrence."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from actors import person
from case_steps import go, lead, take_in
from random_histories import fault_after

from data.integrity.sealed.histories import LEDGER
from data.store.repositories.records.ledger_lists import LedgerQuery
from governance.access.permissions import Actor, NotAllowedError, Scope, automatic_scorer
from governance.cases.rules.workflow.transitions import ActionError
from governance.patrols.base import with_revisits
from governance.records.ledger.appointments import LedgerAppointments
from governance.records.ledger.key_lists import NewKeySubject
from governance.records.ledger.line_entry import NewLine
from governance.records.ledger.rules.occasions import Occasion
from governance.records.ledger.rules.settings import LedgerRules, LedgerRulesError
from governance.records.ledger.views import UnknownLineError
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

MANAGER, PLANNER, CHIEF, OFFICER = map(
    person, ("office_manager", "planner", "grid_chief", "enforcement_officer")
)
LINE = "DM-2026-0001"


class Street:
    """An office whose clock can be put on."""

    def __init__(self, folder: Path) -> None:
        self.now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
        self.office = open_office(folder, now=lambda: self.now)
        self.ledger = self.office.ledger
        self.proposals = self.office.ledger_proposals

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def visit(self, by: str, result: str = "未发现异常", building: str = "B3") -> None:
        visit = NewVisit(key=f"{by}{self.now}", building_id=building, result=result)
        self.office.visits.record(person("grid_chief", by), visit)
        self.ledger.catch_up(MANAGER)

    def open_ids(self, kind: str) -> list[int]:
        self.ledger.catch_up(MANAGER)
        rows = self.proposals.open(MANAGER, (kind,)).rows
        return [int(each) for each in rows["proposal_id"]]

    def list_it(self) -> None:
        """Have a complaint at B3 confirmed, and its proposal accepted."""
        take_in(self.office, lead(building_id="B3"))
        go(self.office, 3)
        (number,) = self.open_ids("enter")
        assert self.proposals.accept(PLANNER, [number])[0].number == LINE

    def clean(self) -> None:
        for by in ("li", "wang", "li"):
            self.wait(31)
            self.visit(by)

    def leave(self) -> None:
        self.clean()
        (number,) = self.open_ids("exit")
        assert self.proposals.accept(CHIEF, [number])[0].error is None
        self.ledger.act(MANAGER, LINE, "approve_exit")


@pytest.fixture
def street(filled_folder: Path, tmp_path: Path) -> Iterator[Street]:
    street = Street(shutil.copytree(filled_folder, tmp_path / "office"))
    yield street
    street.office.close()


@pytest.fixture(scope="module")
def listed_folder(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an office with B3 on the ledger, as `LINE`."""
    folder = shutil.copytree(filled_folder, tmp_path_factory.mktemp("listed") / "office")
    street = Street(folder)
    street.list_it()
    street.office.close()
    return folder


@pytest.fixture
def listed(listed_folder: Path, tmp_path: Path) -> Iterator[Street]:
    """Return the office with B3 on the ledger since today."""
    street = Street(shutil.copytree(listed_folder, tmp_path / "office"))
    yield street
    street.office.close()


def test_a_confirmed_complaint_is_proposed_and_comes_on_once_accepted(listed: Street) -> None:
    facts = listed.ledger.line(MANAGER, LINE).facts
    assert (facts["in_reason"], facts["tier"], facts["cadence"]) == ("投诉属实", "橙", "每半月")
    assert (facts["status"], facts["in_on"], facts["days_on"]) == ("在账", date(2026, 11, 24), 0)
    assert facts["next_on"] == date(2026, 12, 9)
    assert listed.open_ids("enter") == []


def test_a_declined_proposal_stays_away_until_something_new_happens(street: Street) -> None:
    take_in(street.office, lead(building_id="B3"))
    go(street.office, 3)
    (number,) = street.open_ids("enter")
    assert street.proposals.decline(PLANNER, [number], note="")[0].error is not None
    assert street.proposals.decline(PLANNER, [number], note="同一人重复投诉")[0].error is None
    street.wait(1)
    assert street.open_ids("enter") == []
    street.visit("li", "疑似")
    street.wait(1)
    street.visit("wang", "疑似")
    assert len(street.open_ids("enter")) == 1


def test_a_declined_proposal_can_be_taken_back(street: Street) -> None:
    take_in(street.office, lead(building_id="B3"))
    go(street.office, 3)
    (number,) = street.open_ids("enter")
    street.proposals.decline(PLANNER, [number], note="误报")
    assert street.proposals.take_back(PLANNER, [number])[0].error is None
    assert street.open_ids("enter") == [number]


def test_an_accepted_entry_can_be_taken_back_and_is_proposed_again(listed: Street) -> None:
    listed.ledger.act(PLANNER, LINE, "take_back")
    assert listed.ledger.counts(MANAGER)["已撤回"] == 1
    assert len(listed.open_ids("reopen")) == 1
    figures = listed.ledger.figures(MANAGER, date(2026, 1, 1), date(2026, 12, 31))
    assert figures["came_in"].sum() == 0


def test_a_visit_moves_the_next_one_and_a_closed_door_does_not(listed: Street) -> None:
    listed.wait(3)
    listed.visit("li", "无人")
    assert listed.ledger.line(MANAGER, LINE).facts["next_on"] == date(2026, 12, 9)
    listed.visit("wang")
    facts = listed.ledger.line(MANAGER, LINE).facts
    assert (facts["last_on"], facts["next_on"]) == (date(2026, 11, 27), date(2026, 12, 12))


def test_a_visit_is_overdue_from_the_day_after_the_one_it_was_due(listed: Street) -> None:
    due = listed.ledger.line(MANAGER, LINE).facts["next_on"]
    listed.wait((due - listed.now.date()).days)
    assert listed.ledger.counts(MANAGER)["overdue"] == 0
    listed.wait(1)
    assert listed.ledger.counts(MANAGER)["overdue"] == 1


def test_an_exit_takes_two_people_and_clean_visits_of_several(listed: Street) -> None:
    listed.clean()
    progress = listed.ledger.progress(MANAGER, LINE)
    assert progress is not None
    assert (progress.visits, progress.people, progress.days) == (3, 2, 93)
    (number,) = listed.open_ids("exit")
    assert listed.proposals.accept(CHIEF, [number])[0].error is None
    with pytest.raises(ActionError, match="approved already"):
        listed.ledger.act(CHIEF, LINE, "approve_exit")
    with pytest.raises(NotAllowedError):
        listed.ledger.act(PLANNER, LINE, "approve_exit")
    state = listed.ledger.act(MANAGER, LINE, "approve_exit")
    assert (state.status, state.approvers) == ("出账", ("grid_chief", "office_manager"))
    assert state.out_on == listed.now.date()


def test_a_line_at_a_building_that_was_pulled_down_is_due_no_more_and_its_exit_is_proposed(
    listed: Street,
) -> None:
    ends, day = listed.office.building_ends, date(2026, 11, 24)
    listed.wait(31)
    listed.ledger.catch_up(MANAGER)
    due = listed.ledger.line(MANAGER, LINE).facts["next_on"]
    assert listed.ledger.counts(MANAGER)["overdue"] == 1
    ends.end(MANAGER, ["B3"], ended_on=day, reason="拆迁")
    (number,) = listed.open_ids("exit")
    assert listed.proposals.open(MANAGER, ("exit",)).rows["told"].tolist() == [
        [["2026-11-24", "已不在", ""]]
    ]
    assert listed.ledger.line(MANAGER, LINE).facts["next_on"] is None
    assert listed.ledger.counts(MANAGER)["overdue"] == 0
    ends.take_back(MANAGER, ["B3"])
    assert listed.open_ids("exit") == []
    assert listed.ledger.line(MANAGER, LINE).facts["next_on"] == due
    ends.end(MANAGER, ["B3"], ended_on=day, reason="拆迁")
    (number,) = listed.open_ids("exit")
    assert listed.proposals.accept(CHIEF, [number])[0].error is None
    facts = listed.ledger.line(MANAGER, LINE).facts
    assert (facts["status"], facts["out_reason"]) == ("观察", "楼栋已拆除")
    listed.ledger.act(MANAGER, LINE, "approve_exit")
    assert listed.open_ids("enter") == listed.open_ids("reopen") == []


def test_a_declined_exit_of_a_building_that_was_pulled_down_is_not_proposed_again(
    listed: Street,
) -> None:
    listed.office.building_ends.end(MANAGER, ["B3"], ended_on=date(2026, 11, 24), reason="拆迁")
    (number,) = listed.open_ids("exit")
    listed.proposals.decline(MANAGER, [number], note="地块还在核查")
    listed.wait(31)
    assert listed.open_ids("exit") == []
    assert listed.ledger.counts(MANAGER)["overdue"] == 0


def test_nothing_that_happened_at_a_building_that_was_pulled_down_proposes_a_line(
    street: Street,
) -> None:
    take_in(street.office, lead(building_id="B3"))
    go(street.office, 3)
    assert len(street.open_ids("enter")) == 1
    street.office.building_ends.end(MANAGER, ["B3"], ended_on=date(2026, 11, 24), reason="拆迁")
    assert street.open_ids("enter") == []


def waiting(street: Street, who: Actor) -> int:
    return street.office.approvals.waiting(who).get("approve_exits", 0)


def test_who_cannot_approve_and_asks_for_an_exit_leaves_both_approvals_to_others(
    listed: Street,
) -> None:
    listed.ledger.act(PLANNER, LINE, "ask_exit", {"out_reason": "已搬离"})
    assert [waiting(listed, each) for each in (CHIEF, MANAGER, PLANNER)] == [1, 1, 0]
    assert listed.ledger.act(CHIEF, LINE, "approve_exit").status == "观察"
    assert [waiting(listed, each) for each in (CHIEF, MANAGER)] == [0, 1]
    assert listed.ledger.act(MANAGER, LINE, "approve_exit").status == "出账"


def test_one_person_under_two_accounts_is_one_person(listed: Street) -> None:
    one, two = (Actor(name, name, ("grid_chief",), Scope.whole(), person_id="P7") for name in "ab")
    listed.ledger.act(one, LINE, "ask_exit", {"out_reason": "已搬离"})
    with pytest.raises(ActionError):
        listed.ledger.act(two, LINE, "approve_exit")


def test_a_find_while_an_exit_waits_stops_it(listed: Street) -> None:
    listed.wait(1)
    listed.ledger.act(CHIEF, LINE, "ask_exit", {"out_reason": "已搬离"})
    listed.wait(1)
    listed.visit("li", "疑似")
    view = listed.ledger.line(MANAGER, LINE)
    assert view.facts["status"] == "在账"
    assert view.history["action"].iloc[-1] == "stop_exit"


def test_a_recurrence_reopens_the_old_line_and_its_history_goes_on(listed: Street) -> None:
    listed.leave()
    listed.wait(10)
    listed.visit("li", "疑似")
    listed.wait(1)
    listed.visit("wang", "属实")
    (number,) = listed.open_ids("reopen")
    assert listed.proposals.accept(PLANNER, [number])[0].number == LINE
    view = listed.ledger.line(MANAGER, LINE)
    assert (view.facts["status"], view.facts["reopened"]) == ("在账", 1)
    assert list(view.history["action"]) == ["enter", "ask_exit", "approve_exit", "reopen"]
    told = listed.ledger.figures(MANAGER, date(2026, 11, 1), listed.now.date()).sum()
    assert told[["on_ledger", "came_in", "went_out", "recurrences"]].tolist() == [1, 2, 1, 1]


def test_a_line_entered_by_hand_needs_its_order_and_is_once_on_the_ledger(street: Street) -> None:
    new = NewLine(kind="楼栋", reason="上级交办", building_id="B3", note="")
    with pytest.raises(ActionError):
        street.ledger.enter(PLANNER, new)
    told = NewLine(kind="楼栋", reason="上级交办", building_id="B3", note="区双减办督办单3号")
    assert street.ledger.enter(PLANNER, told) == LINE
    with pytest.raises(ActionError, match="listed already"):
        street.ledger.enter(PLANNER, told)


def test_who_has_another_part_of_the_street_sees_and_changes_nothing_of_it(listed: Street) -> None:
    elsewhere = Actor("c", "c", ("grid_chief",), Scope(buildings=frozenset({"B1"})))
    assert listed.ledger.lines(elsewhere).total == 0
    assert listed.ledger.figures(elsewhere, date(2026, 1, 1), date(2026, 12, 31)).empty
    with pytest.raises(UnknownLineError):
        listed.ledger.act(elsewhere, LINE, "ask_exit", {"out_reason": "x"})


def test_who_may_not_know_of_reports_sees_no_ledger(street: Street) -> None:
    for actor in map(person, ("warden", "building_head", "hotline_clerk")):
        for ask in (street.ledger.lines, street.ledger.counts, street.office.key_lists.subjects):
            with pytest.raises(NotAllowedError):
                ask(actor)


def test_names_of_people_are_masked_for_who_need_not_know_them(street: Street) -> None:
    new = NewLine(kind="个人", reason="上级交办", name="李建国", building_id="B3", note="督办")
    number = street.ledger.enter(MANAGER, new)
    for actor, shown in ((MANAGER, "李建国"), (OFFICER, "李建国"), (PLANNER, "李**")):
        assert street.ledger.line(actor, number).facts["name"] == shown
        assert list(street.ledger.lines(actor).rows["name"]) == [shown]
    assert street.ledger.lines(PLANNER, LedgerQuery(search="建国")).total == 0
    assert street.ledger.lines(MANAGER, LedgerQuery(search="建国")).total == 1
    assert "李建国" not in str(street.ledger.line(PLANNER, number).history.to_dict())


def test_a_listed_building_is_on_a_list(street: Street) -> None:
    street.visit("li", "疑似")
    before = set(street.office.unlisted.buildings(MANAGER)["building_id"])
    assert "B3" in before
    new = NewLine(kind="楼栋", reason="上级交办", building_id="B3", note="督办")
    street.ledger.enter(PLANNER, new)
    assert set(street.office.unlisted.buildings(MANAGER)["building_id"]) == before - {"B3"}


def test_rules_are_tried_on_the_past_and_set_as_a_version(street: Street) -> None:
    rules, service = LedgerRules(), street.office.ledger_rules
    street.visit("li", "疑似")
    street.wait(1)
    street.visit("wang", "疑似")
    stricter = rules.to_mapping() | {"suspicions": 9}
    tried = service.try_out(MANAGER, stricter)
    assert (tried.more, tried.fewer, list(tried.rows["building_id"])) == (0, 1, ["B3"])
    assert len(street.open_ids("enter")) == 1
    with pytest.raises(NotAllowedError):
        service.set_rules(PLANNER, stricter, valid_from=street.now.date(), why="太多")
    with pytest.raises(LedgerRulesError):
        service.set_rules(MANAGER, stricter, valid_from=street.now.date(), why=" ")
    assert service.set_rules(MANAGER, stricter, valid_from=street.now.date(), why="太多") == 1
    assert service.current(MANAGER).suspicions == 9
    assert [each.holds for each in service.versions(MANAGER)] == [True, False]
    assert street.open_ids("enter") == []


def test_rules_of_later_hold_from_their_day(street: Street) -> None:
    service = street.office.ledger_rules
    later = LedgerRules(clean_visits=5).to_mapping()
    service.set_rules(MANAGER, later, valid_from=street.now.date() + timedelta(days=2), why="更严")
    assert service.current(MANAGER).clean_visits == 3
    street.wait(2)
    assert service.current(MANAGER).clean_visits == 5


def test_key_institutions_are_followed_up_once_in_each_occasion(street: Street) -> None:
    lists, today = street.office.key_lists, street.now.date()
    new = NewKeySubject(key_list="托管", name="晨光托管", building_id="B3", note="暑期曾办班")
    number = lists.add(PLANNER, new)
    occasion = Occasion(first=today + timedelta(days=3), last=today + timedelta(days=9),
                        kind="enrolment", name="寒假招生")  # fmt: skip
    lists.set_occasions(PLANNER, [occasion])
    (row,) = lists.subjects(PLANNER).to_dict("records")
    assert (row["due_on"], row["occasion"]) == (occasion.first, "enrolment")
    due = street.office._resources.part(LedgerAppointments).due(occasion.last)
    assert [(each.building_id, each.due_on) for each in due] == [("B3", occasion.first)]
    street.wait(4)
    street.visit("li")
    assert street.office._resources.part(LedgerAppointments).due(occasion.last) == ()
    lists.end(PLANNER, number, reason="已注销")
    assert lists.subjects(PLANNER).empty


def test_people_of_a_key_list_are_masked_and_staff_at_a_building_is_proposed(
    street: Street,
) -> None:
    new = NewKeySubject(key_list="裁减人员", name="王小明", building_id="B3", note="原机构教师")
    street.office.key_lists.add(PLANNER, new)
    assert list(street.office.key_lists.subjects(PLANNER)["name"]) == ["王**"]
    assert list(street.office.key_lists.subjects(MANAGER)["name"]) == ["王小明"]
    street.ledger.catch_up(automatic_scorer())
    assert list(street.proposals.open(PLANNER).rows["reason"]) == ["裁减人员聚集"]


def test_what_is_due_by_its_cadence_is_an_appointment_of_the_plan(listed: Street) -> None:
    appointments = listed.office._resources.part(LedgerAppointments)
    assert appointments.due(date(2026, 12, 8)) == ()
    due = appointments.due(date(2026, 12, 9))
    register = listed.office._engine.table("buildings").select("building_id").to_pandas()
    empty = register.assign(next_step=None, retry_at=None, last_at=None, sensitive=False)
    empty = empty.astype({"retry_at": "datetime64[us]", "last_at": "datetime64[us]"})
    planned = with_revisits(empty, due, rest_days={"last_at": 5}).set_index("building_id")
    assert planned.loc["B3", "next_step"] == "again"
    assert planned["retry_at"].notna().sum() == 1


def test_verify_names_a_line_that_its_events_do_not_give(listed: Street) -> None:
    change = "UPDATE ledger_entries SET tier = '蓝'"
    fault = fault_after(listed.office._workspace.store, change, kept=LEDGER)
    assert fault.facts == {"ledger_no": LINE, "seen": "tier"}


def test_nothing_changed_costs_no_line_in_the_log(listed: Street) -> None:
    listed.ledger.catch_up(MANAGER)
    with listed.office._workspace.store.begin() as unit:
        before = unit.audit.head()
    listed.ledger.catch_up(MANAGER)
    with listed.office._workspace.store.begin() as unit:
        assert unit.audit.head() == before
