"""A change of duties is whole, written down with its audit line, and never overlaps another."""

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from data.engine import Engine
from data.store.repositories.responsibility.duties import Duties
from data.store.repositories.versioned import ChangedMeanwhileError
from geo.errors import GridwardenError
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.responsibility.assignment.build_problem import AssignmentError, AssignmentOptions
from governance.responsibility.duty_reader import UnknownTargetError
from governance.responsibility.duty_writer import DutyError
from gridwarden.compose import open_office

TODAY = date(2026, 11, 24)
WEST = "370998001001001"
WARDEN = "网格员"


def set_warden(office: Office, actor: Actor, unit: str, person: str, **more: Any) -> int:
    given = {"target_kind": "building", "target_id": unit, "duty": WARDEN, "valid_from": TODAY}
    return office.duties.set_duty(actor, person_id=person, **(given | more))


def held(office: Office) -> list[tuple[str, str]]:
    with office._workspace.store.begin() as unit:
        frame = unit.duties.held()
    return list(zip(frame["target_id"], frame["person_id"], strict=True))


def changes_noted(office: Office) -> tuple[int, int]:
    """Return how many changes there are and how many audit lines."""
    with office._workspace.store.begin() as unit:
        return unit.duties.newest_change(), len(unit.audit.newest(500))


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(
    request: pytest.FixtureRequest, tmp_path: Path, staffed_folder: Path,
    empty_store: Callable[[], str], frozen_now: Callable[[], datetime],
) -> Iterator[Office]:  # fmt: skip
    """Return the staffed office over each database."""
    folder = shutil.copytree(staffed_folder, tmp_path / "shared")
    if request.param == "postgresql":
        settings = f'[store]\nurl = "{empty_store()}"\n'
        (folder / "gridwarden.toml").write_text(settings, encoding="utf-8")
    office = open_office(folder, now=frozen_now)
    yield office
    office.close()


def both_at_once(call: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Call for two people who begin before either has written; return numbers or errors."""
    barrier, begun = threading.Barrier(2), threading.local()
    newest_change = Duties.newest_change

    def waiting(duties: Duties) -> int:
        newest = newest_change(duties)
        if not getattr(begun, "met", False):
            begun.met = True
            barrier.wait()
        return newest

    def outcome(person: str) -> Any:
        try:
            return call(person)
        except GridwardenError as error:
            return error

    monkeypatch.setattr(Duties, "newest_change", waiting)
    with ThreadPoolExecutor(2) as crowd:
        return list(crowd.map(outcome, ["P3", "P4"]))


def test_of_two_who_set_a_duty_at_once_one_is_told_and_nothing_overlaps(
    shared: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = both_at_once(partial(set_warden, shared, actor, "B1"), monkeypatch)
    told = [each for each in outcomes if isinstance(each, ChangedMeanwhileError)]
    assert len(told) == 1
    assert len(held(shared)) == 1


def test_of_two_who_approve_at_once_one_is_told_and_nothing_overlaps(
    shared: Office, actor: Actor
) -> None:
    proposal = shared.assignment.propose(actor, options=AssignmentOptions(curve=False))
    barrier = threading.Barrier(2)

    def approve(_: int) -> Any:
        barrier.wait()
        try:
            return shared.assignment.approve(actor, proposal.proposal_id)
        except AssignmentError as error:
            return error.code

    with ThreadPoolExecutor(2) as crowd:
        outcomes = list(crowd.map(approve, range(2)))
    assert "proposal_done" in outcomes
    targets = [target for target, _ in held(shared)]
    assert len(targets) == len(set(targets)) == 4


def test_an_assignment_is_taken_back_whole_by_who_may_or_not_at_all(
    staffed: Office, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = AssignmentOptions(fixed={"B1": "P4", "B5": "P3"}, curve=False)
    proposal = staffed.assignment.propose(actor, options=options)
    for person in ("P3", "P4"):
        staffed.assignment.approve(actor, proposal.proposal_id, only=[person])
    before = held(staffed), changes_noted(staffed)
    part = Actor("wang", "王", ("office_manager",), Scope(grids=frozenset({WEST})))
    with pytest.raises(UnknownTargetError):
        staffed.assignment.undo(part, proposal.proposal_id)
    assert (held(staffed), changes_noted(staffed)) == before
    change, calls = Duties.change, []

    def fail_at_second(duties: Duties, **given: Any) -> int:
        calls.append(given["kind"])
        if len(calls) == 2:
            raise OSError("no space left")
        return change(duties, **given)

    with monkeypatch.context() as broken:
        broken.setattr(Duties, "change", fail_at_second)
        with pytest.raises(OSError, match="no space"):
            staffed.assignment.undo(actor, proposal.proposal_id)
    assert calls == ["undo", "undo"]
    assert (held(staffed), changes_noted(staffed)) == before
    staffed.assignment.undo(actor, proposal.proposal_id)
    assert held(staffed) == []


def test_ending_a_duty_never_prolongs_it(staffed: Office, actor: Actor) -> None:
    until = TODAY + timedelta(days=10)
    set_warden(staffed, actor, "B1", "P4", valid_to=until)
    with pytest.raises(DutyError) as refused:
        staffed.duties.end(actor, 1, on=until + timedelta(days=1))
    assert refused.value.code == "duty_ends_earlier"
    assert refused.value.facts["expected"] == until
    staffed.duties.end(actor, 1, on=until - timedelta(days=1))
    chain = staffed.responsibility.chain(actor, "B1", on=until - timedelta(days=1))
    assert next(link.person_id for link in chain.links if link.duty == WARDEN) == "P3"


def test_a_history_of_changes_is_compared_with_one_reading_of_the_duties(
    staffed: Office, actor: Actor
) -> None:
    for person in ("P4", "P3", "P4"):
        set_warden(staffed, actor, "B1", person)
    set_warden(staffed, actor, WEST, "P4", target_kind="grid")
    statements: list[str] = []
    engine = staffed._workspace.store.engine
    staffed.handovers.rows(actor, since=TODAY)

    @event.listens_for(engine, "before_cursor_execute")
    def count(*args: Any) -> None:
        statements.append(args[2])

    frame = staffed.handovers.rows(actor, since=TODAY)
    event.remove(engine, "before_cursor_execute", count)
    assert sum("duties.target_kind" in statement for statement in statements) == 1
    passed = list(zip(frame["building_id"], frame["from_id"], frame["to_id"], strict=True))
    assert passed[:3] == [("B2", "P3", "P4"), ("B3", "P3", "P4"), ("B4", "P3", "P4")]
    assert passed[3:] == [("B1", "P3", "P4"), ("B1", "P4", "P3"), ("B1", "P3", "P4")]


@pytest.fixture
def tables_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the tables that were asked for, in order."""
    asked: list[str] = []
    real = Engine.table

    def noted(engine: Engine, name: str, **options: Any) -> Any:
        asked.append(name)
        return real(engine, name, **options)

    monkeypatch.setattr(Engine, "table", noted)
    return asked


def warden_of(office: Office, actor: Actor, unit: str) -> str | None:
    links = office.responsibility.chain(actor, unit).links
    return next(link.person_id for link in links if link.duty == WARDEN)


def test_a_duty_that_is_decided_reads_no_imported_duty_again(
    staffed: Office, actor: Actor, tables_read: list[str]
) -> None:
    staffed.responsibility.chain(actor, "B1")
    tables_read.clear()
    set_warden(staffed, actor, "B1", "P4")
    assert warden_of(staffed, actor, "B1") == "P4"
    assert {"grids", "persons", "assignments"}.isdisjoint(tables_read)


def test_a_copy_of_an_office_finds_imported_duties_read_but_decides_for_itself(
    staffed: Office, actor: Actor, tmp_path: Path, tables_read: list[str]
) -> None:
    staffed.responsibility.chain(actor, "B1")
    tables_read.clear()
    copy = shutil.copytree(staffed._workspace.root, tmp_path / "copy")
    with closing(open_office(copy, now=staffed.clock.now)) as other:
        assert warden_of(other, actor, "B1") == "P3"
        assert {"grids", "persons", "assignments"}.isdisjoint(tables_read)
        for office, person in ((staffed, "P4"), (other, "P2")):
            set_warden(office, actor, "B1", person)
            assert warden_of(office, actor, "B1") == person
