"""A very small office: seven buildings, a handful of rows, on DuckDB in memory."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from data.columns import LAKE_COLUMNS, PLACEMENT_COLUMNS, REGISTER_COLUMNS
from data.tables import TABLES
from geo.cells import cells_of_points

if TYPE_CHECKING:
    import numpy as np

CUT = datetime(2026, 11, 24)  # noqa: DTZ001 -- the product's times are local and naive
KINDS = {"int": pa.int64(), "float": pa.float64(), "bool": pa.bool_(), "geometry": pa.binary()}
TIMES = {"date", "datetime"}


def days_before(days: float) -> datetime:
    return CUT - timedelta(days=days)


def schema_of(table: str) -> pa.Schema:
    if table == "buildings":
        return pa.schema(list(REGISTER_COLUMNS.items()))
    own = {
        field.name: pa.timestamp("us")
        if field.kind in TIMES
        else KINDS.get(field.kind, pa.string())
        for field in TABLES[table].stored
    }
    return pa.schema(list((own | LAKE_COLUMNS | PLACEMENT_COLUMNS).items()))


def make_table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Fill a contract's columns from sparse rows; what is not said is null."""
    full = []
    for number, row in enumerate(rows):
        event = row.get("event_at")
        defaults = {
            "row_key": f"{name}-{number}",
            "learnt_at": event if name != "buildings" else days_before(1000),
            "match_level": "building" if row.get("building_id") else "cell",
            "match_score": 1.0,
        }
        full.append(defaults | row)
    schema = schema_of(name)
    return pa.Table.from_pylist([{f: row.get(f) for f in schema.names} for row in full], schema)


class MemoryEngine:
    """Hold tables in memory and hand them out uncut, so that a test sees who does the cutting."""

    def __init__(self, tables: dict[str, pa.Table], connection: Any = None) -> None:
        self.tables = {
            name: tables.get(name, make_table(name, []))
            for name in ("buildings", "complaints", "rentals", "violations", "inspections")
        }
        self.connection = connection or ibis.duckdb.connect()
        self.views = {
            name: self.connection.create_table(name, table, temp=True)
            for name, table in self.tables.items()
        }

    def table(self, name: str, *, cut: datetime | None = None) -> Any:  # noqa: ARG002 -- uncut
        return self.views[name]

    def shuffled(self, rng: np.random.Generator) -> MemoryEngine:
        return MemoryEngine(
            {
                name: table.take(pa.array(rng.permutation(table.num_rows)))
                for name, table in self.tables.items()
            }
        )

    def with_rows(self, name: str, rows: list[dict[str, Any]]) -> MemoryEngine:
        added = make_table(name, [{"row_key": f"added-{i}"} | row for i, row in enumerate(rows)])
        return MemoryEngine(self.tables | {name: pa.concat_tables([self.tables[name], added])})


def a_building(number: int, **facts: Any) -> dict[str, Any]:
    lon, lat = 117.12 + 0.0004 * number, 36.19
    return {
        "building_id": f"B{number}",
        "kind": "住宅",
        "household_count": 100,
        "lon": lon,
        "lat": lat,
        "h3_r10": str(cells_of_points([lon], [lat], resolution=10)[0]),
        "community_code": "370902001001" if number < 4 else "370902001002",
        "grid_code": f"37090200100{1 if number < 4 else 2}00{1 + number % 2}",
    } | facts


def small_office() -> dict[str, list[dict[str, Any]]]:
    """B1 has much behind it, B2 one complaint, B3 was found clean, B7 nothing known at all."""
    buildings = [a_building(n) for n in range(1, 7)] + [
        a_building(7, household_count=None, h3_r10="", lon=None, lat=None)
    ]
    far_cell = str(cells_of_points([117.5], [36.5], resolution=10)[0])
    return {
        "buildings": buildings,
        "complaints": [
            {"building_id": "B1", "event_at": days_before(10), "reporter_key": "r1"},
            {"building_id": "B1", "event_at": days_before(10.2), "reporter_key": "r1"},
            {"building_id": "B1", "event_at": days_before(20), "reporter_key": "r2"},
            {"building_id": "B2", "event_at": days_before(90), "match_score": 0.8},
            {"h3_r10": far_cell, "event_at": days_before(5), "community_code": "370902001002"},
            {
                "match_level": "community",
                "event_at": days_before(6),
                "community_code": "370902001002",
            },
            {"match_level": "none", "event_at": days_before(7)},
        ],
        "violations": [{"building_id": "B1", "event_at": days_before(365)}],
        "inspections": [
            {"building_id": "B1", "event_at": days_before(300), "result": "属实"},
            {"building_id": "B2", "event_at": days_before(30), "result": "拒不开门"},
            {"building_id": "B3", "event_at": days_before(2), "result": "未发现异常"},
            {"building_id": "B3", "event_at": days_before(400), "result": "疑似"},
        ],
        "rentals": [
            {
                "building_id": "B1",
                "unit_id": f"B1-{unit}",
                "event_at": days_before(200),
                "start_date": days_before(200),
                "end_date": CUT + timedelta(days=100),
                "lessee_kind": "企业",
                "purpose": "居住",
                "lessee_key": "t1",
            }
            for unit in (1, 2)
        ]
        + [
            {
                "building_id": "B4",
                "unit_id": "B4-1",
                "event_at": days_before(160),
                "start_date": days_before(160),
                "end_date": days_before(90),
                "lessee_kind": "个人",
                "purpose": "居住",
            }
        ],
    }


def make_engine(office: dict[str, list[dict[str, Any]]], connection: Any = None) -> MemoryEngine:
    return MemoryEngine({name: make_table(name, rows) for name, rows in office.items()}, connection)


@pytest.fixture
def engine() -> MemoryEngine:
    return make_engine(small_office())


@pytest.fixture
def frame_of_buildings() -> pd.DataFrame:
    return pd.DataFrame(small_office()["buildings"])
