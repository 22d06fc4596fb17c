"""Random histories of the ledger: each row follows from its events, no exit by one person alone."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from random_histories import RandomHistories, check_history, run_histories

from data.contracts.ledger_vocabulary import (
    ON_LEDGER,
    InReason,
    LedgerAction,
    LedgerKind,
    LedgerStatus,
    LedgerTier,
)
from data.integrity.sealed.histories import LEDGER, verify_histories
from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.records.ledger.line_entry import NewLine
from governance.records.ledger.rules.state import LedgerState
from governance.records.ledger.rules.transitions import WORKFLOW
from governance.visits.rules.new_visit import NewVisit

PEOPLE = [Actor(f"{role}{n}", role, (role,), Scope.whole(), person_id=f"{role[0]}{n}")
          for role in ("office_manager", "planner", "grid_chief", "enforcement_officer")
          for n in (1, 2)]  # fmt: skip


class Histories(RandomHistories):
    """People and time do whatever they like; what they may not is refused whole."""

    TABLES = ("ledger_proposals", "ledger_events", "ledger_entries", "visits")

    def __init__(self) -> None:
        super().__init__()
        self.visited = 0

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
    def every_row_follows_from_its_history_and_figures_count_what_stands(self) -> None:
        with self.office._workspace.store.begin() as unit:
            lines = unit.ledger.all()
            histories = unit.ledger.events({line.id for line in lines})
            unit.session.expunge_all()
        for line in lines:
            check_history(LedgerState, line, histories[line.id])
            check_exit(line)
        store = self.office._workspace.store
        assert all(fault is None for fault in verify_histories(store, kept=LEDGER))
        told = self.office.ledger.figures(PEOPLE[0], date(2026, 1, 1), self.now.date())
        on = sum(line.status in ON_LEDGER for line in lines)
        assert told["on_ledger"].sum() == on
        assert (told["came_in"] - told["went_out"]).sum() == on
        assert told["recurrences"].sum() <= sum(line.reopened for line in lines)


def check_exit(line: Any) -> None:
    """Check that who is out was let go by two, and that a line has the days of its status."""
    assert line.tier in set(LedgerTier)
    assert (line.next_on is None) == (line.status not in {"在账", "观察"})
    if line.status == LedgerStatus.OUT:
        assert len(set(line.approvers)) == 2
        assert line.out_on is not None
        assert line.out_reason
    if line.status in ON_LEDGER:
        assert line.out_on is None


@pytest.fixture
def office(open_copy: Callable[[Path], Office], filled_folder: Path) -> Office:
    """Return an office with a few buildings on each database."""
    return open_copy(filled_folder)


def test_whatever_happens_each_row_follows_from_its_history(office: Office) -> None:
    run_histories(Histories, office, examples=4, steps=20)


def test_every_status_can_be_left_by_somebody() -> None:
    for status in LedgerStatus:
        assert any(
            status in way.sources and way.to not in {None, status} for way in WORKFLOW.transitions
        )
