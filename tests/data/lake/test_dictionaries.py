"""Texts that repeat themselves are held as dictionaries."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.lake.dictionaries import coded_texts, columns_with_values, repeating_texts
from data.lake.schema import TEXT

ROWS = pa.table({
    "status": pa.array(["open", "closed", None, "open"] * 10, TEXT),
    "key": pa.array([str(n) for n in range(40)], TEXT),
    "nothing": pa.nulls(40, TEXT),
    "count": pa.array([1] * 40),
})  # fmt: skip


def written(path: Path, *, coded: list[str]) -> pq.ParquetFile:
    pq.write_table(ROWS, path, use_dictionary=coded)
    return pq.ParquetFile(path)


def test_only_texts_with_few_values_repeat_themselves() -> None:
    assert repeating_texts(ROWS) == ["status"]
    assert repeating_texts(ROWS.slice(0, 0)) == []


def test_a_text_is_coded_where_every_file_that_has_it_holds_it_so(tmp_path: Path) -> None:
    both = written(tmp_path / "both.parquet", coded=["status", "key"])
    one = written(tmp_path / "one.parquet", coded=["status", "count"])
    assert coded_texts([both]) == {"status", "key"}
    assert coded_texts([both, one]) == {"status"}
    pq.write_table(ROWS.select(["key"]), tmp_path / "less.parquet", use_dictionary=["key"])
    assert coded_texts([both, pq.ParquetFile(tmp_path / "less.parquet")]) == {"status", "key"}


def test_columns_of_nulls_are_known_without_reading_them(tmp_path: Path) -> None:
    assert columns_with_values(written(tmp_path / "a.parquet", coded=[]), 0) == [
        "status", "key", "count",
    ]  # fmt: skip
