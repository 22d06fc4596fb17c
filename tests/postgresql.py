"""A PostgreSQL of this run's own, and schemas in it, one user each."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, insert, make_url, select
from visits import free_port

from data.store.every_table import METADATA
from data.store.unit_of_work import Store
from data.workspace.folder import STORE_FILE, Workspace

DEBIAN = Path("/usr/lib/postgresql")
UNPRIVILEGED = "postgres"
"""Who runs the server where the tests are run by root, whom it refuses."""
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # nothing is worth keeping
    "full_page_writes": "off",
}


class Schema:
    """A schema of this process, made when it is first asked for.

    ``database``: gives the URL of its database.
    """

    def __init__(self, database: Callable[[], str]) -> None:
        self._database = database
        self._name = f"test_{os.getpid()}_{secrets.token_hex(4)}"
        self._url = ""

    def empty(self) -> str:
        """Empty it and return the URL that uses it."""
        options = {"options": f"-csearch_path={self._name}"}
        url = make_url(self._database()).update_query_dict(options)
        self._url = url.render_as_string(hide_password=False)
        self._execute(f"DROP SCHEMA IF EXISTS {self._name} CASCADE; CREATE SCHEMA {self._name}")
        return self._url

    def empty_store(self) -> str:
        """Make the tables of a store, or bring those that are there back to how they were made."""
        if self._url:
            self._execute(self._as_made)
        else:
            store = Store(self.empty())
            store.upgrade()
            store.close()
        return self._url

    def take_over(self, folder: Path) -> None:
        """Move the store of a workspace, an SQLite file, here: every row as it is."""
        url, store = self.empty_store(), Workspace.open(folder).store
        engine = create_engine(url)
        with store.engine.connect() as file, engine.begin() as here:
            for table in reversed(METADATA.sorted_tables):
                here.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
                here.execute(table.delete())
            for table in METADATA.sorted_tables:
                if rows := file.execute(select(table)).mappings().all():
                    here.execute(insert(table), rows)
                here.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE TRIGGER USER")
                for key in table.primary_key.columns:
                    counted = here.scalar(select(func.pg_get_serial_sequence(table.name, key.name)))
                    if counted:
                        here.execute(select(func.setval(counted, func.max(key))))
        engine.dispose()
        store.close()
        (folder / STORE_FILE).unlink()
        store_at(folder, url)

    def drop(self) -> None:
        if self._url:
            self._execute(f"DROP SCHEMA {self._name} CASCADE")

    @property
    def _as_made(self) -> str:
        """Return what empties all tables of a store, past the triggers of those only added to."""
        tables = [f"{self._name}.{table}" for table in METADATA.tables]
        orders = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
        orders += [f"TRUNCATE {', '.join(tables)} RESTART IDENTITY"]
        orders += [f"INSERT INTO {self._name}.audit_head VALUES (1, 0, '')"]  # noqa: S608 -- our name
        orders += [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
        return "; ".join(orders)

    def _execute(self, statements: str) -> None:
        engine = create_engine(self._database())
        with engine.begin() as connection:
            connection.exec_driver_sql(statements)
        engine.dispose()


def store_at(folder: Path, url: str) -> None:
    """Name the store of a workspace that had one in its folder."""
    settings = folder / "gridwarden.toml"
    text = settings.read_text(encoding="utf-8")
    assert '[store]\nurl = ""' in text
    settings.write_text(text.replace('[store]\nurl = ""', f'[store]\nurl = "{url}"'), "utf-8")


def find_programs() -> Path | None:
    """Return the folder of ``initdb`` and ``pg_ctl``, the newest first; None where there is none.

    Debian keeps them apart by version and away from the search path.
    """
    found = shutil.which("initdb")
    folders = sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name))[::-1]
    if found:
        folders.insert(0, Path(found).resolve().parent)
    return next((folder for folder in folders if shutil.which("pg_ctl", path=folder)), None)


@contextmanager
def temporary_postgresql() -> Iterator[str]:
    """Start a server on a free port with data of its own; stop it and delete them at the end.

    Gives the URL of its empty database. Skips the test where PostgreSQL is not installed.
    """
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs initdb and pg_ctl are not installed")
    run_as = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="gridwarden-postgresql-"))
    data, word, port = folder / "data", secrets.token_urlsafe(16), free_port()
    (folder / "password").write_text(word, encoding="utf-8")
    for path in (folder, folder / "password"):
        if run_as:
            shutil.chown(path, UNPRIVILEGED)
    options = " ".join(f"-c {name}='{value}'" for name, value in OPTIONS.items())
    control = (str(programs / "pg_ctl"), "-D", str(data), "-w")

    def call(*command: str) -> None:
        ran = subprocess.run(  # noqa: S603 -- PostgreSQL's own programs
            command, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            **run_as,
        )  # fmt: skip
        log = folder / "log"
        told = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        assert ran.returncode == 0, f"{command}: {ran.stderr.decode(errors='replace')}\n{told}"

    try:
        call(str(programs / "initdb"), "-D", str(data), "-U", "gridwarden", "-E", "UTF8",
             "--locale=C", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "--no-sync",
             )  # fmt: skip
        call(*control, "-l", str(folder / "log"), "-o", f"-p {port} {options}", "start")
        try:
            yield f"postgresql+psycopg://gridwarden:{word}@127.0.0.1:{port}/postgres"
        finally:
            call(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> dict[str, Any]:
    """Return how to run a program that refuses root: as somebody else where root runs the tests."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    try:
        pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        pytest.skip(f"root runs the tests, and there is no user {UNPRIVILEGED} to run PostgreSQL")
    return {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}
