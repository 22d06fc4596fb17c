"""Rules of the sessions of DuckDB: what spills to disk, lists of texts that are asked about."""

import os
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from data.derived.backends.duckdb_sessions import SCRATCH, ask_about_texts, connect, in_lists
from data.workspace.folder import Workspace

ROWS = 600_000
SORTED = "SELECT md5(range::VARCHAR) AS text FROM range(600_000) ORDER BY text"
LIMITS = "SET memory_limit = '30MB'; SET threads = 2"
DAY_S = 86_400


def scratch_of(workspace: Workspace) -> Path:
    return workspace.derived_path / SCRATCH


def test_two_databases_that_spill_at_once_read_what_each_has_written(workspace: Workspace) -> None:
    sessions = [connect(workspace) for _ in range(2)]
    readers = []
    for session in sessions:
        session.raw_sql(LIMITS)
        readers.append(session.con.execute(SORTED).to_arrow_reader(10_000))
    spilled = {path.parent for path in scratch_of(workspace).rglob("*.tmp")}
    texts = [pa.Table.from_batches(reader)["text"].to_pylist() for reader in reversed(readers)]
    for session in sessions:
        session.disconnect()
    assert len(spilled) == len(sessions)
    assert texts[0] == texts[1] == sorted(texts[0])
    assert len(texts[0]) == ROWS
    assert not list(scratch_of(workspace).iterdir()), "nothing is left"


def test_what_a_killed_process_spilled_is_deleted_a_day_later(workspace: Workspace) -> None:
    left, running = (scratch_of(workspace) / f"duckdb-{name}" for name in ("left", "running"))
    for folder in (left, running):
        folder.mkdir(parents=True)
        (folder / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    before = left.stat().st_mtime - 2 * DAY_S
    for path in (left / "duckdb_temp_storage_DEFAULT-0.tmp", left):
        os.utime(path, (before, before))
    connect(workspace).disconnect()
    assert not left.exists()
    assert running.exists()


def test_files_that_were_read_take_no_memory_of_a_session(workspace: Workspace) -> None:
    session, file = connect(workspace), workspace.derived_path / "rows.parquet"
    pq.write_table(pa.table({"row": range(ROWS)}), file)
    assert session.read_parquet(str(file))["row"].max().to_pyarrow().as_py() == ROWS - 1
    kept = "SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'EXTERNAL_FILE_CACHE'"
    assert session.con.execute(kept).fetchall() == [(0,)]


def test_rows_are_found_by_the_list_that_is_asked_about_now_in_each_session() -> None:
    sessions = [ibis.duckdb.connect() for _ in range(2)]
    tables = [
        session.create_table("rows", pa.table({"name": ["a", "b", "c"], "of": [at] * 3}))
        for at, session in enumerate(sessions)
    ]
    others = [
        session.create_table("others", pa.table({"name": ["b", "d"]})) for session in sessions
    ]
    for wanted in (["a", "b"], ["a", "b"], ["c"], [], ["b"]):
        for at, (rows, other) in enumerate(zip(tables, others, strict=True)):
            found = ask_about_texts(rows, {"name": wanted}, in_lists).to_pydict()
            assert sorted(found["name"]) == wanted
            assert set(found["of"]) <= {at}
            there = ask_about_texts(other, {"name": wanted}, in_lists)["name"].to_pylist()
            assert there == [name for name in wanted if name == "b"]
