"""Rules of backups: whole or not at all, of one moment, and every change of one is found."""

import io
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lakes
import pytest
from refusals import refused_as
from sqlalchemy import make_url

from data.integrity.backup import freeze as freezing
from data.integrity.backup.make import BackupMade, make_backup
from data.integrity.backup.restore import restore_backup
from data.integrity.backup.store_copy import BackupError
from data.integrity.verify import verify_workspace
from data.lake.manifest import Manifest
from data.workspace.folder import SECRET_FILE, Workspace
from data.workspace.locks import WorkspaceBusyError
from data.workspace.settings import SETTINGS_FILE

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PHRASE = "correct horse battery"
COMPLAINT = {"ticket_no": "1", "received_at": datetime(2026, 1, 1), "lon": 117.1, "lat": 36.1}  # noqa: DTZ001 -- local


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def new_url(kind: str, empty_postgresql: Callable[[], str]) -> Callable[[], str | None]:
    """Return what gives an empty database; with PostgreSQL it takes the place of the one before."""
    return lambda: empty_postgresql() if kind == "postgresql" else None


@pytest.fixture
def office(
    kind: str,
    workspace: Workspace,
    put_rows: Callable[..., Manifest],
    empty_postgresql: Callable[[], str],
) -> Iterator[Workspace]:
    """Return a workspace with an import, an audit line and a review."""
    if kind == "postgresql":
        settings = workspace.root / SETTINGS_FILE
        text = settings.read_text("utf-8").replace('url = ""', f'url = "{empty_postgresql()}"')
        settings.write_text(text, "utf-8")
        workspace = Workspace.open(workspace.root)
        assert workspace.settings.store.url
    put_rows(workspace, "complaints", [COMPLAINT])
    note(workspace, "first")
    yield workspace
    workspace.store.close()


def note(workspace: Workspace, word: str) -> None:
    with workspace.store.begin() as unit:
        unit.settings.put(f"word {word}", "字")
        unit.audit.add(at=NOW, actor="a", action="import", facts={"word": word})
        unit.commit()


def words(workspace: Workspace) -> list[str]:
    with workspace.store.begin() as unit:
        return [event.facts["word"] for event in reversed(unit.audit.newest()) if event.facts]


def back_up(workspace: Workspace, dest: Path, **more: object) -> BackupMade:
    return make_backup(workspace, dest, now=NOW, **more)  # type: ignore[arg-type]


def restored(made: BackupMade, folder: Path, **more: object) -> Workspace:
    restore_backup(made.file, folder, **more)  # type: ignore[arg-type]
    return Workspace.open(folder)


def rewritten(source: Path, dest: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Write a plain backup anew, each entry as ``change`` has it."""
    with tarfile.open(source) as old, tarfile.open(dest, "w") as new:
        for entry in old:
            file = old.extractfile(entry)
            assert file
            content = change(entry.name, file.read())
            if content is not None:
                entry.size = len(content)
                new.addfile(entry, io.BytesIO(content))
    return dest


def test_an_office_that_is_restored_is_as_it_was(
    office: Workspace, tmp_path: Path, new_url: Callable[[], str | None]
) -> None:
    made = back_up(office, tmp_path / "b", passphrase=PHRASE)
    before = words(office)
    office.store.close()
    again = restored(made, tmp_path / "new", passphrase=PHRASE, store_url=new_url())
    assert words(again) == before == ["first"]
    assert verify_workspace(again).problems == ()
    assert verify_workspace(again).checked["imports"] == 1
    note(again, "second")  # sequences, triggers and the head of the log go on
    assert words(again) == ["first", "second"]
    assert verify_workspace(again).problems == ()
    again.store.close()


def test_rows_at_an_address_are_in_the_backup_and_come_back_into_the_folder(
    workspace: Workspace, put_rows: Callable[..., Manifest], tmp_path: Path
) -> None:
    office = lakes.with_lake_at(workspace, lakes.address("memory", tmp_path))
    taken_back, _ = (put_rows(office, "complaints", [COMPLAINT | {"ticket_no": n}]) for n in "12")
    office.lake.undo(taken_back.import_id)
    made = back_up(office, tmp_path / "b", passphrase=PHRASE)
    office.close()
    assert office.lake_address is not None
    office.lake_address.delete("complaints")
    again = restored(made, tmp_path / "new", passphrase=PHRASE)
    assert all(again.lake.has_own_rows(each) for each in again.lake.imports(undone=True))
    assert verify_workspace(again).problems == ()
    assert verify_workspace(again).checked["imports"] == 2
    again.store.close()


def test_a_backup_without_a_passphrase_holds_no_key(
    office: Workspace, tmp_path: Path, new_url: Callable[[], str | None]
) -> None:
    made = back_up(office, tmp_path / "b")
    assert office.secret.hex().encode() not in made.file.read_bytes()
    with refused_as("keys_missing"):
        restore_backup(made.file, tmp_path / "new")
    other = tmp_path / "other.key"
    other.write_text("ab" * 32, encoding="ascii")
    with refused_as("keys_wrong"):
        restore_backup(made.file, tmp_path / "new", keys=other)
    assert not (tmp_path / "new").exists()
    office.store.close()
    again = restored(made, tmp_path / "new", keys=office.root / SECRET_FILE, store_url=new_url())
    assert verify_workspace(again).problems == ()
    again.store.close()


@pytest.mark.parametrize("kind", ["postgresql"])
def test_the_password_of_the_database_is_in_no_plain_backup(
    office: Workspace, tmp_path: Path
) -> None:
    made = back_up(office, tmp_path / "b")
    password = make_url(office.settings.store.url).password
    assert password
    assert f":{password}@".encode() not in made.file.read_bytes()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_all_that_is_wrong_with_a_backup_is_told_at_once(office: Workspace, tmp_path: Path) -> None:
    made = back_up(office, tmp_path / "b")

    def change(name: str, content: bytes) -> bytes | None:
        if name.endswith("rows.parquet"):
            return content[:-1] + bytes([content[-1] ^ 1])
        return None if name.endswith("audit.head") else content

    wrong = rewritten(made.file, tmp_path / "wrong", change)
    with tarfile.open(wrong, "a") as tar:
        tar.addfile(tarfile.TarInfo("workspace/../../escaped"))
    with pytest.raises(BackupError) as refused:
        restore_backup(wrong, tmp_path / "new", keys=office.root / SECRET_FILE)
    facts = refused.value.facts
    assert refused.value.code == "backup_damaged"
    assert facts["missing"] == ["workspace/audit.head"]
    assert [name.rpartition("/")[2] for name in facts["changed"]] == ["rows.parquet"]
    assert facts["unexpected"] == ["workspace/../../escaped"]
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize("kind", ["sqlite"])
def test_hashes_that_were_made_to_fit_need_the_secret(office: Workspace, tmp_path: Path) -> None:
    made = back_up(office, tmp_path / "b")
    head = (office.root / "audit.head").read_bytes()

    def change(name: str, content: bytes) -> bytes:
        import hashlib

        new = head.replace(b"1", b"2", 1)
        if name.endswith("audit.head"):
            return new
        old, other = (hashlib.sha256(each).hexdigest().encode() for each in (head, new))
        return content.replace(old, other) if name == "manifest.json" else content

    wrong = rewritten(made.file, tmp_path / "wrong", change)
    with refused_as("keys_wrong"):
        restore_backup(wrong, tmp_path / "new", keys=office.root / SECRET_FILE)


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("passphrase", [None, PHRASE])
def test_a_backup_that_was_cut_off_is_refused(
    office: Workspace, tmp_path: Path, passphrase: str | None
) -> None:
    made = back_up(office, tmp_path / "b", passphrase=passphrase)
    content = made.file.read_bytes()
    end = len(content) if passphrase else content.rindex(b"}")
    for share in (0.0, 0.3, 0.9, 0.999):
        (tmp_path / "cut").write_bytes(content[: int(end * share)])
        with pytest.raises(BackupError):
            restore_backup(
                tmp_path / "cut", tmp_path / "new", passphrase=passphrase,
                keys=office.root / SECRET_FILE,
            )  # fmt: skip
        assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_folder_in_which_something_is_stays_as_it_is(office: Workspace, tmp_path: Path) -> None:
    made = back_up(office, tmp_path / "b", passphrase=PHRASE)
    with refused_as("folder_not_empty"):
        restore_backup(made.file, office.root, passphrase=PHRASE)
    assert words(office) == ["first"]


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_database_in_which_something_is_stays_as_it_is(office: Workspace, tmp_path: Path) -> None:
    made = back_up(office, tmp_path / "b", passphrase=PHRASE)
    with refused_as("database_not_empty"):
        restore_backup(made.file, tmp_path / "new", passphrase=PHRASE)
    assert words(office) == ["first"]
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("dest", "passphrase", "code"),
    [
        ("there", None, "backup_exists"),
        ("office/backup", None, "backup_inside"),
        ("b", "short", "passphrase_short"),
    ],
)
def test_what_cannot_be_backed_up_is_refused(
    office: Workspace, tmp_path: Path, dest: str, passphrase: str | None, code: str
) -> None:
    (tmp_path / "there").write_text("x", encoding="ascii")
    with refused_as(code):
        back_up(office, tmp_path / dest, passphrase=passphrase)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_what_breaks_off_a_backup_leaves_neither_file_nor_draft(
    office: Workspace, tmp_path: Path
) -> None:
    def broken(_: BackupMade) -> None:
        raise OSError("the disk is full")

    before = {path.name for path in [*tmp_path.iterdir(), *office.root.iterdir()]}
    with pytest.raises(OSError, match="full"):
        back_up(office, tmp_path / "b", announce=broken)
    assert {path.name for path in [*tmp_path.iterdir(), *office.root.iterdir()]} == before


def test_a_backup_of_an_office_at_work_is_of_one_moment(
    office: Workspace,
    tmp_path: Path,
    put_rows: Callable[..., Manifest],
    new_url: Callable[[], str | None],
) -> None:
    """Each change puts an import into the lake and then its word into the log, as services do."""
    stop = threading.Event()
    number = 0

    def work() -> None:
        nonlocal number
        while not stop.is_set():
            with suppress(WorkspaceBusyError), office.lock():
                number += 1
                row = COMPLAINT | {"ticket_no": f"T{number}"}
                local = NOW.replace(tzinfo=None) + timedelta(seconds=number)
                put_rows(office, "complaints", [row], now=local)
                note(office, f"n{number}")
            stop.wait(0.05)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        made = [back_up(office, tmp_path / f"b{n}", passphrase=PHRASE) for n in range(2)]
    finally:
        stop.set()
        worker.join()
    office.store.close()
    for n, each in enumerate(made):
        again = restored(each, tmp_path / f"new{n}", passphrase=PHRASE, store_url=new_url())
        report = verify_workspace(again)
        assert report.problems == ()
        logged = len(words(again))
        assert report.checked["imports"] in {logged, logged + 1}  # the last one's line may wait
        again.store.close()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_an_office_that_never_rests_is_told_so(
    office: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezing, "TRIES", 2)
    copy_store = freezing.copy_store

    def and_then_changed(*args: object) -> object:
        (office.root / "lake" / f"x{len(list((office.root / 'lake').iterdir()))}").touch()
        return copy_store(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(freezing, "copy_store", and_then_changed)
    with refused_as("backup_too_busy"):
        back_up(office, tmp_path / "b")
    assert not (tmp_path / "b").exists()
