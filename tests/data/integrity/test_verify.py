"""Rules of verifying a workspace: what was changed is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from data.derived.build import Derivation
from data.integrity.verify import verify_workspace
from data.lake.manifest import Manifest, write_manifest
from data.workspace.folder import Workspace

ROWS = [
    {"ticket_no": "1", "received_at": datetime(2026, 1, 1), "lon": 117.1, "lat": 36.1},  # noqa: DTZ001 -- local
    {"ticket_no": "2", "received_at": datetime(2026, 1, 2), "building_id": "A"},  # noqa: DTZ001 -- local
]


@pytest.fixture
def filled(workspace: Workspace, put_rows: Callable[..., Manifest]) -> Workspace:
    """Return a workspace with a building and two complaints, everything derived."""
    put_rows(workspace, "buildings", [{"building_id": "A", "lon": 117.1, "lat": 36.1}])
    put_rows(workspace, "complaints", ROWS)
    with Derivation(workspace) as derivation:
        derivation.refresh()
    return workspace


def change_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def codes(workspace: Workspace) -> set[str]:
    return {problem.code for problem in verify_workspace(workspace).problems}


def test_an_untouched_workspace_is_sound(filled: Workspace) -> None:
    report = verify_workspace(filled)
    assert report.sound
    assert report.checked["imports"] == 2


def test_an_empty_workspace_is_sound(workspace: Workspace) -> None:
    assert verify_workspace(workspace).sound


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("lake/complaints/*/rows.parquet", "rows_changed"),
        ("derived/current/complaints-*.parquet", "derived_changed"),
        ("derived/placement/complaints/*.parquet", "derived_changed"),
        ("derived/register-*.parquet", "derived_changed"),
    ],
)
def test_one_changed_byte_is_found(filled: Workspace, pattern: str, code: str) -> None:
    change_a_byte(next(filled.root.glob(pattern)))
    assert code in codes(filled)


def test_every_problem_is_reported_not_only_the_first(filled: Workspace) -> None:
    for path in filled.lake_path.glob("*/*/rows.parquet"):
        change_a_byte(path)
    (filled.root / "secret.key").write_text("", encoding="ascii")
    found = [problem.code for problem in verify_workspace(filled).problems]
    assert found.count("rows_changed") == 2
    assert "secret_missing" in found


def test_a_missing_rows_file_is_found(filled: Workspace) -> None:
    next(filled.lake_path.glob("complaints/*/rows.parquet")).unlink()
    assert "rows_missing" in codes(filled)


def test_a_manifest_that_counts_other_rows_is_found(filled: Workspace) -> None:
    manifest = filled.lake.imports("complaints")[0]
    path = filled.lake_path / "complaints" / manifest.import_id / "manifest.json"
    write_manifest(path, replace(manifest, rows_stored=5))
    assert "row_count_differs" in codes(filled)


def test_an_import_taken_back_is_still_checked(filled: Workspace) -> None:
    manifest = filled.lake.undo(filled.lake.imports("complaints")[0].import_id)
    change_a_byte(filled.lake.rows_path(manifest))
    assert codes(filled) == {"rows_changed"}


def test_a_folder_without_a_manifest_is_found(filled: Workspace) -> None:
    (filled.lake_path / "complaints" / "20260101T000000-abcdef").mkdir()
    assert "manifest_count" in codes(filled)
