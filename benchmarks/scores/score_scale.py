"""Measure what scoring costs beside a scan of its columns: CPU seconds and peak memory.

Run ``python -m benchmarks.scores.score_scale [BUILDINGS ...] [--events PER_BUILDING]``; ten events
per building, in Parquet, read by DuckDB, made and written in blocks of buildings. Each step runs in
a process of its own:

scan      the columns that the score uses, read once
pandas    the features of one date, written for pandas alone
polars    the same, written for Polars alone
features  the same by the product: the sums of the engine and what is made of them
one date  features, points and intervals of every building and unit, without learning
learning  the same with eight training windows
warm      the same again in the same process
explain   a building, a cell and a community, each with its rows
one change
          the mean of one new visit or complaint, and what its building scores then

With ``--spark MASTER`` the engine is a Spark, whose own processes' CPU is told as ``java``.
A street office is ``3000``, a city ``200000``, a district ``1000000``. Steps can be left out after
a ``-``: ``200000 -warm -explain``. Of two sizes or more the slope of each step is told: by which
power of the number of buildings its CPU time grows.
"""

import json
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.scores.features_in_pandas import features_in_pandas
from data.contracts.registry import TABLES
from data.derived.backends.spark_session import SparkBackend
from data.derived.backends.written_sql import writing_sql_once
from data.derived.join import ROWS_PER_GROUP
from data.lake.schema import (
    LAKE_COLUMNS,
    PLACEMENT_COLUMNS,
    REGISTER_COLUMNS,
    current_schema,
)
from data.results.snapshots import SnapshotStore
from data.workspace.storage_settings import EngineSettings
from geo.cells import cells_of_points
from risk.config.find_rate import ModelConfig
from risk.config.score import ScoreConfig
from risk.explanation.explain import explain
from risk.features.build import build_features
from risk.scoring.incremental import OfficeState
from risk.scoring.run import cut_after, run_score
from risk.scoring.score_as_of import score_as_of
from simulation.sources import UncorrectedTables, fill_table

SPARK_MASTER = "SCORE_SCALE_SPARK_MASTER"
CUT = cut_after(date(2026, 11, 24))
EVENTS_PER_BUILDING = 10
EXPLAINED, TIMES = 4, 3
"""How many units of a kind are explained, and how often each."""
SHARES = {"complaints": 0.4, "rentals": 0.3, "violations": 0.02, "inspections": 0.28}
BUILDINGS_AT_ONCE = 100_000
TEXTS = {
    "result": ["未发现异常"] * 6 + ["疑似", "属实", "无人"],
    "source": ["12345热线", "网格上报"],
    "nature": ["投诉", "举报", "咨询"],
    "lessee_kind": ["个人", "企业"],
    "purpose": ["居住", "商业"],
}
LEARNING = ScoreConfig(model=ModelConfig(windows=8))
ONE_DATE = ScoreConfig(model=ModelConfig(burn_in_days=3_660))
USED = {
    "complaints": ("building_id", "event_at", "learnt_at", "reporter_key", "nature", "source"),
    "rentals": ("building_id", "event_at", "learnt_at", "start_date", "end_date", "unit_id",
                "lessee_key", "lessee_kind", "purpose"),
    "violations": ("building_id", "event_at", "learnt_at"),
    "inspections": ("building_id", "event_at", "learnt_at", "unit_id", "result", "import_id",
                    "source_row"),
}  # fmt: skip


class ParquetSource(UncorrectedTables):
    """Made-up tables in Parquet."""

    def __init__(self, folder: Path) -> None:
        connection = _backend()
        super().__init__({
            path.stem: connection.read_parquet(str(path), table_name=path.stem)
            for path in folder.glob("*.parquet")
        })  # fmt: skip


def _backend() -> Any:  # noqa: ANN401 -- an Ibis backend
    master = os.environ.get(SPARK_MASTER)
    if master:
        return SparkBackend(EngineSettings(kind="spark", master=master)).current()
    spilled = str(Path(tempfile.gettempdir()) / f"score-scale-{os.getpid()}")
    session = ibis.duckdb.connect(temp_directory=spilled, memory_limit="512MB")
    connection = writing_sql_once(session)  # as the sessions of an engine
    connection.raw_sql("SET parquet_metadata_cache = true")
    connection.raw_sql("SET enable_external_file_cache = false")
    return connection


def make_tables(folder: Path, buildings: int, events: int = EVENTS_PER_BUILDING) -> None:
    """Write a register and the events of two years, so many per building."""
    rng = np.random.default_rng(1)
    pq.write_table(make_register(buildings, rng), folder / "buildings.parquet")
    for name in ("grids", "adverts"):
        none = current_schema(TABLES[name], placed=name != "grids").empty_table()
        pq.write_table(none, folder / f"{name}.parquet")
    for name, share in SHARES.items():
        path, schema = folder / f"{name}.parquet", events_schema()
        people = max(int(buildings * events * share), 2)
        with pq.ParquetWriter(path, schema) as file:
            for first in range(0, buildings, BUILDINGS_AT_ONCE):
                last = min(first + BUILDINGS_AT_ONCE, buildings)
                count = int((last - first) * events * share)
                table = make_events(name, count, (first, last), people, rng)
                file.write_table(table, row_group_size=ROWS_PER_GROUP)


def make_register(count: int, rng: np.random.Generator) -> pa.Table:
    """Scatter buildings over a square that grows with their number, communities compact."""
    side = 0.0004 * np.sqrt(count)
    lon, lat = 117.1 + rng.random(count) * side, 36.1 + rng.random(count) * side
    order = np.argsort(cells_of_points(lon, lat, resolution=8), kind="stable")
    lon, lat = lon[order], lat[order]
    numbers = np.arange(count)
    columns = {
        "building_id": np.char.mod("B%07d", numbers),
        "kind": rng.choice(["住宅", "商住", "商铺"], count),
        "household_count": rng.integers(20, 200, count),
        "lon": lon,
        "lat": lat,
        "h3_r10": cells_of_points(lon, lat, resolution=10),
        "community_code": np.char.mod("%d", 370902001000 + numbers // 250),
        "grid_code": np.char.mod("%d", 370902001000000 + numbers // 33),
        "learnt_at": np.full(count, np.datetime64("2020-01-01", "us")),
    }
    return fill_table(pd.DataFrame(columns), REGISTER_COLUMNS)


def events_schema() -> pa.Schema:
    """Return the columns of a table of events: what the score reads of them, and the lake's own."""
    texts = ["row_key", "building_id", "match_level", "reporter_key", "lessee_key", *TEXTS]
    optional = ["status", "is_true", "category", "ticket_no", "unit_id"]
    times = dict.fromkeys(("start_date", "end_date"), pa.timestamp("us"))
    own = dict.fromkeys([*texts, *optional], pa.string()) | times
    placed = {"match_score": pa.float64(), **LAKE_COLUMNS, **PLACEMENT_COLUMNS}
    return pa.schema(list((own | placed).items()))


def make_events(
    name: str, count: int, buildings: tuple[int, int], people: int, rng: np.random.Generator
) -> pa.Table:
    """Make events of two years at buildings from one number to another, in order of building.

    ``people``: how many there are that may report or rent.
    """
    days = rng.integers(0, 730 * 86_400, count).astype("timedelta64[s]")
    at = np.datetime64(CUT, "us") - days
    first_row = buildings[0] * count // (buildings[1] - buildings[0])
    columns = {
        "row_key": numbered(f"{name}-{buildings[0]}-", np.arange(count)),
        "building_id": numbered("B", np.sort(rng.integers(*buildings, count)), digits=7),
        "import_id": np.full(count, "20260101T000000-000000"),
        "source_row": first_row + rng.permutation(count),
        "match_level": np.full(count, "building"),
        "match_score": rng.choice([0.8, 1.0], count),
        "event_at": at,
        "learnt_at": at,
        "start_date": at,
        "end_date": at + np.timedelta64(300, "D"),
        "reporter_key": numbered("r", rng.integers(0, people // 2, count)),
        "lessee_key": numbered("t", rng.integers(0, people, count)),
        **{field: rng.choice(values, count) for field, values in TEXTS.items()},
    }
    if name == "rentals":
        columns["unit_id"] = numbered("u", rng.integers(0, people, count))
    schema = events_schema()
    return pa.table(
        [
            pa.array(columns[field.name], field.type) if field.name in columns
            else pa.nulls(count, field.type)
            for field in schema
        ],
        schema=schema,
    )  # fmt: skip


def numbered(prefix: str, numbers: np.ndarray, digits: int = 1) -> pa.Array:
    """Return texts of a prefix and a number each."""
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(prefix, padded, "")


def scan(folder: Path) -> None:
    """Read the columns that are used."""
    source = ParquetSource(folder)
    for name, columns in USED.items():
        table = source.table(name)
        table.agg(**{column: table[column].max() for column in columns}).to_pyarrow()


def polars(folder: Path) -> Any:  # noqa: ANN401 -- a Polars frame, which only this step knows
    """Sum the same features as `features_in_pandas` in plain Polars."""
    from benchmarks.scores.features_in_polars import features_in_polars  # this step only

    return features_in_polars(folder, CUT)


def score_again(folder: Path) -> float:
    """Score twice; return the CPU seconds of the second time."""
    source = ParquetSource(folder)
    score_as_of(source, cut=CUT, config=LEARNING)
    begun = time.process_time()
    score_as_of(source, cut=CUT, config=LEARNING)
    return time.process_time() - begun


def explain_each(folder: Path) -> dict[str, float]:
    """Score one date, explain units of it; return the middle CPU seconds of each kind.

    ``first`` are those of the first explanation of the process, which writes its questions.
    """
    source, store = ParquetSource(folder), SnapshotStore(folder / "snapshots")
    as_of = CUT.date() - timedelta(days=1)
    snapshot = store.open(run_score(source, store, as_of=as_of, config=ONE_DATE).snapshot_id)
    taken = {}
    for kind in ("building", "cell:10", "cell:9", "community"):
        spent = []
        for unit in (*snapshot.ranked(kind)["unit"][:EXPLAINED],) * TIMES:
            begun = time.process_time()
            explain(snapshot, source, f"{kind}:{unit}")
            spent.append(time.process_time() - begun)
        taken |= {} if taken else {"first": spent[0]}
        taken[kind] = statistics.median(spent)
    return taken


def take_one_in(folder: Path) -> float:
    """Score one date, take a visit and a complaint in; return the CPU seconds of one of them.

    With the score and the points of its building; the first row of each kind, whose question is
    written then, is not counted.
    """
    source = ParquetSource(folder)
    state = OfficeState(source, score_as_of(source, cut=CUT, config=ONE_DATE))
    buildings = state.buildings[:: len(state.buildings) // 22]
    for number, building in enumerate(buildings):
        if number == 2:
            begun = time.process_time()
        at = CUT - timedelta(hours=1, seconds=number)
        row = {"row_key": f"new-{number}", "event_at": at, "learnt_at": at, "building_id": building,
               "match_level": "building", "match_score": 1.0}  # fmt: skip
        if number % 2:
            state.add_visit(row | {"result": "未发现异常"})
        else:
            state.add_complaint(row | {"reporter_key": "new", "nature": "举报"})
        state.score_of(building)
    return (time.process_time() - begun) / (len(buildings) - 2)


STEPS: dict[str, Callable[[Path], Any]] = {
    "scan": scan,
    "pandas": lambda folder: features_in_pandas(folder, CUT),
    "polars": polars,
    "features": lambda folder: build_features(ParquetSource(folder), cut=CUT, config=ONE_DATE),
    "one date": lambda folder: score_as_of(ParquetSource(folder), cut=CUT, config=ONE_DATE),
    "learning": lambda folder: score_as_of(ParquetSource(folder), cut=CUT, config=LEARNING),
    "warm": score_again,
    "explain": explain_each,
    "one change": take_one_in,
}


def measure(step: str, folder: Path) -> dict[str, Any]:
    """Run a step in a process of its own; return CPU seconds, by part or not, and peak GB."""
    command = [sys.executable, "-m", "benchmarks.scores.score_scale", "--step", step, str(folder)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    result: dict[str, Any] = json.loads(told)
    return result


def main() -> None:
    """Print what every step costs at every size."""
    if "--step" in sys.argv:
        step, folder = sys.argv[2], Path(sys.argv[3])
        begun = time.process_time()
        measured = STEPS[step](folder)
        taken = time.process_time() - begun
        parts = measured if isinstance(measured, dict) else {"": measured}
        if os.environ.get(SPARK_MASTER):
            parts["java"] = _cpu_of_java()
        cpu = {name: part if isinstance(part, float) else taken for name, part in parts.items()}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(json.dumps({"cpu": cpu, "peak": peak}))
        return
    asked, events = sys.argv[1:], EVENTS_PER_BUILDING
    if "--spark" in asked:
        at = asked.index("--spark")
        os.environ[SPARK_MASTER] = asked[at + 1]  # for the processes of the steps
        del asked[at : at + 2]
    if "--events" in asked:
        at = asked.index("--events")
        events = int(asked[at + 1])
        del asked[at : at + 2]
    sizes = [int(value) for value in asked if not value.startswith("-")]
    steps = [step for step in STEPS if f"-{step}" not in asked]
    costs = {size: measure_all(size, events, steps) for size in sizes or [3_000, 20_000]}
    for (smaller, before), (larger, after) in pairwise(sorted(costs.items())):
        print(f"slope of CPU against rows, {smaller} to {larger} buildings")
        for name, seconds in after.items():
            slope = math.log(seconds / before[name]) / math.log(larger / smaller)
            print(f"  {name:20}{slope:8.2f}")


def _cpu_of_java() -> float:
    """End Spark; return the CPU seconds of its processes, which this process waited for."""
    from pyspark import SparkContext  # where Spark is asked for

    gateway = SparkContext._gateway  # noqa: SLF001 -- the only way to its process
    if gateway is None:
        return 0.0
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def measure_all(size: int, events: int, steps: Sequence[str]) -> dict[str, float]:
    """Print what steps cost at a size; return the CPU seconds of each."""
    cpu: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as made:
        make_tables(Path(made), size, events)
        print(f"{size} buildings, {size * events} events")
        for step in steps:
            cost = measure(step, Path(made))
            for part, seconds in cost["cpu"].items():
                name = f"{step} {part}".rstrip()
                cpu[name] = max(seconds, 1e-3)
                scans = cpu[name] / cpu["scan"] if "scan" in cpu else math.nan
                print(f"  {name:20}{seconds:8.3f} s CPU {scans:7.1f} scans{cost['peak']:7.2f} GB",
                      flush=True)  # fmt: skip
    if {"one date", "learning"} <= cpu.keys():
        print(f"  learning is {cpu['learning'] / cpu['one date']:.2f} times one date")
    return cpu


if __name__ == "__main__":
    main()
