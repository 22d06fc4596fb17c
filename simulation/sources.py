"""Tables in memory, in the form in which `risk` asks an engine for them."""

from collections.abc import Mapping
from datetime import datetime

import ibis
import pandas as pd
import pyarrow as pa
from ibis.expr.types import Table

from data.contracts.registry import TABLES
from data.derived.backends.written_sql import writing_sql_once
from data.lake.schema import (
    LAKE_COLUMNS,
    LEARNT_AT,
    PLACEMENT_COLUMNS,
    REGISTER_COLUMNS,
    SCREENED_COLUMNS,
    arrow_schema,
)
from data.lake.validity import ALWAYS, as_first_versions

BUILDINGS = "buildings"
SOURCE_TABLES = (
    *(BUILDINGS, "grids", "complaints", "rentals", "violations", "inspections", "adverts"),
)
"""What `risk` asks for."""


def source_schema(name: str) -> dict[str, pa.DataType]:
    """Return the columns of a table as an engine gives them, with their Arrow types."""
    if name == BUILDINGS:
        return REGISTER_COLUMNS
    columns = {column.name: column.type for column in arrow_schema(TABLES[name])}
    columns = columns | LAKE_COLUMNS | (SCREENED_COLUMNS if TABLES[name].screened else {})
    return columns if name == "grids" else columns | PLACEMENT_COLUMNS


def fill_table(rows: pd.DataFrame, types: Mapping[str, pa.DataType]) -> pa.Table:
    """Bring columns to their types; what is not there is null."""
    return pa.table({name: _column(rows, name, kind) for name, kind in types.items()})


def _column(rows: pd.DataFrame, name: str, kind: pa.DataType) -> pa.Array:
    if name not in rows:
        return pa.nulls(len(rows), kind)
    # A column without rows has numbers where texts belong; Arrow takes it for neither.
    return pa.array(rows[name], kind, from_pandas=True) if len(rows) else pa.array([], kind)


class UncorrectedTables:
    """Tables whose rows were never corrected, as `risk.events.rows.FeatureSource`."""

    def __init__(self, views: dict[str, Table]) -> None:
        self._views = views

    def table(self, name: str, *, cut: datetime | None = None) -> Table:
        """Return the rows of a table, those of an event learnt before `cut` where there is one."""
        rows = self._views[name]
        if cut is None or name in {BUILDINGS, "grids"}:
            return rows
        return rows.filter(rows[LEARNT_AT] < ibis.literal(cut))

    def versions(self, name: str, *, cut: datetime | None = None) -> Table:  # noqa: ARG002 -- one register
        """Return the rows of a table, none of which was ever corrected."""
        return as_first_versions(self._views[name], known_from=ALWAYS if name == "grids" else None)


class MemorySource(UncorrectedTables):
    """Tables in DuckDB's memory.

    ``tables``: of `SOURCE_TABLES`, each with the columns of `source_schema`; one not given is
    empty.
    """

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._connection = writing_sql_once(ibis.duckdb.connect())
        empty = pd.DataFrame()
        super().__init__({
            name: self._connection.create_table(
                name, tables.get(name, fill_table(empty, source_schema(name))), temp=True
            )
            for name in SOURCE_TABLES
        })  # fmt: skip
