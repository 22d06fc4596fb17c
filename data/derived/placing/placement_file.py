"""The file that says where the rows of an import are."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from data.derived.backends.spark_tasks import work_through
from data.derived.placing.place import NARROW, Placer
from data.lake.dictionaries import repeating_texts
from data.lake.schema import PLACEMENT_COLUMNS, ROW_KEY, TEXT
from data.workspace.storage_settings import EngineSettings

SCHEMA: Final = pa.schema([(ROW_KEY, TEXT), *PLACEMENT_COLUMNS.items()])


def write_placement(
    path: Path, rows: Path, placer: Callable[[], Placer], *, engine: EngineSettings
) -> None:
    """Place the rows of a file group by group, so that memory does not grow with the import.

    ``engine``: says where (`data.derived.backends.spark_tasks`).
    """
    with pq.ParquetFile(rows) as source, ExitStack() as stack:
        present = [name for name in NARROW if name in source.schema_arrow.names]
        groups, writer = range(source.num_row_groups), None
        parts = (source.read_row_group(group, columns=present) for group in groups)
        found = work_through(engine, lambda: placer().place, parts, count=len(groups))
        for group, places in zip(groups, found, strict=True):
            keys = source.read_row_group(group, columns=[ROW_KEY])[ROW_KEY]
            placed = places.add_column(0, ROW_KEY, keys).cast(SCHEMA)
            writer = writer or stack.enter_context(_writer(path, placed))
            writer.write_table(placed)
        if writer is None:
            _writer(path, SCHEMA.empty_table()).close()


def _writer(path: Path, first: pa.Table) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, SCHEMA, use_dictionary=repeating_texts(first))
