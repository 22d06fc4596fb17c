"""Disk full, folder read-only, files damaged, clock set back: told, nothing lost, gone on with."""

import errno
import os
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from imported import import_text

from dashboard.i18n import LANGUAGES, translator
from data.integrity.verify import verify_workspace
from geo.errors import GridwardenError
from governance.access.permissions import local_owner
from governance.office import Office
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
OWNER = local_owner()
MORE = "工单编号,来电时间,事发地址\n" + "".join(
    f"M{n},2026-11-20 10:00,示例花园{1 + n % 8}号楼\n" for n in range(400)
)


@contextmanager
def told(code: str) -> Iterator[None]:
    """Expect a failure of this code, whose sentence is whole in both languages."""
    with pytest.raises(GridwardenError) as failed:
        yield
    assert failed.value.code == code
    sentences = {translator(language).error(failed.value) for language in LANGUAGES}
    assert len(sentences) == len(LANGUAGES)
    assert not any("{" in each for each in sentences)


def tickets(office: Office) -> int:
    return int(office._engine.table("complaints").count().to_pandas())


def check(office: Office) -> None:
    assert verify_workspace(office._workspace).problems == ()


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """Let the kernel refuse to make any file longer than so many bytes, as a full disk does."""
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@contextmanager
def failing(number: int) -> Iterator[None]:
    """Let every rename inside the workspace fail, as on a disk that refuses."""

    def refuse(*args: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number), str(args[0]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        patch.setattr(os, "rename", refuse)
        yield


@pytest.mark.parametrize(("room", "stored"), [(8_000, 0), (20_000, 400)])
def test_an_import_on_a_full_disk_is_told_and_done_again_with_room(
    office: Office, tmp_path: Path, room: int, stored: int
) -> None:
    """``stored``: rows that were in before the disk was full, while files were made of them."""
    file = tmp_path / "more.csv"
    file.write_text(MORE, encoding="utf-8")
    before = tickets(office)
    with told("storage_full"), files_at_most(room):
        office.imports.import_file(OWNER, "complaints", file)
    check(office)
    assert tickets(office) == before + stored
    again = office.imports.import_file(OWNER, "complaints", file)
    assert (again.accepted, again.repeated) == (400 - stored, stored > 0)
    assert tickets(office) == before + 400


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "storage_full"), (errno.EDQUOT, "storage_full"), (errno.EFBIG, "storage_full"),
     (errno.EROFS, "storage_read_only"), (errno.EACCES, "storage_read_only"),
     (errno.EPERM, "storage_read_only"), (errno.EIO, "storage_failed")],
)  # fmt: skip
def test_whatever_the_disk_refuses_is_told_by_its_kind_and_nothing_is_lost(
    office: Office, number: int, code: str
) -> None:
    before = tickets(office)
    with told(code), failing(number):
        import_text(office, "complaints", MORE)
    office._resources.file_changes.settle()
    check(office)
    assert tickets(office) == before


def test_a_score_that_the_disk_refuses_is_told_and_made_later(office: Office) -> None:
    import_text(office, "complaints", MORE)
    with told("storage_failed"), failing(errno.EIO):
        office.scores.run(OWNER, as_of=date(2026, 11, 23))
    office._resources.file_changes.settle()
    check(office)
    assert office.scores.run(OWNER, as_of=date(2026, 11, 23)).snapshot_id


def test_a_file_of_somebody_that_cannot_be_read_is_not_the_workspace_s_fault(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(errno.EACCES, "denied", str(tmp_path / "elsewhere.csv"))

    monkeypatch.setattr("data.ingest.run.import_file", refuse)
    with pytest.raises(PermissionError):
        import_text(office, "complaints", MORE)


def test_a_store_that_cannot_be_written_to_is_told_and_goes_on_after(office: Office) -> None:
    def visit(key: str) -> None:
        office.visits.record(OWNER, NewVisit(key=key, building_id="B1"))

    with office._workspace.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.commit()
    with told("storage_read_only"):
        visit("one")
    with office._workspace.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        connection.commit()
    visit("one")
    with files_at_most(1), told("storage_full"):
        visit("two")
    visit("two")
    check(office)


def test_a_backup_on_a_full_disk_is_told_and_made_with_room(office: Office, tmp_path: Path) -> None:
    import_text(office, "complaints", MORE)
    file = tmp_path / "office.gwbackup"
    with told("storage_failed"), files_at_most(100_000):
        office.backups.make(OWNER, file)
    assert [path.name for path in tmp_path.iterdir() if "office.gwbackup" in path.name] == []
    office.backups.make(OWNER, file)
    assert file.is_file()
    check(office)


@pytest.mark.parametrize("damage", [lambda _: b"", lambda old: old[: len(old) // 2]])
def test_a_damaged_derived_file_is_made_again_by_itself(
    office: Office, damage: Callable[[bytes], bytes]
) -> None:
    before = tickets(office)
    office.close()
    for path in office._workspace.derived_path.rglob("*.parquet"):
        path.write_bytes(damage(path.read_bytes()))
    again = open_office(office._workspace.root, now=lambda: NOW)
    with told("derived_damaged"):
        again.imports.tables(OWNER)
    assert tickets(again) == before
    check(again)
    again.close()


def test_a_damaged_import_is_told_by_its_file_and_comes_back_from_that_file(
    office: Office,
) -> None:
    import_text(office, "complaints", MORE, name="十一月.csv")
    before = tickets(office)
    manifest = office._workspace.lake.imports("complaints")[-1]
    office.close()
    rows = office._workspace.lake.rows_path(manifest)
    rows.write_bytes(rows.read_bytes()[:-100])
    for path in office._workspace.derived_path.rglob("*.parquet"):
        path.unlink()
    again = open_office(office._workspace.root, now=lambda: NOW)
    with told("import_damaged"):
        again.imports.tables(OWNER)
    again.imports.undo(OWNER, manifest.import_id)
    import_text(again, "complaints", MORE, name="十一月.csv")
    assert tickets(again) == before
    again.close()


def test_with_the_clock_set_back_work_goes_on_and_nothing_is_lost(office: Office) -> None:
    import_text(office, "complaints", MORE)
    office.visits.record(OWNER, NewVisit(key="one", building_id="B1"))
    before = tickets(office)
    office.close()
    earlier = open_office(office._workspace.root, now=lambda: NOW - timedelta(days=3))
    import_text(earlier, "complaints", MORE.replace("M", "N").replace("11-20", "11-19"))
    earlier.visits.record(OWNER, NewVisit(key="two", building_id="B2"))
    assert tickets(earlier) == before + 400
    check(earlier)
    earlier.close()
