"""A very small office: seven buildings, a handful of rows, on DuckDB in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from data.contracts.registry import TABLES
from data.derived.backends.written_sql import writing_sql_once
from data.lake.schema import (
    IMPORTED_AT,
    LAKE_COLUMNS,
    LEARNT_AT,
    PLACEMENT_COLUMNS,
    REGISTER_COLUMNS,
    SCREENED_COLUMNS,
)
from data.lake.validity import as_first_versions
from data.results.snapshots import SnapshotStore
from geo.cells import cells_of_points, parents
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.config.words import PURPOSES
from risk.design.visit_table import Facts, make_facts
from risk.features.build import FeatureTable, build_features

EVENTS = ("complaints", "rentals", "violations", "inspections", "adverts")
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
    times = {IMPORTED_AT: LAKE_COLUMNS[LEARNT_AT]}
    screened = SCREENED_COLUMNS if TABLES[table].screened else {}
    return pa.schema(list((own | LAKE_COLUMNS | times | PLACEMENT_COLUMNS | screened).items()))


def make_table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Fill a contract's columns from sparse rows; what is not said is null."""
    full = []
    for number, row in enumerate(rows):
        event = row.get("event_at")
        defaults = {
            "row_key": f"{name}-{number}",
            "import_id": "first",
            "source_row": number,
            "learnt_at": event if name != "buildings" else days_before(1000),
            "match_level": "building" if row.get("building_id") else "cell",
            "match_score": 1.0,
            "tutoring": True,
        }
        full.append(defaults | row)
    schema = schema_of(name)
    return pa.Table.from_pylist([{f: row.get(f) for f in schema.names} for row in full], schema)


class MemoryEngine:
    """Hold tables in memory and hand them out uncut, so that a test sees who does the cutting."""

    def __init__(self, tables: dict[str, pa.Table]) -> None:
        self.tables = {
            name: tables.get(name, make_table(name, [])) for name in ("buildings", "grids", *EVENTS)
        }
        connection = writing_sql_once(ibis.duckdb.connect())
        self.views = {
            name: connection.create_table(name, table, temp=True)
            for name, table in self.tables.items()
        }

    def table(self, name: str, *, cut: datetime | None = None) -> Any:  # noqa: ARG002 -- uncut
        return self.views[name]

    def versions(self, name: str, *, cut: datetime | None = None) -> Any:  # noqa: ARG002 -- one register
        always = datetime(1970, 1, 1) if name == "grids" else None  # noqa: DTZ001 -- local
        return as_first_versions(self.views[name], known_from=always)

    def shuffled(self, rng: np.random.Generator) -> MemoryEngine:
        return MemoryEngine(
            {
                name: table.take(pa.array(rng.permutation(table.num_rows)))
                for name, table in self.tables.items()
            }
        )

    def without(self, name: str) -> MemoryEngine:
        return MemoryEngine(self.tables | {name: make_table(name, [])})

    def with_rows(self, name: str, rows: list[dict[str, Any]]) -> MemoryEngine:
        added = make_table(
            name,
            [{"row_key": f"added-{i}", "import_id": "later"} | row for i, row in enumerate(rows)],
        )
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


def in_buildings(
    engine: MemoryEngine, cases: Sequence[Mapping[str, list[dict[str, Any]]]]
) -> tuple[MemoryEngine, list[str]]:
    """Put the rows of each case at a building of its own; return the office and the buildings.

    Rows of ``buildings`` are facts of the building itself. Asking one office takes a second.
    """
    ids = [f"B{number}" for number in range(10, 10 + len(cases))]
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, (building, case) in enumerate(zip(ids, cases, strict=True), start=10):
        facts = {key: value for row in case.get("buildings", []) for key, value in row.items()}
        rows["buildings"].append(a_building(number, **facts))
        for name in case.keys() - {"buildings"}:
            rows[name] += [{"building_id": building} | row for row in case[name]]
    for name, added in rows.items():
        engine = engine.with_rows(name, added)
    return engine, ids


def random_office(
    rng: np.random.Generator, *, buildings: int, events: int
) -> dict[str, list[dict[str, Any]]]:
    """Strew events over buildings, some before and some after the cut, some half known."""
    ids = [f"B{number}" for number in range(1, buildings + 1)]
    register = [a_building(number) for number in range(1, buildings + 1)]
    for building in register[::5]:
        building["household_count"] = None

    def event() -> dict[str, Any]:
        happened = days_before(float(rng.uniform(-30, 900)))
        learnt = happened + timedelta(days=float(rng.exponential(5)))
        building = str(rng.choice(ids)) if rng.random() < 0.8 else None
        place = {"building_id": building, "match_score": float(rng.choice([0.7, 0.9, 1.0]))}
        if building is None:
            near = register[int(rng.integers(len(ids)))]
            place |= {name: near[name] for name in ("h3_r10", "grid_code", "community_code")}
            place["match_level"] = str(rng.choice(["cell", "community", "none"]))
        return place | {"event_at": happened, "learnt_at": learnt}

    def complaint() -> dict[str, Any]:
        reporters = [None, *(f"r{number}" for number in range(6))]
        told = event()
        handled = 8 * (told["learnt_at"] - told["event_at"])
        return told | {
            "closed_at": told["event_at"] + handled if handled.seconds % 3 else None,
            "reporter_key": reporters[int(rng.integers(len(reporters)))],
            "nature": str(rng.choice(["投诉", "举报", "咨询"])),
            "is_true": [None, "属实", "不属实"][int(rng.integers(3))],
        }

    def inspection() -> dict[str, Any]:
        results = ["未发现异常", "疑似", "属实", "拒不开门", "无人", "未能进入"]
        return event() | {"result": results[int(rng.integers(len(results)))]}

    def rental() -> dict[str, Any]:
        row = event()
        length = float(rng.choice([60, 365, 2000]))
        return row | {
            "start_date": row["event_at"],
            "end_date": row["event_at"] + timedelta(days=length),
            "unit_id": f"U{int(rng.integers(events))}",
            "lessee_kind": str(rng.choice(["个人", "企业"])),
            "purpose": str(rng.choice(["居住", "商业"])),
            "lessee_key": [None, "t1", "t2"][int(rng.integers(3))],
        }

    def advert() -> dict[str, Any]:
        contacts = [None, *(f"c{number}" for number in range(4))]
        return event() | {
            "contact_key": contacts[int(rng.integers(len(contacts)))],
            "kind": str(rng.choice(["招生", "合租"])),
            "tutoring": bool(rng.random() < 0.7),
        }

    return {
        "buildings": register,
        "complaints": [complaint() for _ in range(events)],
        "violations": [event() for _ in range(events // 4)],
        "inspections": [inspection() for _ in range(events)],
        "rentals": [rental() for _ in range(events)],
        "adverts": [advert() for _ in range(events // 2)],
    }


def make_engine(office: dict[str, list[dict[str, Any]]]) -> MemoryEngine:
    return MemoryEngine({name: make_table(name, rows) for name, rows in office.items()})


@pytest.fixture(scope="session")
def cut() -> datetime:
    return CUT


@pytest.fixture(scope="session")
def config() -> ScoreConfig:
    """Return policy's defaults, learnt from fewer windows: a third of the time."""
    few = ModelConfig(windows=3, area_half_lives_days=(60.0,), penalties=(30.0, 100.0))
    return ScoreConfig(model=few)


@pytest.fixture(scope="session")
def engine() -> MemoryEngine:
    """Return the small office, which no test changes: ``with_rows`` makes another."""
    return make_engine(small_office())


@pytest.fixture(scope="session")
def baseline(engine: MemoryEngine) -> FeatureTable:
    """Return the features of the small office as of the cut, with policy's defaults."""
    return build_features(engine, cut=CUT, config=ScoreConfig())


@pytest.fixture(scope="session")
def random_engine() -> Callable[[int], MemoryEngine]:
    """Make an office of 40 buildings and a few hundred events from a seed."""

    def make(seed: int) -> MemoryEngine:
        return make_engine(random_office(np.random.default_rng(seed), buildings=40, events=150))

    return make


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


def visits_of_a_city(
    seed: int, *, units: int = 300, days: int = 700, each: int = 6
) -> pd.DataFrame:
    """Strew visits over units that differ in a hidden risk, some places far worse than others."""
    rng = np.random.default_rng(seed)
    hidden = np.exp(rng.normal(-1.6, 0.9, units))
    lon, lat = 117.10 + 0.06 * rng.random(units), 36.17 + 0.05 * rng.random(units)
    unit = rng.integers(units, size=units * each)
    day = np.sort(15_000 + rng.integers(days, size=units * each))
    brought = rng.poisson(hidden[unit])
    drawn = cells_of_points(lon, lat, resolution=10)[unit]
    purpose = rng.choice([0, 0, PURPOSES.index("complaint")], len(unit))
    texts = {
        "door": [f"U{number}" for number in unit],
        "building": [f"B{number // 2}" for number in unit],
        "party": [f"P{number // 5}" for number in unit],
        "words": [f"{number // 5 % 4} {number // 5 % 3 + 4}" for number in unit],
        "kind": [("A", "B", "C")[number % 3] for number in unit],
        "risk_class": [("1", "2")[number % 2] for number in unit],
        "cell": parents(drawn, 9),
        "h3_r10": drawn,
        "row_key": [f"{number:06d}" for number in range(len(unit))],
    }
    frame = pd.DataFrame(texts).astype("str")
    return frame.assign(
        purpose_code=purpose,
        day=day,
        learnt=day,
        lon=lon[unit],
        lat=lat[unit],
        found=np.minimum(brought, 1).astype(np.float64),
        critical=(brought > 1).astype(np.float64),
        other=brought.astype(np.float64),
        problems=brought.astype(np.float64),
        fault_score=np.nan,
        in_words=False,
    )


def no_reports() -> pd.DataFrame:
    texts = pd.DataFrame({name: [] for name in ("building", "cell", "h3_r10")}).astype("str")
    return texts.assign(day=np.array([], np.int64), learnt=np.array([], np.int64))


@pytest.fixture(scope="session")
def city_facts() -> Callable[..., Facts]:
    """Make the facts of a simulated city, its visits changed by a function if given."""

    def make(
        seed: int = 1,
        *,
        model: ModelConfig | None = None,
        change: Callable[[pd.DataFrame], pd.DataFrame] = lambda visits: visits,
    ) -> Facts:
        visits = change(visits_of_a_city(seed))
        return make_facts(visits, no_reports(), config=model or ModelConfig())

    return make
