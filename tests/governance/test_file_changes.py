"""A file and its line in the audit log: both or neither, wherever the process stops."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.calendars.read import HOLIDAY, Span
from data.calendars.write import calendar_version
from data.integrity.file_changes import (
    FINISHED,
    FOLDER,
    TAKEN_BACK,
    FileKind,
)
from data.results.evaluations import EvaluationStore
from data.store.audit.chain import AuditError
from data.store.audit.log import AuditTrail
from data.store.repositories.pending_files import PendingFiles
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, local_owner
from governance.office import Office
from governance.scores.evaluation import Evaluation
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PEOPLE = "人员编号,姓名,角色,所属单位\nP1,甲,网格员,示例社区\nP2,,,\n"
COMPLAINTS = (
    "工单编号,来电时间,事发地址,来电人,联系电话\n"
    "1,2026-11-02 19:10,示例花园3号楼,张示例,13800000001\n"
    "2,不知道哪天,示例花园3号楼,王示例,13800000003\n"
)
DAY = date(2026, 12, 1)
SPAN = Span(first=DAY, last=DAY, kind=HOLIDAY, name="示例节", source="")
OWNER = local_owner()


class Stopped(BaseException):
    """The process was killed here: no handler of errors runs on."""


@contextmanager
def stopping_at(step: int) -> Iterator[Callable[[], bool]]:
    """Stop at a step once a change was announced: before or after a rename or a commit.

    Nothing that could be seen on the disk or in the store is done after it. Gives what tells
    whether the step was reached.
    """
    passed, announced = 0, False

    def counting(kind: Any, name: str, *, counts: bool) -> Callable[..., Any]:
        real = getattr(kind, name)

        def reach() -> None:
            nonlocal passed
            passed += announced and counts
            if passed > step:
                raise Stopped(name)

        def call(*args: Any, **options: Any) -> Any:
            reach()
            made = real(*args, **options)
            reach()
            return made

        return call

    real_add = PendingFiles.add

    def add(*args: Any, **options: Any) -> None:
        nonlocal announced
        announced = True
        real_add(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PendingFiles, "add", add)
        for name, counts in (("rename", True), ("replace", True), ("unlink", True),
                             ("rmdir", False), ("mkdir", False)):  # fmt: skip
            patch.setattr(os, name, counting(os, name, counts=counts))
        patch.setattr(UnitOfWork, "commit", counting(UnitOfWork, "commit", counts=True))
        yield lambda: passed > step


@dataclass(frozen=True)
class Change:
    """A service that changes a file: how to ask for it, and what then is there."""

    kind: FileKind
    action: Action
    act: Callable[[Office], object]
    keys: Callable[[Office], set[str]]
    fact: str
    before: Callable[[Office], object] = lambda _office: None


def _file(office: Office, name: str, text: str) -> Path:
    path = office._workspace.root.parent / name
    path.write_text(text, encoding="utf-8")
    return path


def _imports(office: Office, *, undone: bool) -> set[str]:
    found = office._workspace.lake.imports(undone=True)
    return {m.import_id for m in found if m.undone or not undone}


def _undo(office: Office) -> None:
    for manifest in office._workspace.lake.imports():
        office.imports.undo(OWNER, manifest.import_id)


def _save_snapshot(office: Office) -> None:
    """Save a score as the service does, without the minutes of computing one."""
    frame = pd.DataFrame({"building_id": ["B1"], "score": [1.0]})
    units = pd.DataFrame({"unit_kind": ["grid"], "unit": ["G"], "score": [1.0]})
    with office._file_change(OWNER, Action.SCORE, FileKind.SNAPSHOT) as announce:
        office._snapshots.save(
            as_of=date(2026, 11, 24), cut=datetime(2026, 11, 25),  # noqa: DTZ001 -- local
            config={}, config_hash="h", tables={"buildings": frame, "units": units}, facts={},
            at=NOW, announce=lambda made: announce(made, snapshot_id=made),
        )  # fmt: skip


def _snapshots(office: Office) -> set[str]:
    assert not office._snapshots.problems()
    return {snapshot.snapshot_id for snapshot in office._snapshots.snapshots()}


def _evaluate(office: Office) -> None:
    """Keep an evaluation as the service does, without the minutes of computing one."""
    found = Evaluation(
        evaluated_at=NOW, seconds=1.0, k=1, absent=(), runs=[], summary=[]
    )  # fmt: skip
    office.evaluation._keep(OWNER, found, event=str(NOW.isoformat()))


def _evaluations(office: Office) -> set[str]:
    kept = EvaluationStore(office._workspace.root).load()
    return {kept["evaluated_at"]} if kept else set()


CHANGES = {
    "import": Change(
        FileKind.IMPORT, Action.IMPORT,
        lambda o: o.imports.import_file(
            OWNER, "complaints", _file(o, "complaints.csv", COMPLAINTS)
        ),
        lambda o: _imports(o, undone=False), "import_id",
    ),
    "undo": Change(
        FileKind.UNDONE_IMPORT, Action.UNDO_IMPORT, _undo,
        lambda o: _imports(o, undone=True), "import_id",
        before=lambda o: o.imports.import_file(OWNER, "persons", _file(o, "persons.csv", PEOPLE)),
    ),
    "score": Change(FileKind.SNAPSHOT, Action.SCORE, _save_snapshot, _snapshots, "snapshot_id"),
    "calendar": Change(
        FileKind.CALENDAR, Action.MAKE_PLAN, lambda o: o.calendar.save(OWNER, [SPAN]),
        lambda o: {calendar_version(o._workspace)} - {""}, "version",
    ),
    "evaluation": Change(
        FileKind.EVALUATION, Action.EVALUATE, _evaluate, _evaluations, "event"
    ),
}  # fmt: skip


def lines(office: Office, change: Change) -> list[dict[str, Any]]:
    """Return the facts of the lines about a change."""
    with office._workspace.store.begin() as unit:
        return [dict(event.facts) for event in unit.audit.find(action=change.action.value)]


def check(office: Office, change: Change) -> set[str]:
    """Check that every file has one line and every line its file; return what is there."""
    told = lines(office, change)
    made = [line[change.fact] for line in told if line.get("settled") != TAKEN_BACK]
    there = change.keys(office)
    assert sorted(made) == sorted(there)
    with office._workspace.store.begin() as unit:
        assert not unit.pending_files.tokens()
    assert not list((office._workspace.root / FOLDER).glob("*"))
    imported = {m.import_id for m in office._workspace.lake.imports()}
    assert set(office._workspace.identities.imports()) <= imported
    assert office.audit.state(OWNER).unbroken
    return there


@pytest.fixture
def begin(tmp_path: Path, empty_folder: Path) -> Iterator[Callable[[Change, int], Office]]:
    """Return what copies an office for each try."""
    opened: list[Office] = []

    def copy(change: Change, number: int) -> Office:
        folder = tmp_path / f"{number}" / "office"
        shutil.copytree(empty_folder, folder)
        office = open_office(folder, now=lambda: NOW)
        opened.append(office)
        change.before(office)
        return office

    yield copy
    for office in opened:
        office.close()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_wherever_a_change_stops_the_next_start_leaves_a_file_with_its_line_or_neither(
    begin: Callable[[Change, int], Office], change: Change
) -> None:
    seen, settled = set(), set()
    for step in range(200):
        office = begin(change, step)
        with stopping_at(step) as reached, suppress(Stopped):
            change.act(office)
        office.close()
        again = open_office(office._workspace.root, now=lambda: NOW + timedelta(hours=1))
        there = check(again, change)
        seen.add(bool(there))
        settled |= {line.get("settled") for line in lines(again, change)}
        again.close()
        if not reached():
            break
    assert seen == {False, True}
    assert settled == {None, FINISHED, TAKEN_BACK}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_without_a_crash_has_one_line_and_leaves_no_marker(
    begin: Callable[[Change, int], Office], change: Change
) -> None:
    office = begin(change, 0)
    change.act(office)
    assert len(check(office, change)) == 1
    assert "settled" not in lines(office, change)[0]


def fail(*_: object, **__: object) -> None:
    raise AuditError("audit_head_missing")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_line_that_cannot_be_written_is_written_at_the_next_start(
    begin: Callable[[Change, int], Office], change: Change
) -> None:
    office = begin(change, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AuditTrail, "add", fail)
        with pytest.raises(AuditError):
            change.act(office)
    assert not lines(office, change)
    office.close()
    again = open_office(office._workspace.root, now=lambda: NOW)
    assert len(check(again, change)) == 1
    assert [line["settled"] for line in lines(again, change)] == [FINISHED]
    again.close()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_marker_that_cannot_be_written_leaves_everything_as_it_was(
    begin: Callable[[Change, int], Office], change: Change
) -> None:
    office = begin(change, 0)
    before = change.keys(office)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PendingFiles, "add", fail)
        with pytest.raises(AuditError):
            change.act(office)
    assert change.keys(office) == before
    assert not lines(office, change)
    change.act(office)
    assert len(check(office, change)) == 1


def test_what_a_crash_left_is_settled_before_the_next_change_too(
    begin: Callable[[Change, int], Office],
) -> None:
    change = CHANGES["calendar"]
    office = begin(change, 0)
    with stopping_at(1), suppress(Stopped):
        change.act(office)
    _save_snapshot(office)
    assert [line["settled"] for line in lines(office, change)] == [TAKEN_BACK]
    change.act(office)
    assert len(check(office, change)) == 1


def test_a_change_that_still_runs_is_left_alone_by_another_start(
    begin: Callable[[Change, int], Office],
) -> None:
    office = begin(CHANGES["score"], 0)
    with office._file_change(OWNER, Action.SCORE, FileKind.SNAPSHOT) as announce:
        announce("20261124-abc", snapshot_id="20261124-abc")
        other = open_office(office._workspace.root, now=lambda: NOW)
        with other._workspace.store.begin() as unit:
            assert len(unit.pending_files.tokens()) == 1
        other.close()
    assert lines(office, CHANGES["score"]) == [{"snapshot_id": "20261124-abc"}]


def test_a_workspace_that_cannot_be_written_opens_with_what_a_crash_left(
    begin: Callable[[Change, int], Office], actor: Actor
) -> None:
    change = CHANGES["calendar"]
    office = begin(change, 0)
    with stopping_at(1), suppress(Stopped):
        change.act(office)
    office.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UnitOfWork, "commit", fail)
        reader = open_office(office._workspace.root, now=lambda: NOW)
        assert not len(reader.calendar.spans(actor).query("own"))
        reader.close()
    again = open_office(office._workspace.root, now=lambda: NOW)
    check(again, change)
    again.close()
