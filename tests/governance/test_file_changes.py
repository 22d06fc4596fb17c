"""A file and its line in the audit log: both or neither, wherever the process stops."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from crashed_copies import Crashes
from imported import import_text
from lakes import put_lake_at

from data.calendars.read import HOLIDAY, Span
from data.calendars.write import calendar_version
from data.integrity.file_changes import FINISHED, TAKEN_BACK, FileChanges, FileKind
from data.results.evaluations import EvaluationStore
from data.results.run_log import Run
from data.store.audit.chain import AuditError
from data.store.audit.log import AuditTrail
from data.store.repositories.pending_files import PendingFiles
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, local_owner
from governance.office import Office
from governance.scores.evaluation import Evaluation
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
COMPLAINTS = (
    "工单编号,来电时间,事发地址,来电人,联系电话\n"
    "1,2026-11-02 19:10,示例花园3号楼,张示例,13800000001\n"
    "2,不知道哪天,示例花园3号楼,王示例,13800000003\n"
)
DAY = date(2026, 12, 1)
SPAN = Span(first=DAY, last=DAY, kind=HOLIDAY, name="示例节", source="")
OWNER = local_owner()


@contextmanager
def copying(crashes: Crashes) -> Iterator[None]:
    """Copy around every step once a change was announced."""
    real_add = PendingFiles.add

    def add(*args: Any, **options: Any) -> None:
        crashes.begin()
        real_add(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PendingFiles, "add", add)
        with crashes.copying():
            yield


@dataclass(frozen=True)
class Change:
    """A service that changes a file: how to ask for it, and what then is there."""

    kind: FileKind
    action: Action
    act: Callable[[Office], object]
    keys: Callable[[Office], set[str]]
    fact: str
    before: Callable[[Office], object] = lambda _office: None
    lake: str = ""
    """Folder in the workspace at whose address its lake lies; copied with it."""


def _import(office: Office) -> None:
    import_text(office, "complaints", COMPLAINTS)


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
            run=Run(at=NOW), announce=lambda made: announce(made, snapshot_id=made),
        )  # fmt: skip


def _delete_snapshot(office: Office) -> None:
    for snapshot in office._snapshots.snapshots():
        name = snapshot.snapshot_id
        with office._file_change(OWNER, Action.SCORE, FileKind.DELETED_SNAPSHOT) as announce:
            announce(name, deleted=name)
            office._snapshots.delete(name)


def _deleted(office: Office) -> set[str]:
    """Name what was saved and is there no longer, nor anything of it."""
    with office._workspace.store.begin() as unit:
        saved = {event.facts.get("snapshot_id") for event in unit.audit.find(action="score")}
    kept = _snapshots(office)
    assert not list(office._snapshots.folder.glob(".deleted-*"))
    return {name for name in saved if name and name not in kept}


def _snapshots(office: Office) -> set[str]:
    assert not office._snapshots.problems()
    return {snapshot.snapshot_id for snapshot in office._snapshots.snapshots()}


def _evaluate(office: Office) -> None:
    """Keep an evaluation as the service does, without the minutes of computing one."""
    found = Evaluation(evaluated_at=NOW, seconds=1.0, k=1, runs=[], summary=[])
    office.evaluation._keep(OWNER, found, event=str(NOW.isoformat()))


def _evaluations(office: Office) -> set[str]:
    kept = EvaluationStore(office._workspace.root).load()
    return {kept["evaluated_at"]} if kept else set()


CHANGES = {
    "import": Change(
        FileKind.IMPORT, Action.IMPORT,
        _import,
        lambda o: _imports(o, undone=False), "import_id",
    ),
    "import to an address": Change(
        FileKind.IMPORT, Action.IMPORT,
        _import,
        lambda o: _imports(o, undone=False), "import_id",
        lake="at lake",
    ),
    "undo": Change(
        FileKind.UNDONE_IMPORT, Action.UNDO_IMPORT, _undo,
        lambda o: _imports(o, undone=True), "import_id",
        before=_import,
    ),
    "score": Change(FileKind.SNAPSHOT, Action.SCORE, _save_snapshot, _snapshots, "snapshot_id"),
    "deleted score": Change(
        FileKind.DELETED_SNAPSHOT, Action.SCORE, _delete_snapshot, _deleted, "deleted",
        before=_save_snapshot,
    ),
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
        told = [dict(event.facts) for event in unit.audit.find(action=change.action.value)]
    return [facts for facts in told if change.fact in facts]


def check(office: Office, change: Change) -> set[str]:
    """Check that every file has one line and every line its file; return what is there."""
    told = lines(office, change)
    made = [line[change.fact] for line in told if line.get("settled") != TAKEN_BACK]
    there = change.keys(office)
    assert sorted(made) == sorted(there)
    with office._workspace.store.begin() as unit:
        assert not unit.pending_files.tokens()
    assert not list(office._workspace.pending_path.glob("*"))
    imported = {m.import_id for m in office._workspace.lake.imports()}
    assert set(office._workspace.identities.imports()) <= imported
    if (address := office._workspace.lake_address) is not None:
        assert {name.split("/")[1] for name in address.names("")} == imported
    assert office.audit.state(OWNER).unbroken
    return there


@pytest.fixture
def begin(empty_office: Office) -> Iterator[Callable[[Change], Office]]:
    """Return what gives an office in which a change can be made."""

    def prepared(change: Change) -> Office:
        office = empty_office
        if change.lake:
            office.close()
            office = opened(office._workspace.root, change)
            ending.callback(office.close)
        change.before(office)
        return office

    with ExitStack() as ending:
        yield prepared


def opened(folder: Path, change: Change) -> Office:
    """Open a workspace, or a copy of one, with its lake at the address within it."""
    if change.lake:
        put_lake_at(folder, f"file://{folder / change.lake}")
    return open_office(folder, now=lambda: NOW + timedelta(hours=1))


def crashed(office: Office, change: Change, to: Path) -> list[Path]:
    """Make a change; return the workspaces that a crash at each of its steps leaves."""
    crashes = Crashes(office._workspace.root, to, begun=False)
    with copying(crashes):
        change.act(office)
    return crashes.folders


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_wherever_a_change_stops_the_next_start_leaves_a_file_with_its_line_or_neither(
    begin: Callable[[Change], Office], change: Change, tmp_path: Path
) -> None:
    office = begin(change)
    folders = crashed(office, change, tmp_path / "crashed")
    assert len(check(office, change)) == 1
    assert "settled" not in lines(office, change)[0]
    made, settled = set(), set()
    for folder in folders:
        again = opened(folder, change)
        made.add(bool(check(again, change)))
        settled |= {line.get("settled") for line in lines(again, change)}
        again.close()
    assert made == {False, True}
    assert settled == {None, FINISHED, TAKEN_BACK}


def fail(*_: object, **__: object) -> None:
    raise AuditError("audit_head_missing")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_line_that_cannot_be_written_is_written_at_the_next_start(
    begin: Callable[[Change], Office], change: Change
) -> None:
    office = begin(change)
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
    begin: Callable[[Change], Office], change: Change
) -> None:
    office = begin(change)
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
    begin: Callable[[Change], Office], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = CHANGES["calendar"]
    marked = crashed(begin(change), change, tmp_path / "crashed")[1]
    with monkeypatch.context() as patch:
        patch.setattr(FileChanges, "settle_at_start", lambda _: None)
        office = open_office(marked, now=lambda: NOW)
    _save_snapshot(office)
    assert [line["settled"] for line in lines(office, change)] == [TAKEN_BACK]
    change.act(office)
    assert len(check(office, change)) == 1
    office.close()


def test_a_change_that_still_runs_is_left_alone_by_another_start(
    begin: Callable[[Change], Office],
) -> None:
    office = begin(CHANGES["score"])
    with office._file_change(OWNER, Action.SCORE, FileKind.SNAPSHOT) as announce:
        announce("20261124-abc", snapshot_id="20261124-abc")
        other = open_office(office._workspace.root, now=lambda: NOW)
        with other._workspace.store.begin() as unit:
            assert len(unit.pending_files.tokens()) == 1
        other.close()
    assert lines(office, CHANGES["score"]) == [{"snapshot_id": "20261124-abc"}]


def test_a_workspace_that_cannot_be_written_opens_with_what_a_crash_left(
    begin: Callable[[Change], Office], actor: Actor, tmp_path: Path
) -> None:
    change = CHANGES["calendar"]
    folder = crashed(begin(change), change, tmp_path / "crashed")[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(UnitOfWork, "commit", fail)
        reader = open_office(folder, now=lambda: NOW)
        assert not lines(reader, change)
        assert not len(reader.calendar.spans(actor).query("own"))
        reader.close()
    again = open_office(folder, now=lambda: NOW)
    check(again, change)
    again.close()
