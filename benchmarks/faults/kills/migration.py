"""The store of the first version, killed while it is brought to the newest migration."""

from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from alembic import command
from sqlalchemy import create_engine, text

from benchmarks.faults.kills.processes import After, run_child
from benchmarks.faults.kills.series import BrokenPromiseError
from data.integrity.sealed.audit import verify_chain
from data.store.migrate import alembic_config
from data.store.tables.base import NEWEST_MIGRATION
from data.store.unit_of_work import Store

MIGRATION: Final = "migration"
OLDEST: Final = "0001_first_tables"
ROWS: Final = 20
MOST_STEPS: Final = 200
"""About so many statements are all migrations."""
LONGEST_S: Final = 2.0
_AT: Final = "2026-11-24 12:00:00.000000"
_INSERTS: Final = (
    "INSERT INTO audit_events (at, actor, action, facts) VALUES (:at, 'local', 'import', :value)",
    "INSERT INTO settings (name, value) VALUES (:name, :value)",
)
_COUNTS: Final = ("SELECT count(*) FROM audit_events", "SELECT count(DISTINCT name) FROM settings")


def kill_migration(url: str, folder: Path, moment: After) -> bool:
    """Make an old store in an empty database, kill its upgrade, and open it as the product does.

    Returns whether the upgrade was met in the middle.

    Raises `BrokenPromiseError` when the store does not open, a row is missing or there twice, or
    its log is damaged.
    """
    run_child(partial(_make_old, url))
    open_it = partial(_open, url, folder)
    killed = run_child(open_it, moment).killed
    for _ in range(2):
        seen = run_child(open_it).answer
        if seen != {"rows": [ROWS] * len(_COUNTS), "faults": [], "revision": NEWEST_MIGRATION}:
            raise BrokenPromiseError(url, moment, seen)
    return killed


def draw_moment(rng: Random) -> After:
    """Draw when an upgrade is killed: at any time, or at one of its statements."""
    if rng.random() < 1 / 2:
        return After(seconds=LONGEST_S * rng.random())
    return After(step=rng.randint(1, MOST_STEPS), statements=True)


def _make_old(url: str) -> None:
    engine, config = create_engine(url), alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, OLDEST)
        for number in range(ROWS):
            for insert in _INSERTS:
                values = {"name": f"s{number}", "value": f'{{"n": {number}}}', "at": _AT}
                connection.execute(text(insert), values)


def _open(url: str, folder: Path) -> dict[str, Any]:
    store = Store(url, secret=lambda: b"s" * 32, head_file=folder / "audit.head")
    with store.engine.connect() as connection:
        rows = [connection.scalar(text(count)) for count in _COUNTS]
    faults = [fault.code for fault in verify_chain(store).faults]
    return {"rows": rows, "faults": faults, "revision": store.revision()}
