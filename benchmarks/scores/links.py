"""Measure who is behind it: the whole list, one building and one drawing, beside a plain scan.

Run ``python -m benchmarks.scores.links [--buildings 200000] [--rows 1000000]``. Rows of rentals,
adverts, violations and complaints in Parquet; a tenth of them name somebody of more than one
building, a few landlords of hundreds. Exits 1 where the list takes more than a second of CPU, warm.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.types import Table

from data.derived.answers.followed_answers import FollowedAnswers
from data.derived.inputs import KnownState
from data.store.repositories.visits import VisitsState
from governance.access.permissions import Actor, Scope
from governance.cases.links.service import LinkService

MOST_S: Final = 1.0
SHARES: Final = {"rentals": 0.5, "adverts": 0.15, "violations": 0.05, "complaints": 0.3}
_KEYS: Final = {
    "rentals": ("lessee_uscc", "lessee_key", "lessee", "start_date", "end_date"),
    "adverts": ("contact_key", "published_at"),
    "violations": ("party_key", "party", "decided_on"),
    "complaints": ("accused_key", "received_at"),
}
_NAMED: Final = ("building_id", "std_address", "estate", "building_no")
OFFICER: Final = Actor("officer", "officer", ("enforcement_officer",), Scope.whole())


class Tables:
    """The tables of an office, as Parquet files read by DuckDB."""

    def __init__(self, folder: Path) -> None:
        self._session = ibis.duckdb.connect(threads=2)
        self._folder = folder

    state = KnownState(VisitsState(rows=0, newest=0), None)

    def pinned(self) -> Tables:
        """Return these tables, which never change."""
        return self

    def table(self, name: str) -> Table:
        """Return a table as it is now."""
        return self._session.read_parquet(self._folder / f"{name}.parquet", table_name=name)


class Links(LinkService):
    """The service over tables alone."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._kept, self._of_scopes = FollowedAnswers(1), FollowedAnswers(1)

    def anew(self) -> Links:
        """Return the service, which has kept nothing."""
        return Links(self._tables)

    @property
    def _engine(self) -> Any:  # noqa: ANN401 -- stands for it
        return self._tables

    @property
    def _workspace(self) -> Any:  # type: ignore[override]  # noqa: ANN401 -- stands for it
        return SimpleNamespace(secret=b"0" * 32, store=None)


def write_tables(folder: Path, *, buildings: int, rows: int) -> None:
    """Write the tables, their keys drawn so that a tenth of the rows are of shared parties."""
    rng = np.random.default_rng(7)
    ids = np.array([f"B{n}" for n in range(buildings)])
    for table, share in SHARES.items():
        count = int(rows * share)
        many = rng.random(count) < 0.1
        party = np.where(many, rng.integers(0, max(rows // 60, 1), count),
                         rows + rng.integers(0, 1 << 40, count))  # fmt: skip
        party = np.where(rng.random(count) < 0.002, -1 - rng.integers(0, 5, count), party)
        building = ids[rng.integers(0, buildings, count)]
        at = (
            np.datetime64("2024-01-01T00:00:00", "us")
            + rng.integers(0, 1000, count) * 86_400_000_000
        )
        key = pa.array([f"{each & 0xFFFFFFFFFFFFFFFF:016x}" for each in party.tolist()])
        texts = {name: pa.array(["张**"] * count) for name in ("lessee", "party")}
        columns = {name: pa.array(at, pa.timestamp("us")) for name in _KEYS[table][1:]}
        columns |= {name: each for name, each in texts.items() if name in _KEYS[table]}
        columns |= {name: key for name in _KEYS[table] if name.endswith("_key")}
        columns |= {name: pa.nulls(count, pa.string()) for name in _KEYS[table]
                    if name.endswith("uscc")}  # fmt: skip
        place = {"building_id": building, "community_code": building, "grid_code": building}
        pq.write_table(pa.table(columns | place), folder / f"{table}.parquet")
    visited = ids[rng.integers(0, buildings, rows // 4)]
    at = (
        np.datetime64("2024-01-01T00:00:00", "us")
        + rng.integers(0, 1000, len(visited)) * 86_400_000_000
    )
    pq.write_table(pa.table({"building_id": visited, "at": at}), folder / "inspections.parquet")
    pq.write_table(pa.table(dict.fromkeys(_NAMED, ids)), folder / "buildings.parquet")


def _days(rng: np.random.Generator, count: int) -> np.ndarray:
    return np.datetime64("2024-01-01", "us") + rng.integers(0, 1000, count) * np.timedelta64(1, "D")


def seconds(call: Callable[[], object]) -> float:
    """Return CPU seconds of a call, the median of three after one that warms up."""
    call()
    told = []
    for _ in range(3):
        begun = time.process_time()
        call()
        told.append(time.process_time() - begun)
    return statistics.median(told)


def main() -> int:
    """Measure, print, and say by the exit code whether the limit holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--buildings", type=int, default=200_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tables(folder, buildings=given.buildings, rows=given.rows)
        tables = Tables(folder)
        links = Links(tables)
        found = links.parties(OFFICER)
        here = str(found["building_ids"].iloc[0][0])
        network = links.around(OFFICER, here)
        whole = seconds(lambda: links.anew().parties(OFFICER))
        again = seconds(lambda: links.of_building(OFFICER, here))
        one = seconds(lambda: links.anew().of_building(OFFICER, here))
        drawn = seconds(lambda: links.anew().around(OFFICER, here))
        scan = seconds(lambda: [tables.table(each).nunique().execute() for each in SHARES])
    print(f"{given.buildings} buildings, {given.rows} rows: list {whole:.2f} s, "
          f"building {one:.2f} s, again {again:.2f} s, drawing {drawn:.2f} s "
          f"({len(network.nodes)} nodes), scan {scan:.2f} s CPU")  # fmt: skip
    return 0 if whole <= MOST_S else 1


if __name__ == "__main__":
    sys.exit(main())
