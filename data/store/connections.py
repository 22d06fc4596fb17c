"""How connections to a database are made."""

from typing import Any, Final

from sqlalchemy import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

_PATIENCE: Final = {"connect_timeout": "10", "tcp_user_timeout": "20000"}
"""Seconds, milliseconds: so long a server that does not answer is waited for."""


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
