"""Read the rows of a Parquet file that have one of some texts, and not much else of it."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def select_rows(
    path: Path, column: str, values: Iterable[str], columns: Sequence[str] | None = None
) -> pa.Table:
    """Read the rows of a Parquet file whose text in ``column`` is one of ``values``.

    Of the other columns only the row groups that hold such a row are read.
    """
    texts = pa.lib.StringBuilder()  # `pa.array` imports pandas
    texts.append_values(sorted(set(values)))
    wanted = texts.finish()
    with pq.ParquetFile(path) as file:
        found = []
        for group in _groups_within(file.metadata, column, wanted):
            keys = file.read_row_group(group, columns=[column])[column]
            hit = pc.is_in(keys, value_set=wanted)
            if pc.any(hit).as_py():
                found.append(file.read_row_group(group, columns=columns).filter(hit))
        if found:
            return pa.concat_tables(found)
        kept = file.schema_arrow.names if columns is None else columns
        return file.schema_arrow.empty_table().select(kept)


def _groups_within(metadata: Any, column: str, wanted: pa.Array) -> list[int]:  # noqa: ANN401 -- pyarrow ships no types
    """List the row groups whose least and greatest text leave room for a wanted one."""
    texts, number = wanted.to_pylist(), metadata.schema.names.index(column)

    def may_hold(group: int) -> bool:
        statistics = metadata.row_group(group).column(number).statistics
        if statistics is None or not statistics.has_min_max:
            return True
        at = bisect_left(texts, statistics.min)
        return at < len(texts) and texts[at] <= statistics.max

    return [group for group in range(metadata.num_row_groups if texts else 0) if may_hold(group)]
