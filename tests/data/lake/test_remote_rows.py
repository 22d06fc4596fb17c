"""Rows that lie at an address of the lake: read as if they lay in the folder."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import lakes
import pyarrow as pa
import pytest
from refusals import refused_as

from data.derived.build import Derivation
from data.engine import Engine
from data.integrity.backup.make import make_backup
from data.integrity.storage_failures import storage_error_of
from data.integrity.undone_imports import erase_undone
from data.integrity.verify import verify_workspace
from data.lake.address import LakeAddress, LakeError
from data.lake.imports import IncomingImport, Lake
from data.lake.manifest import Manifest
from data.lake.remote_rows import UNREAD_S
from data.workspace.folder import ROW_COPIES, Workspace

PutRows = Callable[..., Manifest]
ROWS = [
    {"ticket_no": "1", "received_at": datetime(2026, 1, 1), "building_id": "A"},  # noqa: DTZ001 -- local
    {"ticket_no": "2", "received_at": datetime(2026, 1, 2), "lon": 117.1, "lat": 36.1},  # noqa: DTZ001 -- local
]


@pytest.fixture(params=lakes.KINDS)
def distant(request: pytest.FixtureRequest, workspace: Workspace, tmp_path: Path) -> Workspace:
    """Return an empty workspace whose lake lies elsewhere."""
    return lakes.with_lake_at(workspace, lakes.address(request.param, tmp_path))


@pytest.fixture
def filled(distant: Workspace, put_rows: PutRows) -> Workspace:
    put_rows(distant, "buildings", [{"building_id": "A", "lon": 117.1, "lat": 36.1}])
    put_rows(distant, "complaints", ROWS)
    return distant


def address_of(workspace: Workspace) -> LakeAddress:
    assert workspace.lake_address is not None
    return workspace.lake_address


def codes(workspace: Workspace) -> set[str]:
    return {problem.code for problem in verify_workspace(workspace).problems}


def complaints(workspace: Workspace) -> list[str]:
    engine = Engine(workspace)
    try:
        rows = engine.table("complaints").select("ticket_no", "building_id").to_pandas()
    finally:
        engine.close()
    return sorted(rows["ticket_no"])


def change(workspace: Workspace, manifest: Manifest, content: bytes) -> None:
    (file := workspace.root / "other").write_bytes(content)
    address_of(workspace).put(file, f"{manifest.table}/{manifest.import_id}/rows.parquet")
    file.unlink()


def test_rows_lie_at_the_address_and_only_manifests_in_the_folder(filled: Workspace) -> None:
    names = [f"{m.table}/{m.import_id}/rows.parquet" for m in filled.lake.imports()]
    assert address_of(filled).names("") == sorted(names)
    assert {path.name for path in filled.lake_path.rglob("*.*")} == {"manifest.json"}
    assert complaints(filled) == ["1", "2"]
    assert codes(filled) == set()


def test_derived_files_deleted_whole_come_back_from_the_address(filled: Workspace) -> None:
    before = complaints(filled)
    shutil.rmtree(filled.derived_path)
    assert complaints(filled) == before
    assert codes(filled) == set()


def test_a_second_import_and_one_taken_back_are_those_of_a_folder(
    filled: Workspace, put_rows: PutRows
) -> None:
    newer = put_rows(filled, "complaints", [ROWS[0] | {"ticket_no": "3"}])
    assert complaints(filled) == ["1", "2", "3"]
    filled.lake.undo(newer.import_id)
    assert complaints(filled) == ["1", "2"]
    assert codes(filled) == set()  # what was taken back stays where it is
    assert filled.lake.undone_with_rows() == [replace(newer, undone=True)]


def test_rows_of_an_import_that_was_taken_back_are_erased_at_the_address(
    filled: Workspace, put_rows: PutRows, tmp_path: Path
) -> None:
    newer = put_rows(filled, "complaints", [ROWS[0] | {"ticket_no": "3"}])
    with pytest.raises(ValueError, match=newer.import_id):
        filled.lake.delete_rows(newer)
    filled.lake.undo(newer.import_id)
    (undone,) = filled.lake.undone_with_rows()
    filled.lake.delete_rows(undone)
    assert filled.lake.undone_with_rows() == []
    assert not [name for name in address_of(filled).names("") if newer.import_id in name]
    assert not list(filled.root.rglob(f"{newer.import_id}.parquet*"))
    assert complaints(filled) == ["1", "2"]
    assert codes(filled) == set()
    copies = filled.derived_path / ROW_COPIES
    kept = {*copies.rglob("*.parquet")}
    for path in kept:
        os.utime(path, (0, 0))
    erase_undone(filled, [undone])
    assert {*copies.rglob("*.parquet")} == kept
    make_backup(filled, tmp_path / "backup", now=datetime(2026, 2, 1, tzinfo=UTC))


def test_rows_changed_at_the_address_are_found_and_never_read(filled: Workspace) -> None:
    manifest = filled.lake.imports("complaints")[0]
    change(filled, manifest, b"other rows")
    assert "rows_changed" in codes(filled)
    shutil.rmtree(filled.derived_path)
    with refused_as("rows_changed"):
        filled.lake.rows_path(manifest)
    assert not list(filled.derived_path.rglob("*.parquet"))


def test_a_copy_that_was_changed_is_found_and_fetched_anew(filled: Workspace) -> None:
    manifest = filled.lake.imports("complaints")[0]
    filled.lake.rows_path(manifest).write_bytes(b"other rows")
    assert "derived_changed" in codes(filled)
    told = storage_error_of(filled, pa.ArrowInvalid("of a reader"))
    assert told is not None
    assert told.code == "derived_damaged"
    assert complaints(filled) == ["1", "2"]
    assert codes(filled) == set()


def test_rows_without_a_manifest_are_found(filled: Workspace) -> None:
    (file := filled.root / "other").write_bytes(b"rows")
    address_of(filled).put(file, "complaints/20260101T000000-abcdef/rows.parquet")
    assert codes(filled) == {"unexpected_file"}
    filled.lake.take_back("complaints", "20260101T000000-abcdef")
    assert codes(filled) == set()


def test_a_changed_copy_for_spark_is_found(filled: Workspace) -> None:
    complaints(filled)
    file = next(filled.derived_path.glob("current/complaints-*.parquet"))
    name = f"for_spark/{file.relative_to(filled.root).as_posix()}"
    address_of(filled).put(file, name)
    assert codes(filled) == set()
    content = bytearray(file.read_bytes())
    content[9] ^= 1
    (other := filled.root / "other").write_bytes(content)
    address_of(filled).put(other, name)
    other.unlink()
    assert codes(filled) == {"copy_changed"}


def test_rows_that_are_not_at_the_address_are_missed(filled: Workspace) -> None:
    manifest = filled.lake.imports("complaints")[0]
    address_of(filled).delete("complaints")
    assert "rows_missing" in codes(filled)
    with pytest.raises(LakeError, match="Rows missing"):
        filled.lake.require_rows(manifest)


def test_a_folder_whose_rows_lie_elsewhere_says_so_once_its_address_is_gone(
    filled: Workspace,
) -> None:
    shutil.rmtree(filled.derived_path)
    again = lakes.with_lake_at(filled, "")
    with pytest.raises(LakeError, match="Rows missing"):
        complaints(again)
    assert "rows_missing" in codes(again)


def test_earlier_imports_stay_in_the_folder_and_are_read_from_there(
    workspace: Workspace, put_rows: PutRows, tmp_path: Path
) -> None:
    put_rows(workspace, "complaints", ROWS[:1])
    both = lakes.with_lake_at(workspace, lakes.address("memory", tmp_path))
    put_rows(both, "complaints", ROWS[1:])
    assert complaints(both) == ["1", "2"]
    assert len(address_of(both).names("")) == 1
    assert codes(both) == set()


def test_a_lake_that_is_moved_with_any_tool_is_found_at_its_address(
    workspace: Workspace, put_rows: PutRows, tmp_path: Path
) -> None:
    put_rows(workspace, "complaints", ROWS)
    workspace.close()
    lakes.move_lake(workspace.root, tmp_path / "at lake")
    moved = Workspace.open(workspace.root)
    assert complaints(moved) == ["1", "2"]
    assert codes(moved) == set()


def test_an_import_whose_rows_cannot_be_brought_leaves_nothing(
    filled: Workspace, put_rows: PutRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise LakeError("lake_unreachable", seen="TimeoutError")

    before = filled.lake.imports(undone=True)
    with monkeypatch.context() as patch:
        patch.setattr(LakeAddress, "put", stop)
        with pytest.raises(LakeError):
            put_rows(filled, "complaints", [ROWS[0] | {"ticket_no": "3"}])
    assert filled.lake.imports(undone=True) == before
    assert codes(filled) == set()


def test_copies_that_nobody_asks_for_are_deleted_when_another_comes(filled: Workspace) -> None:
    complaints(filled)
    old, other = (filled.lake.rows_path(each) for each in filled.lake.imports())
    other.unlink()
    read = old.stat().st_mtime - UNREAD_S - 1
    os.utime(old, (read, read))
    filled.lake.rows_path(filled.lake.imports("complaints")[0])
    assert (old.exists(), other.exists()) == (False, True)
    assert complaints(filled) == ["1", "2"]


def test_derived_files_are_the_same_bytes_as_those_of_a_folder(
    workspace: Workspace, put_rows: PutRows, tmp_path: Path
) -> None:
    def derived(office: Workspace) -> dict[str, bytes]:
        put_rows(office, "complaints", ROWS)
        with Derivation(office) as derivation:
            derivation.refresh()
        files = {p: p.read_bytes() for p in office.derived_path.rglob("*.parquet")}
        return {p.relative_to(office.derived_path).as_posix(): b for p, b in files.items()}

    other = Workspace.open(shutil.copytree(workspace.root, tmp_path / "other"))
    distant = lakes.with_lake_at(other, lakes.address("memory", tmp_path))
    ours, theirs = derived(workspace), derived(distant)
    assert {name: theirs.pop(name) for name in ours} == ours
    assert {name.split("/")[0] for name in theirs} == {"rows"}


def test_an_import_that_is_only_rehearsed_is_not_brought(distant: Workspace) -> None:
    assert isinstance(distant.lake, Lake)
    with distant.lake.incoming() as incoming:
        assert isinstance(incoming, IncomingImport)
    assert address_of(distant).names("") == []
