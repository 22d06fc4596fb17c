"""The order of visits, by which the last of several rows tells of a day or of one time of going.

Days follow each other. Of a day rows without a result come first, then those of which only the day
is known, then by the time of day, and of one moment by what they found: what an office knows last,
or a find, is what counts. Rows that are alike in all this stand as in their files, in the order of
the imports. A row's key decides nothing: of a row without a number it is a hash with the
workspace's secret, and the same files would score otherwise in another workspace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from risk import schema as c
from risk.arrays import Codes, Floats, code_texts, order_by
from risk.events.repeats import POSITION

HOUR: Final = "hour"
ROW: Final = POSITION[-1]
FILE: Final = POSITION[:-1]
_MINUTES_PER_HOUR: Final = 60
_MINUTES_PER_DAY: Final = 24 * _MINUTES_PER_HOUR + 1
"""With the one of visits of which only the day is known."""


def in_order(visits: pd.DataFrame) -> Codes:
    """Return the order of visits.

    ``visits``: ``day``, ``found`` (NaN without a result), ``hour`` (NaN where only the day is
    known) and `POSITION`.
    """
    day = visits[c.DAY].to_numpy(np.int64)
    found, hour, row = (visits[name].to_numpy(np.float64) for name in ("found", HOUR, ROW))
    files = [code_texts(visits[name])[1][0] for name in FILE]
    return _sort(day, _ranks(found), hour, files, row)


def order_of(rows: Mapping[str, Any], *, results: Mapping[str, float]) -> Codes:
    """Return the order of `in_order` for rows as `risk.events.fetch.fetch_columns` fetches them.

    ``rows``: ``day``, ``result``, ``hour`` and `POSITION`, None for what says nothing.
    ``results``: how much each word for a result says was found.
    """
    day, words = rows[c.DAY], rows["result"]
    outcome = np.zeros(len(day), dtype=np.int64)
    if words is not None:
        found = [results.get(word, np.nan) for word in words.dictionary.to_pylist()]
        outcome = _ranks(np.array(found, dtype=np.float64))[words.indices.to_numpy()]
    files = [codes for name in FILE for codes in _codes(rows.get(name))]
    hour, row = (_numbers(rows.get(name)) for name in (HOUR, ROW))
    return _sort(day, outcome, hour, files, row)


def _ranks(found: Floats) -> Codes:
    """Return where what was found stands among all that was, from 1; 0 without a result."""
    known = ~np.isnan(found)
    return np.where(known, 1 + np.searchsorted(np.unique(found[known]), found), 0)


def _codes(texts: pa.DictionaryArray | None) -> list[Codes]:
    """Return numbers by which texts sort; none where all are the same."""
    if texts is None or len(texts.dictionary) < 2:  # noqa: PLR2004 -- nothing to sort by
        return []
    ranks = code_texts(texts.dictionary.to_pandas().astype("str"))[1][0]
    return [ranks[texts.indices.to_numpy()]]


def _numbers(column: pa.Array | None) -> Floats | None:
    return None if column is None else np.asarray(column.to_numpy(zero_copy_only=False))


def _sort(
    day: Codes, outcome: Codes, hour: Floats | None, files: list[Codes], row: Floats | None
) -> Codes:
    first = 2 * (day.astype(np.int64) - day.min(initial=0)) + (outcome > 0)
    if hour is not None:
        minute = np.where(np.isnan(hour), 0.0, hour * _MINUTES_PER_HOUR + 1.5)  # from 1, rounded
        first = first * _MINUTES_PER_DAY + minute.astype(np.int64)
    first = first * (int(outcome.max(initial=0)) + 1) + outcome
    rows = [] if row is None else [np.nan_to_num(row, nan=0.0).astype(np.int64)]
    return order_by(*rows, *files[::-1], first)
