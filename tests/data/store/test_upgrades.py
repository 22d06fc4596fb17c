"""Rules of upgrading: from each earlier migration every row arrives with all its values."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from data.store.audit.chain import Sealing
from data.store.migrate import alembic_config, migrate_to
from data.store.tables.base import NEWEST_MIGRATION
from data.store.unit_of_work import Store

EARLIER = [
    each.revision
    for each in reversed(list(ScriptDirectory.from_config(alembic_config()).walk_revisions()))
    if each.revision != NEWEST_MIGRATION
]
ROWS = 3
FIRST = datetime(2026, 1, 1, 12, 30, 15, 250)  # noqa: DTZ001 -- as stored
SEALING = Sealing(bytes)
SEEDED = {"alembic_version", "audit_head"}
"""Tables that a migration fills itself."""
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, empty_postgresql: Callable[[], str]) -> str:
    return f"sqlite:///{tmp_path / 'old.db'}" if request.param == "sqlite" else empty_postgresql()


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    made = sa.create_engine(url)
    yield made
    made.dispose()


def value_of(column: sa.Column[Any], row: int) -> Any:
    """Return a value of a column's kind, another one for each row."""
    values = {
        sa.JSON: {"甲": [row, None, "乙"]},
        sa.Boolean: bool(row % 2),
        sa.DateTime: FIRST + timedelta(days=row),
        sa.Date: FIRST.date() + timedelta(days=row),
        sa.Float: row + 0.125,
        sa.Integer: row,
        sa.Text: f"{column.name} 第{row}行",
    }
    return next(value for kind, value in values.items() if isinstance(column.type, kind))


def fill(connection: sa.Connection, numbers: range) -> Rows:
    """Put rows of these numbers into every table; return all that it holds, as read back."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    filled = {}
    for table in metadata.sorted_tables:
        if table.name not in SEEDED:
            connection.execute(table.insert(), [values_of(table, row) for row in numbers])
            filled[table.name] = read(connection, table)
    return filled


def values_of(table: sa.Table, row: int) -> dict[str, Any]:
    """Return a row of a table; what names another table names its row of the same number."""
    found = {column.name: value_of(column, row) for column in table.columns}
    for column in table.columns:
        for key in column.foreign_keys:
            if key.column.table is table:
                found[column.name] = None if column.nullable else row
            else:
                found[column.name] = values_of(key.column.table, row)[key.column.name]
    return found


def read(connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
    found = connection.execute(sa.select(table)).mappings()
    return sorted((dict(row) for row in found), key=lambda row: json.dumps(row, default=str))


def test_rows_of_each_earlier_migration_arrive_whole(engine: sa.Engine, url: str) -> None:
    """Rows are put in at every migration on the way, beside those that came from earlier ones."""
    before: dict[str, Rows] = {}
    for place, revision in enumerate(EARLIER):
        with engine.begin() as connection:
            migrate_to(revision, connection, seal=SEALING.seal)
            before[revision] = fill(connection, range(place * ROWS + 1, (place + 1) * ROWS + 1))
    store = Store(url)
    with store.engine.connect() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        after = {name: read(connection, table) for name, table in metadata.tables.items()}
    store.close()
    for name, rows in before[EARLIER[-1]].items():
        assert len(after[name]) == len(rows), name
    for revision, tables in before.items():
        for name, rows in tables.items():
            lost = rows[0].keys() - metadata.tables[name].columns.keys()
            assert not lost, (revision, name)
            for row in rows:
                assert any(row.items() <= found.items() for found in after[name]), (revision, name)
