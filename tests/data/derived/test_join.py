"""Rows are read with their placement beside them, whatever way their texts are held."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.derived.join import as_known, coded_in_all, read_groups, to_schema
from data.lake.schema import TEXT

ROWS = pa.table({
    "row_key": pa.array(["a", "b"], TEXT), "status": pa.array(["open", None], TEXT),
    "lon": [117.0, None], "community_code": pa.array(["told", None], TEXT),
    "title": pa.nulls(2, TEXT),
})  # fmt: skip
PLACEMENT = pa.table({
    "row_key": pa.array(["a", "b"], TEXT), "lon": [117.1, 117.2],
    "community_code": pa.nulls(2, TEXT),
})  # fmt: skip
SCHEMA = pa.schema([
    ("row_key", TEXT), ("status", TEXT), ("given_lon", pa.float64()), ("title", TEXT),
    ("given_community_code", TEXT), ("lon", pa.float64()), ("community_code", TEXT),
])  # fmt: skip


@pytest.mark.parametrize("held_as", [[], ["status", "community_code"]])
def test_what_was_given_is_kept_apart_from_a_placement_of_nothing(
    tmp_path: Path, held_as: list[str]
) -> None:
    rows, placement = tmp_path / "rows.parquet", tmp_path / "placement.parquet"
    pq.write_table(ROWS, rows, use_dictionary=held_as)
    pq.write_table(PLACEMENT, placement)
    coded = [coded_in_all([path]) for path in (rows, placement)]
    assert coded[0] == set(held_as)
    groups = read_groups(rows, placement, coded=[*coded, ()])
    (known,) = [as_known(columns, SCHEMA) for columns in groups]
    assert "title" not in known.column_names
    whole = to_schema(dict(zip(known.column_names, known.columns, strict=True)), SCHEMA, 2)
    assert whole.to_pydict() == {
        "row_key": ["a", "b"], "status": ["open", None], "given_lon": [117.0, None],
        "title": [None, None], "given_community_code": ["told", None], "lon": [117.1, 117.2],
        "community_code": [None, None],
    }  # fmt: skip


def test_rows_of_an_empty_group_are_no_rows(tmp_path: Path) -> None:
    pq.write_table(ROWS.slice(0, 0), tmp_path / "rows.parquet")
    pq.write_table(PLACEMENT.slice(0, 0), tmp_path / "placement.parquet")
    for columns in read_groups(tmp_path / "rows.parquet", tmp_path / "placement.parquet"):
        assert columns["row_key"].length() == 0
