"""Results of expressions as frames of a few plain types; days as whole numbers."""

from collections.abc import Callable, Collection, Mapping, Sequence
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
_ROWS_AT_ONCE: Final = 100_000
"""Rows that an engine hands over at once: what is made of them takes a fraction of their room."""


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
    coded: Collection[str] = (),
    arrange: Callable[[dict[str, Any]], Codes] | None = None,
) -> pd.DataFrame:
    """Fetch columns in a few plain types; what is not there reads as unknown.

    Texts are ``''`` where unknown, numbers float64 or NaN, flags False; days, by new name and
    column, whole days since 1970-01-01, local time, or `NEVER`; times as they are. Texts that are
    ``coded`` come as categories, unless they say nothing. ``arrange`` says in which order rows
    shall come, by their days and other columns as Arrow has them, None for one that says nothing;
    what it takes out is not made into a column of the frame, and reads as unknown.
    """

    def present(names: Sequence[str]) -> list[str]:
        return [name for name in names if name in table.columns]

    rows = table.select(
        **{name: text_of(table, name) for name in present(texts)},
        **{name: table[column].cast("timestamp") for name, column in days.items()},
        **{name: table[name].cast("float64") for name in present(numbers)},
        **{name: table[name].cast("timestamp") for name in present(times)},
        **{name: table[name].cast("boolean").fill_null(False) for name in present(flags)},  # noqa: FBT003 -- a literal's value
    )
    count, read = _fetch_in_parts(rows, days=days, coded=coded)
    order = None if arrange is None else arrange(read)
    nothing: dict[str, Any] = {
        # One array for all columns that say nothing, which may be most of them.
        **dict.fromkeys(texts, pd.Series("", index=range(count), dtype="str")),
        **dict.fromkeys(numbers, np.broadcast_to(np.nan, count)),
        **dict.fromkeys(times, np.broadcast_to(np.datetime64("NaT", "us"), count)),
        **dict.fromkeys(flags, np.broadcast_to(False, count)),  # noqa: FBT003 -- a value
    }
    columns: dict[str, Any] = {}
    for name in (*texts, *days, *numbers, *times, *flags):
        column = read.pop(name, None)
        columns[name] = nothing[name] if column is None else _plain(column, order)
    return pd.DataFrame(columns, copy=False)


def _fetch_in_parts(
    rows: ir.Table, *, days: Collection[str], coded: Collection[str]
) -> tuple[int, dict[str, Any]]:
    """Fetch rows a part after the other; return how many there are, and their columns.

    ``coded``: texts that come as a dictionary.
    """
    count, parts = 0, {name: list[pa.Array]() for name in rows.columns}
    for batch in rows.to_pyarrow_batches(chunk_size=_ROWS_AT_ONCE):
        count += batch.num_rows
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            parts[name].append(
                column.dictionary_encode() if name in coded
                else column.cast(pa.date32()) if name in days
                else _copied(column)
            )  # fmt: skip
    read = {name: _joined(parts.pop(name)) for name in rows.columns}
    return count, read | {name: _days(read[name]) for name in days}


def _copied(column: pa.Array) -> pa.Array:
    """Return a column in memory of its own: one of a part keeps all the others.

    One that says nothing takes no memory.
    """
    return pa.nulls(len(column)) if _says_nothing(column) else pa.concat_arrays([column])


def _joined(parts: Sequence[pa.Array]) -> pa.Array | None:
    """Put the parts of a column together; None of one that says nothing."""
    kinds = {part.type for part in parts} - {pa.null()}
    if not kinds:
        return None
    (kind,) = kinds
    whole = pa.chunked_array([part if part.type == kind else part.cast(kind) for part in parts])
    column = whole.unify_dictionaries().combine_chunks()
    return None if pa.types.is_dictionary(kind) and is_blank(column.dictionary) else column


def _arranged(values: Any, order: Codes | None) -> Any:  # noqa: ANN401 -- of Arrow or NumPy
    return values if order is None else values.take(order)


def _plain(column: Any, order: Codes | None) -> Any:  # noqa: ANN401 -- of Arrow or NumPy
    """Return a column in order, in the type that a frame has."""
    if isinstance(column, np.ndarray):
        return _arranged(column, order)
    if pa.types.is_dictionary(column.type):
        texts = pd.Index(column.dictionary.cast(pa.large_string()).to_pandas())
        codes = _arranged(column.indices.to_numpy(), order)
        return pd.Series(pd.Categorical.from_codes(codes, texts))
    column = _arranged(column, order)
    if pa.types.is_string(column.type):
        return column.fill_null("").cast(pa.large_string()).to_pandas()
    return column.to_numpy(zero_copy_only=False)


def _says_nothing(column: pa.Array) -> bool:
    is_text = pa.types.is_string(column.type)
    return is_blank(column) if is_text else column.null_count == len(column)


def _days(days: pa.Array | None) -> NDArray[np.int32]:
    """Return days as numbers, `NEVER` where unknown."""
    none = pa.nulls(0, pa.int32())
    return np.asarray((none if days is None else days.cast(pa.int32())).fill_null(NEVER))


def days_of(times: pd.Series | NDArray[np.datetime64]) -> Codes:
    """Return the whole days since 1970-01-01 of local times, `NEVER` where unknown."""
    values = np.asarray(times).astype("datetime64[D]")
    return np.where(np.isnat(values), NEVER, values.astype(np.int64))


def day_of(moment: date | datetime | np.datetime64) -> int:
    """Return the whole days since 1970-01-01 of a local date or time."""
    return int(np.array(moment, dtype="datetime64[D]").astype(np.int64))
