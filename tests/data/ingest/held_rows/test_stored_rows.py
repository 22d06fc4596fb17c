"""Rules of comparing new rows with what the lake holds."""

import itertools
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.ingest.held_rows.stored_rows import compare_with_held
from data.lake.manifest import Manifest
from data.lake.schema import ROW_HASH, ROW_KEY
from data.workspace.folder import Workspace

PutRows = Callable[..., Manifest]

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
MINUTES = itertools.count()
IMPORTS = st.lists(
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("xyz"), min_size=1),
    min_size=1,
    max_size=5,
)


def put(put_rows: PutRows, workspace: Workspace, titles: dict[str, str], minute: int) -> Manifest:
    rows = [
        {"ticket_no": key, "title": title, "received_at": NOON} for key, title in titles.items()
    ]
    return put_rows(workspace, "complaints", rows, now=NOON + timedelta(minutes=minute))


def counted_one_by_one(workspace: Workspace, rows: Path) -> tuple[int, int]:
    """Count as the rule says it: what a key holds is what the newest import says of it."""
    held: dict[str, str] = {}
    for manifest in workspace.lake.imports("complaints"):
        read = pq.read_table(workspace.lake.rows_path(manifest))
        held |= dict(zip(read[ROW_KEY].to_pylist(), read[ROW_HASH].to_pylist(), strict=True))
    new = pq.read_table(rows)
    pairs = zip(new[ROW_KEY].to_pylist(), new[ROW_HASH].to_pylist(), strict=True)
    alike = [held[key] == content for key, content in pairs if key in held]
    return sum(alike), len(alike) - sum(alike)


@pytest.fixture(scope="module")
def office(empty_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace whose imports each example takes back when it ends."""
    folder = tmp_path_factory.mktemp("held") / "office"
    return Workspace.open(shutil.copytree(empty_folder, folder))


@settings(max_examples=15)
@given(imports=IMPORTS, taken_back=st.booleans())
def test_new_rows_are_compared_with_what_the_newest_import_of_their_key_says(
    office: Workspace, put_rows: PutRows, imports: list[dict[str, str]], *, taken_back: bool
) -> None:
    *kept, new = [put(put_rows, office, titles, next(MINUTES)) for titles in imports]
    office.lake.undo(new.import_id)
    if kept and taken_back:
        office.lake.undo(kept.pop(0).import_id)
    rows = office.lake.rows_path(new)
    assert compare_with_held(office, "complaints", rows) == counted_one_by_one(office, rows)
    for manifest in kept:
        office.lake.undo(manifest.import_id)


def test_rows_of_an_import_that_cannot_have_a_new_key_are_not_read(
    workspace: Workspace, put_rows: PutRows, tmp_path: Path
) -> None:
    old = put(put_rows, workspace, {"2025001": "x", "2025009": "y"}, 0)
    new = put(put_rows, workspace, {"2026001": "x"}, 1)
    rows = shutil.copy(workspace.lake.rows_path(new), tmp_path / "new.parquet")
    workspace.lake.undo(new.import_id)
    path = workspace.lake.rows_path(old)
    first = min(
        pq.read_metadata(path).row_group(0).column(n).data_page_offset
        for n in range(pq.read_metadata(path).num_columns)
    )
    content = bytearray(path.read_bytes())
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    content[first:footer] = bytes(footer - first)  # reading any column would now fail
    path.write_bytes(bytes(content))
    assert compare_with_held(workspace, "complaints", rows) == (0, 0)


def test_keys_of_a_large_import_are_compared_without_a_column_of_them_in_memory(
    workspace: Workspace, put_rows: PutRows
) -> None:
    put(put_rows, workspace, dict.fromkeys(map(str, range(3_000)), "x"), 0)
    new = put(put_rows, workspace, dict.fromkeys(map(str, range(1_000, 4_000)), "y"), 1)
    rows = workspace.lake.rows_path(new).rename(workspace.root / "new.parquet")
    workspace.lake.undo(new.import_id)
    usual = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(pool)
    try:
        assert compare_with_held(workspace, "complaints", rows) == (0, 2_000)
    finally:
        pa.set_memory_pool(usual)
    assert not pool.max_memory()
