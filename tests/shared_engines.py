"""What each store and each office would begin anew or wait for, though no test asks about it.

SQL of the store is compiled once for all stores, and there is one DuckDB database, of which every
office has connections of its own: beginning one takes 10 ms, several thousand times. A new file of
SQLite gets the empty tables that the migrations made in the first one. Nothing waits until it is
on the disk: no test ends by a power cut. That it would is asked by tests that put a flush of their
own in the place of this one.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import ibis
import pytest
from sqlalchemy import Connection, Engine, inspect
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
def migrating_once(migrate: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Give what does the same, but copies the empty tables into each file but the first."""
    made: list[sqlite3.Connection] = []

    def migrate_or_copy(
        engine: Engine, *, at_end: Callable[[Connection], None], **how: Any
    ) -> None:
        if engine.dialect.name != "sqlite" or inspect(engine).get_table_names():
            migrate(engine, at_end=at_end, **how)
            return
        with engine.connect() as connection:
            file: Any = connection.connection.driver_connection
            if made:
                made[0].backup(file)
            else:
                migrate(engine, at_end=lambda _connection: None, **how)
                made.append(sqlite3.connect(":memory:", check_same_thread=False))
                file.backup(made[0])
        migrate(engine, at_end=at_end, **how)

    yield migrate_or_copy
    for tables in made:
        tables.close()


@contextmanager
def shared_engines() -> Iterator[None]:
    """Share all that, and wait for no disk, as long as the block lasts."""
    from data.derived import stored_versions
    from data.derived.backends import duckdb_sessions, written_sql
    from data.ingest.held_rows import later_states, stored_rows
    from data.store import migrate, unit_of_work

    options = {"compiled_cache": Statements()}

    @cache
    def database() -> Any:
        spilled = Path(tempfile.gettempdir()) / f"duckdb-{os.getpid()}"
        return ibis.duckdb.connect(memory_limit="512MB", temp_directory=str(spilled)).con

    def connect(_workspace: Any) -> Any:
        session = ibis.duckdb.from_connection(database().cursor())
        return written_sql.writing_sql_once(duckdb_sessions._leaving_geometry(session))

    prepare = unit_of_work.prepare_sqlite

    def prepare_sqlite(connection: Any, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    with pytest.MonkeyPatch.context() as patch, migrating_once(migrate.migrate) as migrate_once:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        patch.setattr(migrate, "migrate", migrate_once)
        patch.setattr(unit_of_work, "prepare_sqlite", prepare_sqlite)
        patch.setattr(
            unit_of_work, "create_engine",
            partial(unit_of_work.create_engine, execution_options=options),
        )  # fmt: skip
        for module in (duckdb_sessions, later_states, stored_rows, stored_versions):
            patch.setattr(module, "connect", connect)
        yield
