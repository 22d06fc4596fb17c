"""Rules of the lake of immutable imports."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from refusals import refused_as

from data.contracts.registry import TABLES
from data.lake import imports
from data.lake.manifest import Manifest
from data.lake.schema import rows_schema
from data.workspace.folder import Workspace

PutRows = Callable[..., Manifest]

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
ROW = {"ticket_no": "1", "received_at": datetime(2026, 1, 1)}  # noqa: DTZ001 -- the same


def test_a_crash_half_way_leaves_no_import(workspace: Workspace) -> None:
    empty = rows_schema(TABLES["complaints"]).empty_table()

    def crash() -> None:
        with workspace.lake.incoming() as incoming:
            incoming.write(empty)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        crash()
    assert workspace.lake.imports(undone=True) == []
    assert list(workspace.lake_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_away_by_the_next(workspace: Workspace) -> None:
    stale = workspace.lake_path / ".incoming"
    stale.mkdir()
    (stale / "rows.parquet").write_bytes(b"half")
    with workspace.lake.incoming() as incoming:
        assert list(incoming.folder.iterdir()) == []
    assert workspace.lake.imports(undone=True) == []


def test_names_of_imports_sort_by_their_order_even_within_a_second(
    workspace: Workspace, put_rows: PutRows
) -> None:
    names = [put_rows(workspace, "complaints", [ROW | {"title": t}]).import_id for t in "cab"]
    workspace.lake.undo(names[-1])
    names.append(put_rows(workspace, "persons", [{"person_id": "P1"}]).import_id)
    assert names == sorted(set(names))


def test_counts_that_do_not_add_up_are_no_manifest() -> None:
    facts: dict[str, Any] = dict.fromkeys(
        ("import_id", "table", "file_name", "sha256", "options_hash"), "x"
    )
    with refused_as("rows_do_not_add_up"):
        Manifest(**facts, imported_at=NOON, rows_in=10, accepted=5, quarantined=3, duplicates=1)


def test_a_manifest_that_was_changed_is_noticed(workspace: Workspace, put_rows: PutRows) -> None:
    manifest = put_rows(workspace, "complaints", [ROW])
    path = workspace.lake_path / "complaints" / manifest.import_id / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {"file_name": "other.csv"}), encoding="utf-8")
    with refused_as("manifest_changed"):
        workspace.lake.imports()


def test_tables_with_geometry_are_kept_as_geoparquet(
    workspace: Workspace, put_rows: PutRows
) -> None:
    manifest = put_rows(workspace, "grids", [{"grid_code": "370902001001001"}])
    metadata = pq.read_schema(workspace.lake.rows_path(manifest)).metadata
    assert json.loads(metadata[b"geo"])["primary_column"] == "geom"


def test_an_import_taken_back_while_the_lake_is_listed_is_not_in_the_list(
    workspace: Workspace, put_rows: PutRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (
        put_rows(workspace, "complaints", [{"ticket_no": n, "received_at": NOON}]) for n in "12"
    )
    read, taken_back = imports.read_manifest, []

    def read_after_undo(path: Path) -> Manifest:
        if not taken_back:
            taken_back.append(workspace.lake.root / "complaints" / first.import_id)
            (taken_back[0] / "manifest.json").rename(taken_back[0] / "manifest.undone.json")
        return read(path)

    monkeypatch.setattr(imports, "read_manifest", read_after_undo)
    assert [m.import_id for m in workspace.lake.imports()] == [second.import_id]
