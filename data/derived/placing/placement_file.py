"""The file that says where the rows of an import are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from data.derived.placing.place import NARROW, Placer
from data.lake.dictionaries import repeating_texts
from data.lake.schema import PLACEMENT_COLUMNS, ROW_KEY, TEXT

SCHEMA: Final = pa.schema([(ROW_KEY, TEXT), *PLACEMENT_COLUMNS.items()])


def write_placement(path: Path, rows: Path, placer: Callable[[], Placer]) -> None:
    """Place the rows of a file group by group, so that memory does not grow with the import."""
    with pq.ParquetFile(rows) as source, ExitStack() as stack:
        present = [name for name in (ROW_KEY, *NARROW) if name in source.schema_arrow.names]
        writer = None
        for group in range(source.num_row_groups):
            some = source.read_row_group(group, columns=present)
            placed = placer().place(some).add_column(0, ROW_KEY, some[ROW_KEY]).cast(SCHEMA)
            writer = writer or stack.enter_context(_writer(path, placed))
            writer.write_table(placed)
        if writer is None:
            _writer(path, SCHEMA.empty_table()).close()


def _writer(path: Path, first: pa.Table) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, SCHEMA, use_dictionary=repeating_texts(first))
