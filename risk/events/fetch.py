"""Results of expressions as frames of a few plain types; days as whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis import ir
from numpy.typing import NDArray

from risk.arrays import Codes, is_blank
from risk.events.expressions import text_of

NEVER: Final = 10_000_000
"""The day of what has no date."""


def fetch(expression: ir.Table) -> pd.DataFrame:
    """Run an expression on its engine and return the result, by way of Arrow."""
    frame: pd.DataFrame = expression.to_pyarrow().to_pandas()
    return frame


def fetch_columns(
    table: ir.Table,
    *,
    texts: Sequence[str],
    days: Mapping[str, str],
    numbers: Sequence[str] = (),
    flags: Sequence[str] = (),
    times: Sequence[str] = (),
    numbered: Sequence[str] = (),
    arrange: Callable[[pa.Table], Codes] | None = None,
) -> pd.DataFrame:
    """Fetch columns in a few plain types; what is not there reads as unknown.

    Texts are ``''`` where unknown, numbers float64 or NaN, flags False; days, by new name and
    column, whole days since 1970-01-01, local time, or `NEVER`; times as they are.
    ``arrange`` says in which order rows shall come, before they become a frame. Of texts that are
    ``numbered`` a column `number_column` is added (`risk.arrays.code_texts`): it costs less before.
    """

    def there(names: Sequence[str]) -> list[str]:
        return [name for name in names if name in table.columns]

    rows = table.select(
        **{name: text_of(table, name) for name in there(texts)},
        **{name: table[column].cast("timestamp") for name, column in days.items()},
        **{name: table[name].cast("float64") for name in there(numbers)},
        **{name: table[name].cast("timestamp") for name in there(times)},
        **{name: table[name].cast("boolean").fill_null(False) for name in there(flags)},  # noqa: FBT003 -- a literal's value
    ).to_pyarrow()
    codes = {number_column(name): _numbers(rows[name]) for name in there(numbered)}
    if arrange is not None:
        order = pa.array(arrange(rows))
        # Column by column and in one piece, which takes a third of the time.
        rows = pa.table({name: _taken(rows[name], order) for name in rows.schema.names})
        codes = {name: each[order.to_numpy()] for name, each in codes.items()}
    columns: dict[str, Any] = _plain(
        rows,
        {
            # One array for all columns that say nothing, which may be most of them.
            **dict.fromkeys(texts, pd.Series("", index=range(rows.num_rows), dtype="str")),
            **dict.fromkeys(numbers, np.full(rows.num_rows, np.nan)),
            **dict.fromkeys(times, np.full(rows.num_rows, np.datetime64("NaT", "us"))),
            **dict.fromkeys(flags, np.zeros(rows.num_rows, dtype=bool)),
        },
    ) | {name: days_of(rows[name].to_numpy()) for name in days}
    order = [*texts, *days, *numbers, *times, *flags]
    return pd.DataFrame({name: columns[name] for name in order} | codes, copy=False)


def number_column(name: str) -> str:
    """Name the column of numbers that are equal where texts are."""
    return f"{name}_number"


def _numbers(texts: pa.ChunkedArray) -> NDArray[np.int32]:
    return np.asarray(texts.combine_chunks().dictionary_encode().indices.to_numpy())


def _plain(rows: pa.Table, unknown: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns of rows in the types of those that are to stand for them if they say nothing.

    ``unknown``: by name; themselves returned where there is no such column, or it says nothing.
    """
    told = [name for name in unknown if name in rows.schema.names]
    told = [name for name in told if not _says_nothing(rows[name])]
    frame = rows.select(told).to_pandas()
    kinds = {name: unknown[name].dtype for name in told if frame[name].dtype.kind != "M"}
    frame = frame.astype(kinds)
    return {name: frame.get(name, nothing) for name, nothing in unknown.items()}


def _says_nothing(column: pa.ChunkedArray) -> bool:
    """Say whether a column is blank or unknown throughout."""
    is_text = pa.types.is_string(column.type)
    return is_blank(column) if is_text else column.null_count == len(column)


def _taken(column: pa.ChunkedArray, order: pa.Array) -> pa.ChunkedArray | pa.Array:
    """Return a column in another order; the order of blank texts makes no difference."""
    if pa.types.is_string(column.type) and is_blank(column):
        return column
    return column.combine_chunks().take(order)


def days_of(times: pd.Series | NDArray[np.datetime64]) -> Codes:
    """Return the whole days since 1970-01-01 of local times, `NEVER` where unknown."""
    values = np.asarray(times).astype("datetime64[D]")
    return np.where(np.isnat(values), NEVER, values.astype(np.int64))


def day_of(moment: date | datetime | np.datetime64) -> int:
    """Return the whole days since 1970-01-01 of a local date or time."""
    return int(np.array(moment, dtype="datetime64[D]").astype(np.int64))
