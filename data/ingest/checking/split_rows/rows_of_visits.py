"""See whether rows that were left out as duplicates of a visit may be problems of it."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.batches import CheckedBatch, SourceBatch
from data.ingest.checking.reasons import IDENTICAL_ROW, REPEATED_KEY
from data.lake.schema import ROW_KEY, SOURCE_ROW

ROWS_OF_ONE_VISIT: Final = "rows_of_one_visit"
"""Code of the note about visits of which only the first row was read."""
_COUNTED: Final = "critical_count"
"""A field that tables have whose rows may be problems."""
_FEWEST, _LEAST_SHARE, _LOOKED_AT = 10, 0.1, 500
_OFTEN: Final = 0.2


def differing_columns(batch: SourceBatch, checked: CheckedBatch) -> list[str]:
    """Return in which columns duplicates often differ from the row that was kept of their visit.

    Empty where hardly any row is a duplicate, where they are the same again, and where only such
    columns differ as number the rows.
    """
    codes = pa.array([IDENTICAL_ROW, REPEATED_KEY], pa.large_string())
    later = checked.duplicates
    later = later.filter(pc.is_in(later["code"], value_set=codes)).slice(0, _LOOKED_AT)
    if _COUNTED not in checked.accepted.column_names or len(later) < _FEWEST:
        return []
    if len(checked.duplicates) < _LEAST_SHARE * len(batch):
        return []
    kept = pc.index_in(later[ROW_KEY], value_set=checked.accepted[ROW_KEY])
    known = later.filter(kept.is_valid())
    first = checked.accepted[SOURCE_ROW].take(kept.drop_null())
    pairs = [_lines(batch, rows) for rows in (first, known[SOURCE_ROW])]
    return [name for name in batch.columns if _differs(batch, name, *pairs)] if len(known) else []


def _lines(batch: SourceBatch, rows: pa.ChunkedArray) -> pa.Array:
    return pc.index_in(rows.combine_chunks(), value_set=pa.array(batch.source_row))


def _differs(batch: SourceBatch, name: str, first: pa.Array, later: pa.Array) -> bool:
    """Say whether a column often differs in pairs of rows, and has texts that come again."""
    column = batch.rows[name].combine_chunks()
    texts = [column.take(lines).fill_null("") for lines in (first, later)]
    apart = np.asarray(pc.not_equal(*texts))
    return bool(apart.mean() >= _OFTEN) and 2 * pc.count_distinct(column).as_py() <= len(column)
