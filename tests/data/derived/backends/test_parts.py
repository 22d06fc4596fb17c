"""Rows in parts, by ranges of a text column."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from data.derived.backends.duckdb_sessions import connect
from data.derived.backends.parts import answer_in_parts, can_be_in_parts, in_part

ROWS = pa.table({"place": ["b", None, "", "a", "c", "b'1", "张"], "row": range(7)})


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ([], [[0, 1, 2, 3, 4, 5, 6]]),
        (["b"], [[1, 2, 3], [0, 4, 5, 6]]),
        (["b", "b", "b'1", "张"], [[1, 2, 3], [], [0], [4, 5], [6]]),
    ],
)
def test_each_row_is_in_one_part_and_one_of_no_text_in_the_first(
    workspace: Any, bounds: list[str], expected: list[list[int]]
) -> None:
    rows = connect(workspace).create_table("rows", ROWS)
    assert can_be_in_parts(rows)
    part = in_part(rows, "place")
    answers = answer_in_parts(part.agg(rows=part["row"].collect()), bounds)
    assert [sorted(each or []) for each in answers["rows"].to_pylist()] == expected
