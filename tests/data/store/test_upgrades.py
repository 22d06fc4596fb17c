"""Rules of upgrading: from each earlier migration every row arrives with all its values."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
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
        sa.DateTime: datetime(2026, 1, row, 12, 30, 15, 250),  # noqa: DTZ001 -- as stored
        sa.Date: date(2026, 1, row),
        sa.Float: row + 0.125,
        sa.Integer: row,
        sa.Text: f"{column.name} 第{row}行",
    }
    return next(value for kind, value in values.items() if isinstance(column.type, kind))


def fill(connection: sa.Connection) -> Rows:
    """Put rows into every table and return them as read back."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    filled = {}
    for table in metadata.sorted_tables:
        if table.name in SEEDED:
            continue
        for row in range(1, ROWS + 1):
            values = {c.name: value_of(c, row) for c in table.columns}
            connection.execute(table.insert().values(values | refer(connection, table, row)))
        filled[table.name] = read(connection, table)
    return filled


def refer(connection: sa.Connection, table: sa.Table, row: int) -> dict[str, Any]:
    """Return the values of columns that name a row of another table."""
    found = {}
    for column in table.columns:
        for key in column.foreign_keys:
            if key.column.table is table:
                found[column.name] = None if column.nullable else row
            else:
                named = connection.scalars(sa.select(key.column).order_by(key.column)).all()
                found[column.name] = named[row - 1]
    return found


def read(connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
    found = connection.execute(sa.select(table)).mappings()
    return sorted((dict(row) for row in found), key=lambda row: json.dumps(row, default=str))


@pytest.mark.parametrize("revision", EARLIER)
def test_rows_of_an_earlier_migration_arrive_whole(
    engine: sa.Engine, url: str, revision: str
) -> None:
    with engine.begin() as connection:
        migrate_to(revision, connection, seal=SEALING.seal)
        before = fill(connection)
    store = Store(url)
    with store.engine.connect() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        for name, rows in before.items():
            table = metadata.tables[name]
            after = read(connection, table)
            assert len(after) == ROWS, name
            lost = rows[0].keys() - table.columns.keys()
            assert not lost, name
            for row in rows:
                assert any(row.items() <= found.items() for found in after), name
    store.close()
