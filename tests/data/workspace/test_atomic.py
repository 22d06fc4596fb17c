"""Rules of putting files and folders in their place whole."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from data.calendars.write import write_office_spans
from data.derived.cache import make_once
from data.export.writers import write_frame
from data.privacy.photos import CleanPhoto, keep_photo
from data.results.evaluations import EvaluationStore
from data.store.audit.chain import Head, Sealing
from data.workspace.atomic import (
    ABANDONED_S,
    DRAFT,
    move_file,
    replacing,
    write_bytes,
    write_folder,
)
from data.workspace.folder import Workspace
from tests.data.failing_disk import Stopped, stopping_at

OLD, NEW = b"old " * 1000, b"new " * 2000
FOLDER = {"rows": NEW, "manifest": b"{}"}


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def run_to_every_step(act: Callable[[], object], check: Callable[[], None]) -> int:
    """Do something that is stopped at its first step, then at its second, until it gets through."""
    for step in range(200):
        with stopping_at(step) as reached, suppress(Stopped):
            act()
        check()
        if not reached():
            return step
    raise AssertionError("never got through")


def test_a_file_that_is_replaced_holds_the_old_or_the_new_content_wherever_the_writer_stops(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(OLD)
    found = set()

    def check() -> None:
        found.add(path.read_bytes())
        assert found <= {OLD, NEW}

    steps = run_to_every_step(lambda: write_bytes(path, NEW), check)
    assert found == {OLD, NEW}
    assert steps >= 4  # a flush of the file, the rename, a flush of the folder


def test_a_folder_is_there_with_every_file_or_not_at_all_wherever_the_writer_stops(
    tmp_path: Path,
) -> None:
    path = tmp_path / "snapshots" / "one"

    def check() -> None:
        assert not path.exists() or content(path) == FOLDER

    run_to_every_step(lambda: write_folder(path, FOLDER), check)
    assert content(path) == FOLDER


def test_what_an_error_interrupts_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(OLD)

    def write_half() -> None:
        with replacing(path) as draft:
            draft.write_bytes(NEW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert content(tmp_path) == {"a.json": OLD}


def test_two_writers_of_one_file_never_share_a_draft(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with replacing(path) as first, replacing(path) as second:
        assert first != second
        first.write_bytes(OLD)
        second.write_bytes(NEW)
    assert path.read_bytes() == OLD


def test_writers_of_one_folder_at_once_leave_one_whole_folder_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "one"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: write_folder(path, FOLDER), range(16)))
    assert made.count(True) == 1
    assert content(path) == FOLDER
    assert [p.name for p in tmp_path.iterdir()] == ["one"]


def test_a_folder_that_another_process_is_writing_stays_while_the_same_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one"
    real = os.rename
    inner: list[object] = []

    def rename(old: str, new: str) -> None:
        if not inner:  # the other one, in a thread of the same number in another process
            inner.append("begun")
            inner.append(write_folder(path, FOLDER))
        real(old, new)

    monkeypatch.setattr(os, "rename", rename)
    assert write_folder(path, FOLDER) is False
    assert inner == ["begun", True]
    assert content(path) == FOLDER


def test_a_draft_of_a_writer_that_was_killed_is_deleted_by_a_later_one_and_a_fresh_one_is_not(
    tmp_path: Path,
) -> None:
    old, fresh = tmp_path / f".x.1-a{DRAFT}", tmp_path / f".y.2-b{DRAFT}"
    folder = tmp_path / f".z.3-c{DRAFT}"
    old.write_bytes(OLD)
    fresh.write_bytes(OLD)
    folder.mkdir()
    (folder / "rows").write_bytes(OLD)
    past = fresh.stat().st_mtime - ABANDONED_S - 60
    for abandoned in (old, folder):
        os.utime(abandoned, (past, past))
    write_bytes(tmp_path / "a", NEW)
    assert sorted(p.name for p in tmp_path.iterdir()) == [fresh.name, "a"]


def test_a_file_moved_into_place_is_flushed_before_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, path = tmp_path / "draft", tmp_path / "a"
    draft.write_bytes(NEW)
    seen: list[str] = []
    real_sync, real_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        seen.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")  # noqa: PTH112
        real_sync(descriptor)

    def replace(old: str, new: str) -> None:
        seen.append("rename")
        real_replace(old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    move_file(draft, path)
    assert seen == ["file", "rename", "folder"]


def _save_evaluation(workspace: Workspace) -> None:
    EvaluationStore(workspace.root).update(lambda _: {"runs": []})


def _write_head(workspace: Workspace) -> None:
    Sealing(lambda: b"x" * 32, workspace.root / "head").write_anew(Head(1, "a"))


WRITERS: dict[str, Callable[[Workspace], object]] = {
    "evaluation": _save_evaluation,
    "head of the audit log": _write_head,
    "photo": lambda w: keep_photo(w.evidence_path, CleanPhoto(b"x", 1, 1)),
    "calendar": lambda w: write_office_spans(w, ()),
    "exported table": lambda w: write_frame(pd.DataFrame({"a": [1]}), w.root / "a.csv"),
    "derived file": lambda w: make_once(
        w.derived_path / "a-1", lambda p: p.write_bytes(b"x") and None, instead_of="a-*"
    ),
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_everything_that_is_kept_is_flushed_to_the_disk(
    workspace: Workspace, writer: Callable[[Workspace], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda number: (flushed.append(number), real(number))[1])
    writer(workspace)
    assert len(flushed) >= 2  # the file and its folder
