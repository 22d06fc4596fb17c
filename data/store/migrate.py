"""Bring a database to the newest migration."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
_BEGIN = {
    "sqlite": "BEGIN IMMEDIATE",  # without it each CREATE TABLE is kept at once
    "postgresql": "SELECT pg_advisory_xact_lock(7249120715)",
}


def migrate(
    engine: Engine, *, seal: Callable[..., str], at_end: Callable[[Connection], None]
) -> None:
    """Run every migration that the database has not seen: all of them, or none.

    Another process that begins meanwhile waits, and finds nothing left to do.

    ``seal``: seals the facts of an event of the audit log, for logs from before they were chained.
    ``at_end``: called in the same transaction, the last thing before it is kept.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql(_BEGIN[connection.dialect.name])
        migrate_to("head", connection, seal=seal)
        at_end(connection)


def migrate_to(revision: str, connection: Connection, *, seal: Callable[..., str]) -> None:
    """Run the migrations up to one, within the transaction of a connection; `migrate` says more."""
    config = alembic_config()
    config.attributes |= {"seal": seal, "connection": connection}
    command.upgrade(config, revision)


def newest_migration() -> str | None:
    """Return the name of the newest migration in the folder."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def known_migrations() -> frozenset[str]:
    """Return the names of all migrations in the folder."""
    scripts = ScriptDirectory.from_config(alembic_config())
    return frozenset(each.revision for each in scripts.walk_revisions())


def alembic_config() -> Config:
    """Return the Alembic configuration with the folder of migrations and those inside it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("recursive_version_locations", "true")
    return config
