"""The store as of one moment, taken while it is written to, and put into an empty database.

SQLite by its own backup interface, which blocks nobody; PostgreSQL by COPY within one transaction
that reads as of its beginning, so that no program of another version is needed beside ours.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from data.store.audit.chain import Sealing
from data.store.repositories.pending_files import PendingFiles
from data.store.repositories.records.evidence import EvidencePieces
from data.store.unit_of_work import Store
from data.workspace.content_store import PIECE_BYTES
from data.workspace.folder import STORE_FILE
from geo.errors import GridwardenError

VERSION_TABLE: Final = "alembic_version"


class BackupError(GridwardenError):
    """A backup cannot be made, or none can be restored from a file."""


@dataclass(frozen=True, kw_only=True)
class StoreCopy:
    """What a copy of the store holds."""

    kind: str
    """``sqlite`` or ``postgresql``."""
    revision: str
    """The migration that it is at."""
    tables: dict[str, list[str]] = field(default_factory=dict)
    """Of PostgreSQL: table → its columns, in the order in which they can be filled."""
    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """Of PostgreSQL: sequence → its last value, and whether that was given out."""
    named: frozenset[str] = frozenset()
    """SHA-256 of the files of evidence that its rows name."""


def copy_store(store: Store, folder: Path) -> StoreCopy:
    """Write the store as it is at one moment into a folder."""
    if store.engine.dialect.name == "sqlite":
        return _copy_sqlite(store, folder / STORE_FILE)
    with store.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        return _copy_postgresql(connection, store.sealing, folder)


def _copy_sqlite(store: Store, path: Path) -> StoreCopy:
    with store.engine.connect() as connection, closing(sqlite3.connect(path)) as copy:
        cast("sqlite3.Connection", connection.connection.driver_connection).backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            return StoreCopy(kind="sqlite", **_facts(connection, store.sealing))
    finally:
        engine.dispose()


def _copy_postgresql(connection: Connection, sealing: Sealing, folder: Path) -> StoreCopy:
    facts = _facts(connection, sealing)  # the first question: from now on nothing changes for it
    inspector = inspect(connection)
    order = [name for name, _ in inspector.get_sorted_table_and_fkc_names() if name]
    tables = {
        name: [column["name"] for column in inspector.get_columns(name)]
        for name in order
        if name != VERSION_TABLE
    }
    cursor = _driver(connection).cursor()
    for name, columns in tables.items():
        with (
            (folder / f"{name}.copy").open("wb") as file,
            cursor.copy(f"COPY {_quoted(name, columns)} TO STDOUT") as rows,
        ):
            for piece in rows:
                file.write(piece)
    return StoreCopy(kind="postgresql", tables=tables, sequences=_sequences(connection), **facts)


def _facts(connection: Connection, sealing: Sealing) -> dict[str, Any]:
    session = Session(bind=connection)
    pieces, pending = EvidencePieces(session, sealing), PendingFiles(session, sealing)
    rows = [row for token in pending.tokens() if (row := pending.get(token))]
    waiting = {row.facts["sha256"] for row in rows if "sha256" in row.facts}
    revision = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 -- a constant
    return {"revision": str(revision), "named": {*pieces.files(), *pieces.copies(), *waiting}}


def _sequences(connection: Connection) -> dict[str, tuple[int, bool]]:
    names = inspect(connection).get_sequence_names()
    found = {}
    for name in sorted(names):
        row = connection.execute(text(f'SELECT last_value, is_called FROM "{name}"')).one()  # noqa: S608 -- a name of the catalogue
        found[name] = (int(row[0]), bool(row[1]))
    return found


def check_revision(revision: str) -> None:
    """Refuse a copy of a store that this version does not know.

    Raises `BackupError`: ``backup_of_newer``.
    """
    from data.store.migrate import known_migrations  # alembic takes a second to import

    if revision not in known_migrations():
        raise BackupError("backup_of_newer", seen=revision)


def check_empty(url: str) -> None:
    """Refuse a database in which something is.

    Raises `BackupError`: ``database_not_empty``.
    """
    engine = create_engine(url)
    try:
        found = sorted(inspect(engine).get_table_names())
    finally:
        engine.dispose()
    if found:
        raise BackupError("database_not_empty", seen=", ".join(found[:3]))


def load_postgresql(url: str, copy: StoreCopy, folder: Path, *, seal: Callable[..., str]) -> None:
    """Fill an empty database with a copy; all of it or nothing.

    Raises `BackupError`: ``database_not_empty``.
    """
    check_empty(url)
    engine = create_engine(url)
    try:
        _load(engine, copy, folder, seal=seal)
    finally:
        engine.dispose()


def _load(engine: Engine, copy: StoreCopy, folder: Path, *, seal: Callable[..., str]) -> None:
    from data.store.migrate import migrate_to

    with engine.begin() as connection:
        migrate_to(copy.revision, connection, seal=seal)
        for name in reversed(copy.tables):  # what migrations put there themselves
            connection.execute(text(f'ALTER TABLE "{name}" DISABLE TRIGGER USER'))
            connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 -- of the manifest, which was checked
        cursor = _driver(connection).cursor()
        for name, columns in copy.tables.items():
            with (
                (folder / f"{name}.copy").open("rb") as file,
                cursor.copy(f"COPY {_quoted(name, columns)} FROM STDIN") as rows,
            ):
                while piece := file.read(PIECE_BYTES):
                    rows.write(piece)
        for name in copy.tables:
            connection.execute(text(f'ALTER TABLE "{name}" ENABLE TRIGGER USER'))
        for name, (value, called) in copy.sequences.items():
            parameters = {"name": f'"{name}"', "value": value, "called": called}
            connection.execute(text("SELECT setval(:name, :value, :called)"), parameters)


def _driver(connection: Connection) -> Any:  # noqa: ANN401 -- psycopg is optional
    return connection.connection.driver_connection


def _quoted(table: str, columns: list[str]) -> str:
    return f'"{table}" ({", ".join(f"{chr(34)}{name}{chr(34)}" for name in columns)})'
