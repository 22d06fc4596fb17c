"""Join rows with their placement into the columns of a table's derived file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from data.lake.schema import GIVEN, IMPORT_ID, PLACEMENT_COLUMNS, ROW_KEY

Columns = dict[str, pa.ChunkedArray]
PLACE_ORDER: Final = ("building_id", "h3_r10", ROW_KEY, IMPORT_ID)
"""How placed rows are written: those of a building, then those of no building by cell."""
ROWS_PER_GROUP: Final = 16_384
"""So that rows of a building are read without the others, by the extremes of each group."""


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


def read_groups(
    rows: Path, placement: Path | None, screened: Path | None = None
) -> Iterator[dict[str, pa.ChunkedArray]]:
    """Yield the columns of each row group, those of its placement and screening beside them."""
    with pq.ParquetFile(rows) as stored:
        placed = pq.ParquetFile(placement) if placement else None
        told = pq.ParquetFile(screened) if screened else None
        for group in range(stored.num_row_groups):
            columns = columns_of(stored.read_row_group(group))
            if placed is not None:
                beside = placed.read_row_group(group, columns=[*PLACEMENT_COLUMNS])
                columns = put_beside(columns, beside)
            if told is not None:
                columns |= columns_of(told.read_row_group(group))
            yield columns
        for file in (placed, told):
            if file is not None:
                file.close()
