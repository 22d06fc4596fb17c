"""Random histories of the ledger: each row follows from its events, no exit by one person alone."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from data.contracts.ledger_vocabulary import (
    ON_LEDGER,
    InReason,
    LedgerAction,
    LedgerKind,
    LedgerStatus,
    LedgerTier,
)
from data.integrity.sealed.ledger import verify_ledger
from data.store.unit_of_work import Store
from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.records.ledger.entering import NewLine
from governance.records.ledger.rules.state import LedgerState, replay
from governance.records.ledger.rules.transitions import WORKFLOW
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

START = datetime(2026, 9, 21, 9, 0)  # noqa: DTZ001 -- the office's local time
PEOPLE = [Actor(f"{role}{n}", role, (role,), Scope.whole(), person_id=f"{role[0]}{n}")
          for role in ("office_manager", "planner", "grid_chief", "enforcement_officer")
          for n in (1, 2)]  # fmt: skip
TABLES = ("ledger_proposals", "ledger_events", "ledger_entries", "visits")


class Histories(RuleBasedStateMachine):
    """People and time do whatever they like; what they may not is refused whole."""

    office: Office

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.visited = 0
        with self.office._workspace.store.engine.begin() as connection:
            for table in TABLES:
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        zone = self.office.clock.zone
        object.__setattr__(self.office._resources, "now", lambda: self.now.replace(tzinfo=zone))

    @rule(data=st.data(), kind=st.sampled_from(LedgerKind), reason=st.sampled_from(InReason),
          building=st.sampled_from(["", "B1", "B2", "nowhere"]))  # fmt: skip
    def enter(self, data: st.DataObject, kind: str, reason: str, building: str) -> None:
        actor = data.draw(st.sampled_from(PEOPLE))
        name, note = data.draw(st.sampled_from("甲乙")), data.draw(st.sampled_from(["", "督办"]))
        new = NewLine(
            kind=str(kind), reason=str(reason), name=name, building_id=building, note=note
        )
        self.attempt(lambda: self.office.ledger.enter(actor, new))

    @rule(data=st.data(), action=st.sampled_from(LedgerAction))
    def act(self, data: st.DataObject, action: str) -> None:
        """Let somebody try an action, with facts that may be wrong."""
        lines = self.lines()
        if not lines:
            return
        line = data.draw(st.sampled_from(lines))
        asked = {n.name for way in WORKFLOW.transitions if way.action == action for n in way.asks}
        words = st.sampled_from(["", "x", "查处", "红", "每日"])
        told = {name: data.draw(words) for name in sorted(asked)}
        actor = data.draw(st.sampled_from(PEOPLE))
        self.attempt(lambda: self.office.ledger.act(actor, line.ledger_no, str(action), told))

    @rule(data=st.data(), result=st.sampled_from(["未发现异常", "疑似", "无人"]))
    def visit(self, data: st.DataObject, result: str) -> None:
        self.visited += 1
        actor = data.draw(st.sampled_from(PEOPLE[4:]))
        self.office.visits.record(
            actor, NewVisit(key=str(self.visited), building_id="B1", result=result)
        )
        self.office.ledger.catch_up(PEOPLE[0])

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    def attempt(self, change: Any) -> None:
        """Make a change; where it is refused nothing at all is another."""
        before = [LedgerState.of_row(line) for line in self.lines()]
        try:
            change()
        except GridwardenError:
            assert [LedgerState.of_row(line) for line in self.lines()] == before

    def lines(self) -> list[Any]:
        with self.office._workspace.store.begin() as unit:
            found = unit.ledger.all()
            unit.session.expunge_all()
            return found

    @invariant()
    def every_row_follows_from_its_history(self) -> None:
        with self.office._workspace.store.begin() as unit:
            lines = unit.ledger.all()
            histories = unit.ledger.events({line.id for line in lines})
            unit.session.expunge_all()
        for line in lines:
            events = histories[line.id]
            assert [each.seq for each in events] == list(range(1, len(events) + 1))
            assert replay(events) == LedgerState.of_row(line)
            statuses = [each.to_status for each in events]
            assert [each.from_status for each in events] == [None, *statuses[:-1]]
            assert all(each.at <= later.at for each, later in pairwise(events))
        assert all(fault is None for fault in verify_ledger(self.office._workspace.store))

    @invariant()
    def who_is_out_was_let_go_by_two(self) -> None:
        for line in self.lines():
            assert line.tier in set(LedgerTier)
            assert (line.next_on is None) == (line.status not in {"在账", "观察"})
            if line.status == LedgerStatus.OUT:
                assert len(set(line.approvers)) == 2
                assert line.out_on is not None
                assert line.out_reason
            if line.status in ON_LEDGER:
                assert line.out_on is None

    @invariant()
    def figures_count_what_stands(self) -> None:
        told = self.office.ledger.figures(PEOPLE[0], date(2026, 1, 1), self.now.date())
        lines = self.lines()
        on = sum(line.status in ON_LEDGER for line in lines)
        assert told["on_ledger"].sum() == on
        assert (told["came_in"] - told["went_out"]).sum() == on
        assert told["recurrences"].sum() <= sum(line.reopened for line in lines)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path, filled_folder: Path) -> Iterator[Office]:
    """Return an office with a few buildings on each database."""
    office = open_office(shutil.copytree(filled_folder, tmp_path / "office"))
    if request.param == "postgresql":
        empty_postgresql = request.getfixturevalue("empty_postgresql")
        office._workspace.__dict__["store"] = Store(empty_postgresql())
    yield office
    office.close()


def test_whatever_happens_each_row_follows_from_its_history(office: Office) -> None:
    few = office._workspace.store.engine.dialect.name == "postgresql"  # it is slower there
    run_state_machine_as_test(
        type("Histories", (Histories,), {"office": office}),
        settings=settings(max_examples=2 if few else 4, stateful_step_count=20, deadline=None),
    )


def test_every_status_can_be_left_by_somebody() -> None:
    for status in LedgerStatus:
        assert any(
            status in way.sources and way.to not in {None, status} for way in WORKFLOW.transitions
        )
