"""Stores and their connections."""

import gc
import sqlite3
from pathlib import Path

import pytest

from data.store.unit_of_work import Store, TextError


def _pooled(store: Store) -> sqlite3.Connection:
    """Return a connection that waits in the pool of a store."""
    lent = store.engine.raw_connection()
    connection = lent.dbapi_connection
    lent.close()
    assert isinstance(connection, sqlite3.Connection)
    assert connection.execute("SELECT 1").fetchone() == (1,)
    return connection


def test_a_store_leaves_no_connection_open_be_it_closed_or_let_go(tmp_path: Path) -> None:
    closed = Store(f"sqlite:///{tmp_path / 'closed.db'}")
    first = _pooled(closed)
    closed.close()
    let_go = Store(f"sqlite:///{tmp_path / 'let_go.db'}")
    second = _pooled(let_go)
    del let_go
    gc.collect()
    for connection in (first, second):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")


@pytest.mark.parametrize("text", ["\ud83d", "a\0b"])
def test_a_text_that_no_database_holds_is_told_as_that(store: Store, text: str) -> None:
    if "\0" in text and store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite keeps it")
    with store.begin() as unit, pytest.raises(TextError):
        unit.accounts.of_login(text)
