"""Undo what a spreadsheet does to 03/05/2026 when it takes the day for the month.

Of a column written day first it turns what could be a month first into dates, 3 May into 5 March,
and leaves 25/05/2026 as text. So all of its dates are of the first twelve days of a month, and all
of its texts are not.
"""

from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.batches import SourceBatch

EXCHANGED_DAYS: Final = "exchanged_days"
"""Code of the note about columns of which this was undone."""
_TEXT: Final = r"^\s*(?P<first>[0-9]{1,2})[-/.](?P<second>[0-9]{1,2})[-/.](?:19|20)[0-9]{2}(?:\s|$)"
_DATE: Final = r"^(?P<year>(?:19|20)[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?P<rest>[ T]|$)"
_MONTHS, _FEWEST_TEXTS, _FEWEST_DATES, _LOOKED_AT = 12, 5, 20, 1_000


def with_days_as_written(batch: SourceBatch) -> SourceBatch:
    """Return a batch with day and month where their sender had them, and a note with the columns.

    Twenty dates without one of the other 18 days of a month come about by chance once in 10^8.
    """
    exchanged = [name for name in batch.columns if _are_exchanged(batch.rows[name])]
    rows = batch.rows
    for name in exchanged:
        texts = pc.replace_substring_regex(rows[name], _DATE, r"\1-\3-\2\4")
        rows = rows.set_column(rows.column_names.index(name), name, texts)
    notes = ((EXCHANGED_DAYS, "、".join(exchanged)),) if exchanged else ()
    return replace(batch, rows=rows, notes=(*batch.notes, *notes))


def _are_exchanged(texts: pa.ChunkedArray) -> bool:
    if not pc.any(pc.match_substring_regex(texts.slice(0, _LOOKED_AT), _TEXT)).as_py():
        return False
    first, second = (_numbers(texts, _TEXT, name) for name in ("first", "second"))
    days = _numbers(texts, _DATE, "day")
    if len(first) < _FEWEST_TEXTS or len(days) < _FEWEST_DATES:
        return False
    return bool(
        pc.min(first).as_py() > _MONTHS >= pc.max(second).as_py()
        and pc.max(days).as_py() <= _MONTHS
    )


def _numbers(texts: pa.ChunkedArray, pattern: str, name: str) -> pa.ChunkedArray:
    parts = pc.extract_regex(texts, pattern)
    return pc.struct_field(parts, name).drop_null().cast(pa.int64())
