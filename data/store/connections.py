"""How connections to a database are made, and what their failures are about."""

from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from data.workspace.atomic import refusal_of

_PATIENCE: Final = {"connect_timeout": "10", "tcp_user_timeout": "20000"}
"""Seconds, milliseconds: so long a server that does not answer is waited for."""

_CODES: Final = {
    "database or disk is full": "storage_full",
    "No space left on device": "storage_full",
    "readonly database": "storage_read_only",
    "read-only transaction": "storage_read_only",
    "disk I/O error": "storage_failed",
    "database is locked": "store_busy",
    "lock timeout": "store_busy",
    "deadlock detected": "store_busy",
    "disk image is malformed": "store_damaged",
    "file is not a database": "store_damaged",
}
"""Words of SQLite and PostgreSQL → how the failure is told."""
_OF_THE_FOLDER: Final = ("disk I/O error", "unable to open database file")
"""What SQLite says whether its folder is full, read-only or gone."""


def failure_code(error: BaseException, url: URL | None = None) -> str:
    """Return how a failure of a database is told by its words; "" where they say nothing of it.

    ``url``: of the database. Where SQLite does not say why, its folder is tried as well.
    """
    words = str(error)
    if url is not None and url.database and any(each in words for each in _OF_THE_FOLDER):
        refused = refusal_of(Path(url.database).parent)
        if refused:
            return refused
    return next((code for each, code in _CODES.items() if each in words), "")


def connection_options(url: str) -> dict[str, Any]:
    """Return how those of a URL are made: one that broke is replaced before it is used again."""
    known = make_url(url)
    if not known.drivername.startswith("postgresql"):
        return {}
    given = {name: value for name, value in _PATIENCE.items() if name not in known.query}
    return {"pool_pre_ping": True, "connect_args": given}


def prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Let readers of a file never wait, and writers wait; nothing deleted stays in its pages."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=20000")
    cursor.close()
