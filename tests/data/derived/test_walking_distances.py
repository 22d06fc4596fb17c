"""Walking distances: what a file may say, and which of several holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from data.contracts.registry import TABLES
from data.derived.walking_distances import WAY_COLUMNS, read_known_ways
from data.engine import Engine
from data.ingest.batches import CheckOptions, SourceBatch
from data.ingest.checking.check import check_batch
from data.ingest.checking.deduplicate import SeenRows
from data.ingest.reading.column_mapping import guess_mapping
from data.workspace.folder import Workspace

LATER = datetime(2026, 11, 25, 12, 0)  # noqa: DTZ001 -- local times throughout
CONTRACT = TABLES["walking_distances"]


@pytest.fixture
def engine(workspace: Workspace) -> Iterator[Engine]:
    made = Engine(workspace)
    yield made
    made.close()


def a_way(start: str, end: str, metres: float) -> dict[str, Any]:
    way = {"from_building_id": start, "to_building_id": end, "distance_m": metres}
    return {"way_no": f"{start}-{end}-{metres}"} | way


def test_nothing_imported_is_nothing_known(engine: Engine) -> None:
    known = read_known_ways(engine)
    assert known.empty
    assert tuple(known.columns) == WAY_COLUMNS


def test_of_a_pair_given_again_the_newest_holds_and_each_direction_stands_alone(
    workspace: Workspace, engine: Engine, put_rows: Callable[..., Any]
) -> None:
    put_rows(workspace, CONTRACT.name, [a_way("B1", "B2", 90), a_way("B2", "B1", 70)])
    again = [a_way("B1", "B2", 300), a_way("B1", "B2", 260), a_way("B3", "B1", 40)]
    put_rows(workspace, CONTRACT.name, again, now=LATER)
    assert [tuple(row) for row in read_known_ways(engine).itertuples(index=False)] == [
        ("B1", "B2", 260.0),
        ("B2", "B1", 70.0),
        ("B3", "B1", 40.0),
    ]


def test_a_file_is_read_by_its_usual_headers_and_wrong_rows_say_why() -> None:
    columns = {
        "起点楼栋编码": ["B1", "B1", None, "B2"],
        "终点楼栋编码": ["B2", "B3", "B2", "B3"],
        "步行距离(米)": ["260米", "-5", "10", "abc"],
        "步行时间(分)": ["4", None, None, None],
    }
    rows = pa.table({name: pa.array(cells, pa.large_string()) for name, cells in columns.items()})
    mapping = guess_mapping(rows.column_names, CONTRACT).mapping
    assert mapping == dict(zip([*WAY_COLUMNS, "minutes"], columns, strict=True))
    batch = SourceBatch(rows=rows, source_row=np.arange(2, 6), imprecise={}, geometry=None)
    checked = check_batch(
        batch, CONTRACT, mapping, options=CheckOptions(now=LATER, secret=b"s"), seen=SeenRows()
    )
    assert checked.accepted["distance_m"].to_pylist() == [260.0]
    assert sum(checked.reasons.values()) == 3
