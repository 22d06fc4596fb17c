"""Killed, full disk or power gone at any step of an upload: no half file, no lost record."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from crashed_copies import NAMES, Crashes

from data.integrity.evidence_intake import originals_of, partial_files_of
from data.integrity.storage_failures import StorageError
from data.integrity.verify import verify_workspace
from data.workspace.content_store import ContentError
from governance.office import Office
from gridwarden.compose import open_office
from tests.data.failing_disk import Stopped, stopping_at
from tests.governance.records.evidence.conftest import CHIEF, photo, send, sound

LATER = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
CONTENT, PIECE = sound(150_000), 100_000
ROOT = Path(__file__).parents[4]
STEPS = ("open", "write", "ftruncate", "fsync", "replace", "rename", "unlink", "mkdir", "chmod")


def check(office: Office) -> int:
    """Check that nothing is half there; return how many pieces there are."""
    assert verify_workspace(office._workspace).problems == ()
    return check_names(office)


def check_names(office: Office) -> int:
    """Check that files, lines of the log and pieces name each other; return how many there are."""
    workspace = office._workspace
    with workspace.store.begin() as unit:
        assert not unit.pending_files.tokens()
        told = [e.facts for e in unit.audit.find(action="add_evidence") if "material" in e.facts]
        named = unit.evidence.files()
    assert not list(workspace.pending_path.glob("*"))
    assert set(named) == {
        path.split("/")[1] for path in originals_of(workspace.evidence_path).names()
    }
    total = office.evidence.page(CHIEF).total
    assert len(told) == total
    return total


@pytest.mark.parametrize("known", [False, True], ids=["new file", "file that is there already"])
def test_wherever_an_upload_stops_it_goes_on_to_the_one_record_that_was_meant(
    desk: Office,
    tmp_path: Path,
    known: bool,  # noqa: FBT001 -- a parameter
) -> None:
    before = int(bool(known and send(desk, CHIEF, CONTENT, "vorher.wav")))
    crashes = Crashes(desk._workspace.root, tmp_path / "crashed", steps=(*NAMES, (os, "fsync")))
    with crashes.copying():
        send(desk, CHIEF, CONTENT, "a.wav", piece=PIECE)
    assert check(desk) == before + 1
    seen = set()
    for folder in crashes.folders:
        again = open_office(folder, now=lambda: LATER)
        left = again.evidence_intake.unfinished(CHIEF)
        there = check(again) - before
        assert len(left) + there <= 1  # as one or the other, never as both
        seen.add((len(left), there))
        if not there:
            send(again, CHIEF, CONTENT, "a.wav", piece=PIECE)
        assert check(again) == before + 1
        assert again.evidence_intake.unfinished(CHIEF) == []
        again.close()
        shutil.rmtree(folder)
    assert seen == {(0, 0), (1, 0), (0, 1)}


@pytest.mark.parametrize(
    "error",
    [lambda name: OSError(errno.ENOSPC, f"full: {name}"), Stopped],
    ids=["disk full", "killed"],
)  # fmt: skip
def test_a_disk_that_fails_at_any_step_leaves_an_upload_that_goes_on(
    desk: Office, error: Callable[[str], BaseException]
) -> None:
    step, made = 0, 0
    while True:
        content = CONTENT + bytes([step % 251]) * (step + 1)
        with (
            stopping_at(step, error=error, steps=STEPS) as reached,
            suppress(StorageError, ContentError, Stopped),
        ):
            send(desk, CHIEF, content, f"{step}.wav", piece=PIECE)
        stopped = reached()
        desk._resources.file_changes.settle()
        files = {row["filename"] for row in desk.evidence.page(CHIEF).rows.to_dict("records")}
        if f"{step}.wav" not in files:
            send(desk, CHIEF, content, f"{step}.wav", piece=PIECE)
        made += 1
        assert check_names(desk) == made
        assert desk.evidence_intake.unfinished(CHIEF) == []
        if not stopped:
            break
        step += 1
    assert step > 8
    assert check(desk) == made


def test_a_full_disk_under_a_piece_is_told_and_nothing_of_it_counts(desk: Office) -> None:
    """The kernel itself refuses: a limit on the size of files is met in the middle of a piece."""
    resource = pytest.importorskip("resource", reason="limits on files are POSIX's")
    intake, content = desk.evidence_intake, bytes(100_000)
    begun, told = intake.begin(CHIEF, "a.wav", 200_000), sha256(content).hexdigest()
    intake.piece(CHIEF, begun.upload, content, offset=0, sha256=told)
    most, never_more = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, never_more))
    try:
        with pytest.raises(ContentError) as refused:
            intake.piece(CHIEF, begun.upload, content, offset=100_000, sha256=told)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, never_more))
    assert refused.value.code == "disk_full"
    assert intake.unfinished(CHIEF)[0].received == 100_000
    assert (
        intake.piece(CHIEF, begun.upload, content, offset=100_000, sha256=told).received == 200_000
    )


def test_a_process_that_is_killed_while_it_sends_loses_nothing_that_was_answered(
    desk: Office,
) -> None:
    script = """
import sys, hashlib
from pathlib import Path
sys.path[:0] = [".", "tests"]
from tests.governance.records.evidence.conftest import CHIEF, sound
from gridwarden.compose import open_office
office = open_office(Path(sys.argv[1]))
content = sound(4_000_000)
begun = office.evidence_intake.begin(CHIEF, "a.wav", len(content))
offset = begun.received
while offset < len(content):
    part = content[offset : offset + 20_000]
    offset = office.evidence_intake.piece(CHIEF, begun.upload, part, offset=offset,
                                          sha256=hashlib.sha256(part).hexdigest()).received
    print(offset, flush=True)
"""
    desk.close()
    with subprocess.Popen(  # noqa: S603 -- our own script
        [sys.executable, "-c", script, str(desk._workspace.root)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        answered = [process.stdout.readline() for _ in range(7)]
        process.kill()
        last = int((process.stdout.read().split() or answered[-1:])[-1])
    office = open_office(desk._workspace.root)
    begun = office.evidence_intake.unfinished(CHIEF)[0]
    assert begun.received >= last
    kept = b"".join(partial_files_of(office._workspace.evidence_path).read(begun.upload))
    assert kept[: begun.received] == sound(4_000_000)[: begun.received]
    office.close()


def test_a_blurred_copy_is_there_with_its_step_or_not_at_all(desk: Office, tmp_path: Path) -> None:
    number = send(desk, CHIEF, photo())
    crashes = Crashes(desk._workspace.root, tmp_path / "crashed", steps=(*NAMES, (os, "fsync")))
    with crashes.copying():
        desk.evidence_files.blur(CHIEF, number)
    made = set()
    for folder in crashes.folders:
        again = open_office(folder, now=lambda: LATER + timedelta(hours=1))
        assert verify_workspace(again._workspace).problems == ()
        with again._workspace.store.begin() as unit:
            assert not unit.pending_files.tokens()
        made.add(again.evidence.piece(CHIEF, number).facts["blurred"])
        again.close()
    assert made == {False, True}


def test_a_partial_file_that_is_gone_begins_anew(desk: Office) -> None:
    intake, part, rest = desk.evidence_intake, CONTENT[:PIECE], CONTENT[PIECE:]
    begun = intake.begin(CHIEF, "a.wav", len(CONTENT))
    intake.piece(CHIEF, begun.upload, part, offset=0, sha256=sha256(part).hexdigest())
    partial_files_of(desk._workspace.evidence_path).remove(begun.upload)
    with pytest.raises(ContentError, match="Upload lost"):
        intake.piece(CHIEF, begun.upload, rest, offset=PIECE, sha256=sha256(rest).hexdigest())
    assert intake.unfinished(CHIEF)[0].received == 0
    send(desk, CHIEF, CONTENT, "a.wav")
