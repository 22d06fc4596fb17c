"""Random histories: no case is lost, no stage is a dead end, no clock is below zero, all replay."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from case_steps import folder_with_case, lead
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from imported import opened_copy
from random_histories import START, RandomHistories, check_history, fault_after, run_histories

from data.calendars.calendar import Calendar
from data.calendars.working_days import WorkingDays
from data.contracts.case_vocabulary import Stage
from data.integrity.sealed.histories import CASES, verify_histories
from data.store.repositories.cases.inbox import InboxQuery
from geo.errors import GridwardenError
from governance.access.permissions import ROLES, Actor, Scope
from governance.cases.intake import LeadIntake
from governance.cases.rules.state import CaseState, replay
from governance.cases.rules.transitions import WORKFLOW
from governance.cases.rules.workflow.transitions import FactKind
from governance.office import Office
from tests.governance.conftest import NOW

DOES = [name for name, role in ROLES.items() if "see_cases" in role.actions]
PEOPLE = [Actor(f"{role}{n}", role, (role,), Scope.whole()) for role in DOES for n in (1, 2)
          if role != "local_owner"]  # fmt: skip
STATUS = st.sampled_from(["", "待处置", "已结案", "已退回"])
SATISFIED = st.sampled_from(["", "满意", "不满意"])


class Histories(RandomHistories):
    """People, tickets and time do whatever they like; what they may not is refused whole."""

    TABLES = ("leads", "case_events", "cases")

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[str, Any] = {}

    @initialize()
    def begin(self) -> None:
        self.report(status="", satisfaction="", building="B1", due=None)

    @rule(status=STATUS, satisfaction=SATISFIED, building=st.sampled_from([None, "B1", "B2"]),
          due=st.none() | st.integers(-3, 9))  # fmt: skip
    def report(self, status: str, satisfaction: str, building: str | None, due: int | None) -> None:
        key = f"T{len(self.leads)}"
        self.leads[key] = lead(
            key, received_at=self.now, status=status, satisfaction=satisfaction,
            building_id=building, due_at=None if due is None else self.now + timedelta(days=due),
        )  # fmt: skip
        self.take_in()

    @rule(data=st.data(), status=STATUS, satisfaction=SATISFIED, due=st.integers(0, 9))
    def change_ticket(self, data: st.DataObject, status: str, satisfaction: str, due: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.leads)))
        self.leads[key] = replace(
            self.leads[key], status=status, satisfaction=satisfaction,
            due_at=self.now + timedelta(days=due),
        )  # fmt: skip
        self.take_in()

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        """Let somebody try one of the ways out of a case's stage, with facts that may be wrong."""
        rows = self.office.cases.inbox(PEOPLE[0], InboxQuery(stages=tuple(Stage), limit=500)).rows
        row = rows.iloc[data.draw(st.integers(0, len(rows) - 1))]
        way = data.draw(st.sampled_from(WORKFLOW.ways_out(row["stage"])))
        facts = {asked.name: self.fact(data, asked) for asked in way.asks}
        actor = data.draw(st.sampled_from(PEOPLE))
        before = self.case(row["case_no"])
        try:
            self.office.cases.act(actor, row["case_no"], way.action, facts)
        except GridwardenError:
            assert self.case(row["case_no"]) == before
        else:
            assert self.case(row["case_no"]).version > before.version

    @rule(data=st.data(), minutes=st.sampled_from([0, 5, 15]))
    def undo(self, data: st.DataObject, minutes: int) -> None:
        """Let somebody take a last step back: the state before it is there again, or all stays."""
        self.now += timedelta(minutes=minutes)
        rows = self.office.cases.inbox(PEOPLE[0], InboxQuery(stages=tuple(Stage), limit=500)).rows
        case_no = rows.iloc[data.draw(st.integers(0, len(rows) - 1))]["case_no"]
        history = self.office.cases.case(PEOPLE[0], case_no).history
        by_name = {each.id: each for each in PEOPLE}
        whoever = data.draw(st.sampled_from(PEOPLE))
        actor = by_name.get(history["actor"].iloc[-1], whoever) if data.draw(st.booleans()) else (
            whoever)  # fmt: skip
        before = self.case(case_no)
        answer = self.office.case_inbox.undo(actor, [case_no])[0]
        after = self.case(case_no)
        if answer.error is not None:
            assert after == before
            return
        assert history["actor"].iloc[-1] == actor.id
        assert minutes <= 10
        with self.office._workspace.store.begin() as unit:
            events = unit.cases.events([unit.cases.get(case_no).id]).popitem()[1]
        assert replace(replay(events[:-2]), version=after.version) == after
        assert self.office.case_inbox.undo(actor, [case_no])[0].error is not None

    def fact(self, data: st.DataObject, asked: Any) -> str:
        if asked.kind == FactKind.WORD:
            return data.draw(st.sampled_from(asked.words))
        if asked.kind == FactKind.DAY:
            return self.now.date().isoformat()
        if asked.kind == FactKind.COUNT:
            return str(data.draw(st.integers(0, 6)))
        return data.draw(st.sampled_from(["", "x"]))

    def case(self, case_no: str) -> CaseState:
        with self.office._workspace.store.begin() as unit:
            return CaseState.of_row(unit.cases.get(case_no))

    def take_in(self) -> None:
        intake = self.office._resources.part(LeadIntake)
        with self.office._workspace.store.begin() as unit:
            intake.take_in(unit, list(self.leads.values()), PEOPLE[0])
            unit.commit()

    @invariant()
    @precondition(lambda self: bool(self.leads))
    def nothing_is_lost_and_every_history_replays(self) -> None:
        with self.office._workspace.store.begin() as unit:
            known = unit.leads.known("reports")
            cases = unit.cases.by_ids({held[1] for held in known.values()})
            histories = unit.cases.events(cases)
            assert known.keys() == self.leads.keys()
            assert sum(case.leads for case in cases.values()) == len(known)
            for number, case in cases.items():
                check_history(CaseState, case, histories[number])
        assert all(
            fault is None for fault in verify_histories(self.office._workspace.store, kept=CASES)
        )

    @invariant()
    @precondition(lambda self: bool(self.leads))
    def no_clock_is_below_zero_and_no_stage_a_dead_end(self) -> None:
        query = InboxQuery(stages=tuple(Stage), limit=500)
        rows = self.office.cases.inbox(PEOPLE[0], query).rows
        assert (rows["days_left"].dropna() >= 0).all()
        assert (rows["overdue_days"] >= 0).all()
        for stage in set(rows["stage"]):
            assert any(way.may for way in WORKFLOW.ways_out(stage) if way.to is not None)


@pytest.fixture
def office(open_copy: Callable[[Path], Office], empty_folder: Path) -> Office:
    """Return an empty office on each database."""
    return open_copy(empty_folder)


def test_whatever_happens_no_case_is_lost_and_every_history_replays(office: Office) -> None:
    run_histories(Histories, office, examples=6, steps=30)


@pytest.fixture(scope="module")
def decided_folder(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_with_case(empty_folder, tmp_path_factory.mktemp("decided"), steps=6, now=NOW)


@pytest.fixture
def decided(decided_folder: Path, tmp_path: Path) -> Iterator[Office]:
    yield from opened_copy(decided_folder, tmp_path, now=NOW)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ("UPDATE cases SET stage = 'closed'", "stage"),
        ("UPDATE cases SET finding = '不属实', reply = '查无此事'", "finding, reply"),
        ("UPDATE cases SET decided_on = NULL", "decided_on"),
        ("UPDATE cases SET hold_reason = '补记'", "hold_reason"),
        ("UPDATE case_events SET to_stage = 'returned' WHERE action = 'assign'", "stage"),
        ("DELETE FROM case_events WHERE seq > 6", "outcome, decision_no, decided_on, served_on"),
    ],
)  # fmt: skip
def test_a_case_whose_state_its_history_does_not_give_is_found_and_named(
    decided: Office, change: str, seen: str
) -> None:
    fault = fault_after(decided._workspace.store, change, kept=CASES)
    assert fault.code == "case_state_changed"
    assert fault.facts["case_no"] == "XS-2026-0001"
    columns = str(fault.facts["seen"]).split(", ")
    assert seen.split(", ") == [each for each in columns if each in seen]
    assert ("version" in columns) == ("DELETE" in change)


def test_every_stage_can_be_left_by_somebody() -> None:
    for stage in Stage:
        leaving = [way for way in WORKFLOW.ways_out(stage) if way.to is not None]
        assert any(
            set(way.may) & role.actions
            for way in leaving
            for name, role in ROLES.items()
            if name != "local_owner"
        )


def test_working_days_are_counted_both_ways_alike() -> None:
    days = WorkingDays(Calendar.shipped())
    start = START.date()
    for number in range(1, 60):
        end = days.add(start, number)
        assert days.between(start, end) == number
        assert days.works_on(end)
        assert days.between(days.add(start, -number), start) == number
