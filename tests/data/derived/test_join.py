"""Placed rows are written in order of place."""

from __future__ import annotations

from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.derived.join import PLACE_ORDER, ROWS_PER_GROUP, write_in_order

KINDS = {
    **dict.fromkeys(PLACE_ORDER, pa.large_string()),
    "event_at": pa.timestamp("us"),
    "geom": pa.large_binary(),
    "count": pa.int64(),
}


def strewn(count: int) -> pa.Table:
    rng = np.random.default_rng(1)
    texts = {
        "building_id": [None if n < 0 else f"B{n}" for n in rng.integers(-20, 300, count)],
        "h3_r10": [None if n < 0 else f"8a{n}" for n in rng.integers(-1, 50, count)],
        "row_key": [f"k{n}" for n in rng.permutation(count)],
        "import_id": [f"i{n}" for n in rng.integers(3, size=count)],
        "event_at": rng.integers(10**15, size=count).astype("datetime64[us]"),
        "geom": [b"x" * int(n) for n in rng.integers(3, size=count)],
        "count": rng.integers(9, size=count),
    }
    return pa.table({name: pa.array(values, KINDS[name]) for name, values in texts.items()})


def test_the_same_rows_are_there_by_building_then_those_of_none_by_cell(tmp_path: Path) -> None:
    rows, path = strewn(ROWS_PER_GROUP + 1_000), tmp_path / "rows.parquet"
    write_in_order(lambda new: pq.write_table(rows, new), path, session=ibis.duckdb.connect())
    order = [(name, "ascending") for name in PLACE_ORDER]
    assert pq.read_table(path).equals(rows.sort_by(order).combine_chunks())
    assert pq.read_metadata(path).num_row_groups == 2
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
