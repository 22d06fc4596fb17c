"""Stores and their connections."""

import errno
import gc
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from patience import PATIENCE_S
from refusals import refused_as
from sqlalchemy import func, select

from data.store.unit_of_work import Store, StoreError, TextError
from data.workspace import atomic


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


def test_no_page_of_a_file_holds_what_was_deleted(tmp_path: Path) -> None:
    file = tmp_path / "gridwarden.db"
    store = Store(f"sqlite:///{file}")
    for value in ({"who": "deleted" * 5_000}, {}):
        with store.begin() as unit:
            unit.settings.put("kept", value)
            unit.commit()
    assert "deleted" in _of_files(tmp_path)
    store.forget_deleted()
    assert "deleted" not in _of_files(tmp_path)


def _of_files(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in folder.iterdir())


@pytest.mark.parametrize(
    "url", ["sqlite:///a\0b", "postgresql+psycopg://a@[::1", "sqlite:///\ud83d"]
)
def test_an_address_that_none_can_be_is_told_as_that(url: str) -> None:
    with refused_as("store_unreachable"):
        _ = Store(url).engine


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "storage_full"), (errno.EROFS, "storage_read_only"),
     (None, "store_unreachable")],
)  # fmt: skip
def test_a_store_whose_folder_takes_no_file_is_told_by_what_the_folder_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int | None, code: str
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise OSError(number, "refused")

    if number is not None:
        monkeypatch.setattr(atomic, "TemporaryFile", refuse)
    with pytest.raises(StoreError) as told:
        _ = Store(f"sqlite:///{tmp_path}").engine
    assert told.value.code == code


def _pages_overwritten(content: bytes) -> bytes:
    return content[:4096] + b"\xa5" * (len(content) - 4096)


def _cut_in_half(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    "damage", [_cut_in_half, _pages_overwritten, lambda _: b"no database", lambda _: b""]
)
def test_a_damaged_or_emptied_file_is_told_and_never_begun_anew(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    file, head = tmp_path / "gridwarden.db", tmp_path / "audit.head"
    store = Store(f"sqlite:///{file}", head_file=head)
    with store.begin() as unit:
        unit.audit.add(at=datetime.now(UTC), actor="a", action="b", facts={})
        unit.commit()
    store.close()
    file.write_bytes(damage(file.read_bytes()))
    kept = head.read_bytes()
    again = Store(f"sqlite:///{file}", head_file=head)
    with pytest.raises(StoreError) as told, again.begin() as unit:
        unit.accounts.of_login("a")
    assert told.value.code == "store_damaged"
    assert head.read_bytes() == kept


def test_of_two_who_wait_for_each_other_one_is_told_to_try_again(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    both_hold_one = Barrier(2)

    def hold(numbers: tuple[int, int]) -> str:
        with store.begin() as unit:
            unit.session.execute(select(func.pg_advisory_xact_lock(numbers[0])))
            both_hold_one.wait(PATIENCE_S)
            try:
                unit.session.execute(select(func.pg_advisory_xact_lock(numbers[1])))
            except StoreError as told:
                return told.code
        return ""

    with ThreadPoolExecutor(2) as crowd:
        assert sorted(crowd.map(hold, [(1, 2), (2, 1)])) == ["", "store_busy"]
