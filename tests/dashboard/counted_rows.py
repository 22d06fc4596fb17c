"""Count the rows that something takes out of the store, the lake, derived tables and snapshots."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from ibis.backends.duckdb import Backend
from sqlalchemy.engine.cursor import CursorFetchStrategy

from data.derived.backends import duckdb_sessions
from data.lake import selected_rows
from data.store.repositories.patrols import patrols
from risk.explanation import lookup

ROOT = Path(__file__).parents[2]
OURS = tuple(str(ROOT / package) for package in ("data", "governance", "risk", "dashboard"))


@contextmanager
def counting_rows() -> Iterator[Counter[str]]:
    """Count rows by the function of ours that asked for them, inside the block."""
    seen: Counter[str] = Counter()

    def counted(real: Callable[..., Any], size: Callable[[Any], int]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            answer = real(*args, **options)
            seen[_asker()] += size(answer)
            return answer

        return call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name, size in _READERS:
            patch.setattr(owner, name, counted(getattr(owner, name), size))
        yield seen


def _size(answer: Any) -> int:
    return len(answer) if hasattr(answer, "__len__") else 1


_READERS: tuple[tuple[Any, str, Callable[[Any], int]], ...] = (
    (CursorFetchStrategy, "fetchall", len),
    (CursorFetchStrategy, "fetchmany", len),
    (CursorFetchStrategy, "fetchone", lambda row: int(row is not None)),
    (Backend, "execute", _size),
    (Backend, "to_pyarrow", _size),
    (duckdb_sessions.LocalTables, "run", len),
    (selected_rows, "select_rows", len),
    (lookup, "select_rows", len),
    (patrols, "joined", len),
    (pq, "read_table", len),
)
"""What gives rows: of the store and its pieces, of DuckDB by Ibis, of Parquet files.

`select_rows` reads no more than a group of rows for each that it gives.
"""


_ASKED_FOR_OTHERS = ("/data/store/", "/data/workspace/cache.py")


def _asker() -> str:
    """Return the innermost function of ours that is being run."""
    frame = sys._getframe(2)
    names = []
    while frame is not None and len(names) < 4:
        file = frame.f_code.co_filename
        if file.startswith(OURS) and not any(part in file for part in _ASKED_FOR_OTHERS):
            names.append(f"{Path(file).relative_to(ROOT)}:{frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(names)
