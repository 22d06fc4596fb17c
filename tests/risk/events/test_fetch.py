"""Columns as they come from an engine, a part after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from risk.events import fetch
from risk.events.fetch import NEVER, fetch_columns

ROWS = pd.DataFrame(
    {
        "key": pd.Series(["c", "a", None, "d", "b"], dtype="str"),
        "word": pd.Series([None, "x", "y", "x", None], dtype="str"),
        "blank": pd.Series([None, "", None, "", None], dtype="str"),
        "number": [np.nan, np.nan, 2.5, np.nan, 1.0],
        "none": np.full(5, np.nan),
        "flag": [True, False, True, True, False],
        "at": pd.to_datetime(
            ["2026-11-01 10:00", None, "1969-12-31 23:00", "1970-01-01 00:00", "2026-11-02 00:00"],
        ),
    }
)
PLAIN = pd.DataFrame(
    {
        "key": pd.Series(["c", "a", "", "d", "b"], dtype="str"),
        "word": pd.Series(["", "x", "y", "x", ""], dtype="str"),
        "blank": pd.Series([""] * 5, dtype="str"),
        "day": [20758, NEVER, -1, 0, 20759],
        "number": ROWS["number"],
        "none": ROWS["none"],
        "at": ROWS["at"].astype("datetime64[us]"),
        "flag": ROWS["flag"],
    }
)


def fetched(rows: pd.DataFrame, **asked: Any) -> pd.DataFrame:
    """Fetch every column, and those that are asked for besides."""
    connection = ibis.duckdb.connect()
    return fetch_columns(
        connection.create_table("rows", rows, temp=True),
        texts=("key", "word", "blank"),
        days={"day": "at"},
        numbers=("number", "none"),
        times=("at",),
        flags=("flag",),
        **asked,
    )


@pytest.mark.parametrize("at_once", [1, 2, 5])
@pytest.mark.parametrize("arrange", [None, lambda rows: np.argsort(rows["day"])])
def test_rows_that_come_in_parts_are_those_that_come_at_once(
    at_once: int, arrange: Callable[..., Any] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "_ROWS_AT_ONCE", at_once)
    frame = fetched(ROWS, arrange=arrange)
    order = np.arange(len(ROWS)) if arrange is None else np.argsort(PLAIN["day"])
    plain = PLAIN.iloc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(frame, plain, check_dtype=False)
    assert dict(frame.dtypes)["key"] == plain["key"].dtype


def test_texts_that_are_coded_come_as_categories_unless_they_say_nothing() -> None:
    frame = fetched(ROWS, coded=("word", "blank"))
    assert isinstance(frame["word"].dtype, pd.CategoricalDtype)
    assert frame["word"].tolist() == PLAIN["word"].tolist()
    assert frame["blank"].dtype == PLAIN["blank"].dtype


def test_no_row_is_an_empty_frame_with_every_column() -> None:
    frame = fetched(ROWS.head(0), coded=("word",), arrange=lambda rows: np.argsort(rows["day"]))
    assert frame.empty
    assert list(frame) == list(PLAIN)


def test_what_says_nothing_is_one_array(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_ROWS_AT_ONCE", 2)
    frame = fetched(ROWS.assign(number=np.nan))
    assert np.shares_memory(frame["number"].to_numpy(), frame["none"].to_numpy())
