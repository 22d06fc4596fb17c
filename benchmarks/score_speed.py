"""Measure design, score and snapshot of a made-up office on DuckDB.

Run ``python benchmarks/score_speed.py [BUILDINGS] [EVENTS]``; the defaults are a street office
(3,000 buildings, 30,000 events), which must stay under 3 s warm. ``200000 2000000`` is a city.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.expr.types import Table

from data.contracts.registry import TABLES
from data.lake.schema import (
    LAKE_COLUMNS,
    PLACEMENT_COLUMNS,
    REGISTER_COLUMNS,
    current_schema,
)
from data.lake.validity import as_first_versions
from data.results.snapshots import SnapshotStore
from geo.cells import cells_of_points
from risk.config.score import ScoreConfig
from risk.explanation.explain import explain
from risk.find_rate.knowledge import known_at
from risk.scoring.run import cut_after, run_score
from risk.scoring.score_as_of import score_as_of
from simulation.sources import fill_table

AS_OF = date(2026, 11, 24)
BUDGET_S = 3.0
EVENT_TABLES = ("complaints", "rentals", "violations", "inspections")
SHARES = {"complaints": 0.4, "rentals": 0.3, "violations": 0.02, "inspections": 0.28}


class MemoryEngine:
    """Hold made-up tables in DuckDB."""

    def __init__(self, buildings: int, events: int, rng: np.random.Generator) -> None:
        connection = ibis.duckdb.connect()
        register = make_register(buildings, rng)
        no_grids = current_schema(TABLES["grids"], placed=False).empty_table()
        made = {"buildings": register, "grids": no_grids}
        for name in EVENT_TABLES:
            made[name] = make_events(name, int(events * SHARES[name]), buildings, rng)
        self.views = {n: connection.create_table(n, t, temp=True) for n, t in made.items()}

    def table(self, name: str, *, cut: datetime | None = None) -> Table:
        """Return the rows learnt before the cut."""
        rows = self.views[name]
        return rows if cut is None else rows.filter(rows["learnt_at"] < ibis.literal(cut))

    def versions(self, name: str, *, cut: datetime | None = None) -> Table:  # noqa: ARG002 -- one register
        """Return the rows, none of which was ever corrected."""
        return as_first_versions(self.views[name])


def make_register(count: int, rng: np.random.Generator) -> pa.Table:
    """Scatter buildings over a square that grows with their number."""
    side = 0.0004 * np.sqrt(count)
    lon, lat = 117.1 + rng.random(count) * side, 36.1 + rng.random(count) * side
    numbers = np.arange(count)
    columns = {
        "building_id": [f"B{number:06d}" for number in numbers],
        "kind": rng.choice(["住宅", "商住", "商铺"], count),
        "household_count": rng.integers(20, 200, count),
        "lon": lon,
        "lat": lat,
        "h3_r10": cells_of_points(lon, lat, resolution=10),
        "community_code": [f"{370902001000 + number // 250}" for number in numbers],
        "grid_code": [f"{370902001000000 + number // 33}" for number in numbers],
        "learnt_at": np.full(count, np.datetime64("2020-01-01", "us")),
    }
    return fill_table(pd.DataFrame(columns), REGISTER_COLUMNS)


def make_events(name: str, count: int, buildings: int, rng: np.random.Generator) -> pa.Table:
    """Make events of two years with what the score reads of them."""
    days = rng.integers(0, 730 * 86_400, count).astype("timedelta64[s]")
    at = np.datetime64("2026-11-24", "us") - days
    texts = {
        "result": ["未发现异常", "未发现异常", "疑似", "属实", "无人"],
        "source": ["12345热线", "网格上报"],
        "nature": ["投诉", "举报", "咨询"],
        "lessee_kind": ["个人", "企业"],
        "purpose": ["居住", "商业"],
    }
    columns = {
        "row_key": [f"{name}-{number}" for number in range(count)],
        "building_id": np.char.mod("B%06d", rng.integers(0, buildings, count)),
        "match_level": np.full(count, "building"),
        "match_score": rng.choice([0.8, 1.0], count),
        "event_at": at,
        "learnt_at": at,
        "start_date": at,
        "end_date": at + np.timedelta64(300, "D"),
        "reporter_key": np.char.mod("r%d", rng.integers(0, max(count // 2, 1), count)),
        "unit_id": np.char.mod("u%d", rng.integers(0, max(count, 1), count)),
        "lessee_key": np.char.mod("t%d", rng.integers(0, max(count, 1), count)),
        **{field: rng.choice(values, count) for field, values in texts.items()},
    }
    text_only = dict.fromkeys(("status", "is_true", "category", "ticket_no"), pa.string())
    times = dict.fromkeys(("start_date", "end_date"), pa.timestamp("us"))
    own = dict.fromkeys([c for c in columns if c not in times], pa.string())
    types = own | text_only | times | LAKE_COLUMNS | PLACEMENT_COLUMNS
    return fill_table(pd.DataFrame(columns), types)


def main() -> None:
    """Print the seconds of each step, cold and warm."""
    buildings, events = (int(value) for value in (*sys.argv[1:], *("3000", "30000"))[:2])
    engine = MemoryEngine(buildings, events, np.random.default_rng(1))
    config, cut = ScoreConfig(), cut_after(AS_OF)
    total = 0.0
    for run in ("cold", "warm"):
        start = time.perf_counter()
        known_at(engine, cut=cut, config=config)
        built = time.perf_counter()
        score_as_of(engine, cut=cut, config=config)
        total = time.perf_counter() - built
        print(f"{run}: design {built - start:.2f} s, score {total:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        store = SnapshotStore(Path(folder))
        start = time.perf_counter()
        result = run_score(engine, store, as_of=AS_OF, config=config)
        print(f"whole run with snapshot: {time.perf_counter() - start:.2f} s")
        snapshot = store.open(result.snapshot_id)
        for unit in (snapshot.ranked(kind)["unit"][0] for kind in ("building", "cell:9", "grid")):
            start = time.perf_counter()
            explain(snapshot, engine, unit)
            print(f"explain {unit}: {time.perf_counter() - start:.2f} s")
    if buildings <= 3_000:
        assert total < BUDGET_S, f"{total:.2f} s warm; the budget is {BUDGET_S} s"


if __name__ == "__main__":
    main()
