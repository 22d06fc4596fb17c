"""What each store and each office would begin anew, though it is the same for all in a process.

SQL of the store is compiled once for all stores, and there is one DuckDB database, of which every
office has connections of its own: beginning one takes 10 ms, several thousand times.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import ibis
import pytest
from sqlalchemy.util import LRUCache

MOST_STATEMENTS = 5_000


class Statements(MutableMapping[Any, Any]):
    """Compiled statements; in SQLAlchemy's keys a dialect is that of one store alone."""

    def __init__(self) -> None:
        self._kept: LRUCache[Any, Any] = LRUCache(MOST_STATEMENTS)

    @staticmethod
    def _key(key: Any) -> Any:
        dialect, *others = key
        return (type(dialect), *others)

    def __getitem__(self, key: Any) -> Any:
        return self._kept[self._key(key)]

    def __setitem__(self, key: Any, compiled: Any) -> None:
        self._kept[self._key(key)] = compiled

    def __delitem__(self, key: Any) -> None:
        del self._kept[self._key(key)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


@contextmanager
def shared_engines() -> Iterator[None]:
    """Share both as long as the block lasts."""
    from data.derived.backends import duckdb_sessions, written_sql
    from data.store import unit_of_work

    options = {"compiled_cache": Statements()}

    @cache
    def database() -> Any:
        spilled = Path(tempfile.gettempdir()) / f"duckdb-{os.getpid()}"
        return ibis.duckdb.connect(memory_limit="512MB", temp_directory=str(spilled)).con

    def connect(_workspace: Any) -> Any:
        session = ibis.duckdb.from_connection(database().cursor())
        return written_sql.writing_sql_once(duckdb_sessions._leaving_geometry(session))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            unit_of_work, "create_engine",
            partial(unit_of_work.create_engine, execution_options=options),
        )  # fmt: skip
        patch.setattr(duckdb_sessions, "connect", connect)
        yield
