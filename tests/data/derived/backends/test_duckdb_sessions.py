"""Rules of the sessions of DuckDB: what spills to disk."""

import os
from pathlib import Path

import pyarrow as pa

from data.derived.backends.duckdb_sessions import SCRATCH, connect
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
