"""Placed rows are written in order of place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.derived.join import PLACE_ORDER, ROWS_PER_GROUP
from data.derived.placing.sorted_runs import RUN_ROWS, write_in_order

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


ORDER = [(name, "ascending") for name in PLACE_ORDER]


def write(rows: pa.Table, path: Path, *, at_once: int) -> None:
    tables = (rows.slice(first, at_once) for first in range(0, rows.num_rows, at_once))
    write_in_order(tables, path, rows.schema)


def test_the_same_rows_are_there_by_building_then_those_of_none_by_cell(tmp_path: Path) -> None:
    rows, path = strewn(ROWS_PER_GROUP + 1_000), tmp_path / "rows.parquet"
    write(rows, path, at_once=5_000)
    assert pq.read_table(path).equals(rows.sort_by(ORDER).combine_chunks())
    assert pq.read_metadata(path).num_row_groups == 2
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_rows_of_several_runs_are_merged_into_full_groups(tmp_path: Path) -> None:
    rows, path = strewn(2 * RUN_ROWS + 10_000), tmp_path / "rows.parquet"
    first = pa.nulls(RUN_ROWS, pa.int64())  # a run whose column says nothing
    count = pa.concat_arrays([first, rows["count"].combine_chunks()[RUN_ROWS:]])
    rows = rows.set_column(rows.column_names.index("count"), "count", count)
    write(rows, path, at_once=RUN_ROWS // 4)
    assert pq.read_table(path).equals(rows.sort_by(ORDER).combine_chunks())
    groups = pq.ParquetFile(path).metadata
    sizes = [groups.row_group(group).num_rows for group in range(groups.num_row_groups)]
    assert set(sizes[:-1]) == {ROWS_PER_GROUP}
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_rows_of_one_place_and_key_stay_as_they_came(tmp_path: Path) -> None:
    rows, path = strewn(RUN_ROWS + 10), tmp_path / "rows.parquet"
    for name in PLACE_ORDER:
        alike = pa.repeat(pa.scalar("x", pa.large_string()), rows.num_rows)
        rows = rows.set_column(rows.column_names.index(name), name, alike)
    write(rows, path, at_once=RUN_ROWS)
    assert pq.read_table(path).equals(rows)


def test_no_rows_make_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    write_in_order([], path, strewn(1).schema)
    assert pq.read_table(path).equals(strewn(1).schema.empty_table())


def test_coded_texts_and_absent_columns_make_the_same_file(tmp_path: Path) -> None:
    rows, path = strewn(2 * RUN_ROWS + 10_000), tmp_path / "rows.parquet"
    coded = {"building_id", "h3_r10", "import_id"}
    tables = [
        pa.table({
            name: column.dictionary_encode() if name in coded else column
            for name, column in zip(rows.column_names, part.columns, strict=True)
            if not (first and name == "geom")
        })
        for first in range(0, rows.num_rows, 30_000)
        for part in [rows.slice(first, 30_000)]
    ]  # fmt: skip
    write_in_order(tables, path, rows.schema)
    shapes = [g if n < 30_000 else None for n, g in enumerate(rows["geom"].to_pylist())]
    rows = rows.set_column(rows.column_names.index("geom"), "geom", pa.array(shapes, KINDS["geom"]))
    assert pq.read_table(path).equals(rows.sort_by(ORDER).combine_chunks())
