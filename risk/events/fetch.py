"""Results of expressions as frames of a few plain types; days as whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

import ibis
import numpy as np
import pandas as pd
from ibis import ir

from risk.arrays import Codes
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
) -> pd.DataFrame:
    """Fetch columns in a few plain types; what is not there reads as unknown.

    Texts are ``''`` where unknown, numbers float64 or NaN, flags False; days, by new name and
    column, whole days since 1970-01-01, local time, or `NEVER`; times as they are.
    """

    def cast(name: str, kind: str) -> ir.Value:
        return table[name].cast(kind) if name in table.columns else ibis.null(kind)

    frame = fetch(
        table.select(
            **{name: text_of(table, name) for name in texts},
            **{name: cast(column, "timestamp") for name, column in days.items()},
            **{name: cast(name, "float64") for name in numbers},
            **{name: cast(name, "timestamp") for name in times},
            **{name: cast(name, "boolean").fill_null(False) for name in flags},  # noqa: FBT003 -- a literal's value
        )
    )
    frame = frame.astype(dict.fromkeys(texts, "str") | dict.fromkeys(numbers, np.float64))
    return frame.assign(**{name: days_of(frame[name]) for name in days})


def days_of(times: pd.Series) -> Codes:
    """Return the whole days since 1970-01-01 of local times, `NEVER` where unknown."""
    values = times.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(values), NEVER, values.astype(np.int64))


def day_of(moment: date | datetime | np.datetime64) -> int:
    """Return the whole days since 1970-01-01 of a local date or time."""
    return int(np.array(moment, dtype="datetime64[D]").astype(np.int64))
