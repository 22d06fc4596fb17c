"""A session writes the SQL of an expression once."""

from typing import Any

import ibis
import pyarrow as pa
import pytest

from data.derived.duckdb_sessions import MOST_STATEMENTS, writing_sql_once


@pytest.fixture
def session() -> Any:
    session = ibis.duckdb.connect()
    session.written = 0
    write = session.compile

    def count(expression: Any, /, **options: Any) -> str:
        session.written += 1
        return str(write(expression, **options))

    session.compile = count
    return writing_sql_once(session)


def test_an_equal_expression_is_written_once_and_answered_anew(session: Any) -> None:
    table = session.create_table("t", pa.table({"x": [1, 2, 3]}))
    for expected in (2, 3):
        assert table.filter(table["x"] > 1).count().to_pyarrow().as_py() == expected
        session.insert("t", pa.table({"x": [4]}))
    written = session.written
    assert table.filter(table["x"] > 2).count().to_pyarrow().as_py() == 3
    assert session.written == written + 1
    assert table.filter(table["x"] > 2).count().to_pyarrow().as_py() == 3
    assert session.written == written + 1


def test_only_the_last_expressions_are_kept(session: Any) -> None:
    table = session.create_table("t", pa.table({"x": [1]}))
    for number in range(MOST_STATEMENTS + 1):
        session.compile(table.filter(table["x"] > number))
    written = session.written
    session.compile(table.filter(table["x"] > MOST_STATEMENTS))
    assert session.written == written
    session.compile(table.filter(table["x"] > 0))
    assert session.written == written + 1
