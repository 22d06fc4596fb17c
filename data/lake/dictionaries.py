"""Which columns of text Parquet files hold as a dictionary, and how they are read as one."""

from collections.abc import Iterable
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_SAMPLE_ROWS: Final = 16_384
_FEWEST_REPEATS: Final = 4


def repeating_texts(rows: pa.Table) -> list[str]:
    """Return the texts that repeat themselves: a dictionary of others costs time and no less.

    Each distinct text comes four times or more among the first 16,384 rows.
    """
    some = rows.slice(0, _SAMPLE_ROWS)
    texts = [field.name for field in some.schema if _is_text(field.type)]
    return [
        name for name in texts
        if 0 < pc.count_distinct(some[name]).as_py() * _FEWEST_REPEATS <= some.num_rows
    ]  # fmt: skip


def coded_texts(files: Iterable[pq.ParquetFile]) -> frozenset[str]:
    """Return the columns of text that each of some files either lacks or holds as a dictionary."""
    coded: set[str] = set()
    plain: set[str] = set()
    for file in files:
        texts = {field.name for field in file.schema_arrow if _is_text(field.type)}
        for group in range(file.num_row_groups):
            columns = file.metadata.row_group(group)
            for at in range(columns.num_columns):
                column = columns.column(at)
                name = column.path_in_schema
                (coded if name in texts and column.has_dictionary_page else plain).add(name)
    return frozenset(coded - plain)


def columns_with_values(file: pq.ParquetFile, group: int) -> list[str]:
    """Return the columns of a row group in which, as far as is known, any row has a value."""
    columns = file.metadata.row_group(group)
    named = (columns.column(at) for at in range(columns.num_columns))
    return [each.path_in_schema for each in named if not _is_empty(each)]


def _is_empty(column: pq.ColumnChunkMetaData) -> bool:
    known = column.statistics
    return known is not None and known.has_null_count and known.null_count == column.num_values


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_large_string(kind) or pa.types.is_string(kind))
