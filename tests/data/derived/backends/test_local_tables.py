"""A few rows in memory, asked by questions that are written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.derived.backends import duckdb_sessions
from data.derived.backends.duckdb_sessions import LocalTables

ROWS = st.lists(
    st.tuples(st.none() | st.integers(-9, 9), st.none() | st.sampled_from("abc")), max_size=5
)
Rows = Sequence[tuple[int | None, str | None]]


def table(rows: Rows) -> pa.Table:
    return pa.table(
        {
            "n": pa.array([n for n, _ in rows], pa.int64()),
            "t": pa.array([t for _, t in rows], pa.string()),
        }
    )


def ask(local: Mapping[str, Any]) -> Any:
    """Ask what could be taken for granted of the rows that it was first asked about."""
    one, other = local["one"], local["other"]
    sums = one.group_by("t").agg(n=one["n"].max(), known=one["n"].count())
    there = sums.semi_join(other, [sums["t"] == other["t"]]).select("t", "n", "known", kind=1)
    small = one.filter(one["n"] < 3).select("t", "n", known=one["t"].isnull().cast("int64"), kind=2)
    return ibis.union(there.cast({"kind": "int64"}), small.cast({"kind": "int64"}))


def answer(told: pa.Table) -> list[str]:
    return sorted(map(str, told.to_pylist()))


def plain_answer(one: Rows, other: Rows) -> list[str]:
    session = ibis.duckdb.connect()
    tables = {"one": one, "other": other}
    local = {name: session.create_table(name, table(rows)) for name, rows in tables.items()}
    return answer(session.to_pyarrow(ask(local)))


@settings(max_examples=4, deadline=None)
@given(asked=st.lists(st.tuples(ROWS, ROWS), min_size=2, max_size=4))
def test_a_question_written_once_answers_of_any_rows(asked: list[tuple[Rows, Rows]]) -> None:
    tables = LocalTables()
    for one, other in asked:
        local = {"one": table(one), "other": table(other)}
        assert answer(tables.run("question", local, ask)) == plain_answer(one, other)


def test_questions_beyond_those_that_are_kept_are_written_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(duckdb_sessions, "MOST_STATEMENTS", 2)
    tables, asked = LocalTables(), []

    def numbers(local: Mapping[str, Any]) -> Any:
        asked.append(1)
        return local["one"].select("n")

    for key in (1, 2, 1, 3, 1, 2):
        told = tables.run(key, {"one": table([(key, None)])}, numbers)
        assert told.to_pylist() == [{"n": key}]
    assert len(asked) == 4
