"""Join rows with their placement into the columns of a table's derived file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.lake.schema import GIVEN, PLACEMENT_COLUMNS

Columns = dict[str, pa.ChunkedArray]


def columns_of(table: pa.Table) -> Columns:
    """Return the columns of a table by their names."""
    return dict(zip(table.column_names, table.columns, strict=True))


def put_beside(rows: Mapping[str, pa.ChunkedArray], placement: pa.Table) -> Columns:
    """Put a placement beside its rows; what a row itself gave under such a name is kept apart."""
    beside = columns_of(placement)
    return {(GIVEN + name if name in beside else name): rows[name] for name in rows} | beside


def to_schema(columns: Mapping[str, pa.ChunkedArray], schema: pa.Schema, count: int) -> pa.Table:
    """Return columns in the order and types of a schema; what an older import lacks is unknown."""
    present = {f.name: columns.get(f.name, pa.nulls(count, f.type)) for f in schema}
    return pa.table(present).cast(schema)


def read_groups(rows: Path, placement: Path | None) -> Iterator[dict[str, pa.ChunkedArray]]:
    """Yield the columns of each row group, those of its placement beside them."""
    with pq.ParquetFile(rows) as stored:
        placed = pq.ParquetFile(placement) if placement else None
        for group in range(stored.num_row_groups):
            columns = columns_of(stored.read_row_group(group))
            if placed is not None:
                beside = placed.read_row_group(group, columns=[*PLACEMENT_COLUMNS])
                columns = put_beside(columns, beside)
            yield columns
        if placed is not None:
            placed.close()
