"""A question is written as SQL once, whatever its tables are called and its moments are."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis import _

from data.derived.backends import written_sql
from data.derived.backends.written_sql import MOST_STATEMENTS, writing_sql_once

NOON = datetime(2026, 11, 24, 12)  # noqa: DTZ001 -- the product's times are local and naive
MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1))  # noqa: DTZ001
NAMES = st.sampled_from(["t", "n", "at", "visits_0a1b", "MAKE_TIMESTAMP", 'a "b"', "t0"])


class Session:
    """A DuckDB session that counts what Ibis writes for it."""

    def __init__(self) -> None:
        self.backend = ibis.duckdb.connect()
        self.plain = self.backend.compile
        self.written = 0
        self.backend.compile = self._count
        writing_sql_once(self.backend)

    def _count(self, expression: Any, /, **options: Any) -> str:
        self.written += 1
        return str(self.plain(expression, **options))

    def table(self, name: str, numbers: tuple[int, ...] = (1, 2, 3)) -> Any:
        hours = [NOON + timedelta(hours=n) for n in numbers]
        return self.backend.create_table(
            name, pa.table({"n": numbers, "at": hours}), overwrite=True
        )


@pytest.fixture(autouse=True)
def _nothing_written() -> Iterator[None]:
    written_sql._written.clear()
    yield
    written_sql._written.clear()


@pytest.fixture(scope="module")
def one_session() -> Session:
    return Session()


@pytest.fixture
def session() -> Session:
    return Session()


def asked(left: Any, right: Any, *moments: datetime) -> Any:
    """Return an expression with joins, a reference to itself, and moments in several places."""
    later = left.filter(_.at > ibis.literal(moments[0]), _.n > 0)
    known = ibis.array([ibis.literal(each) for each in moments])
    both = later.left_join(right, "n").select(left.n, right.at)
    both = both.anti_join(right.filter(_.at > moments[-1]).view(), "n")
    return both.mutate(cut=ibis.literal(moments[-1]), known=known[0]).union(
        right.mutate(cut=ibis.literal(moments[0]), known=known[1])
    )


def words(sql: str) -> str:
    """Return a statement with the columns that it leaves out in order: Ibis has them in none."""
    return re.sub(r"EXCLUDE \((.*?)\)", lambda out: ", ".join(sorted(out[1].split(", "))), sql)


@settings(max_examples=5)
@given(
    names=st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=3),
    moments=st.lists(st.lists(MOMENTS, min_size=2, max_size=2), min_size=3, max_size=3),
)
def test_what_is_filled_in_is_what_ibis_writes(
    one_session: Session, names: list[tuple[str, str]], moments: list[list[datetime]]
) -> None:
    session = one_session
    for (left, right), pair in zip(names, moments, strict=False):
        for cuts in (pair, pair[:1] * 2):
            expression = asked(session.table(left), session.table(right), *cuts)
            plain = session.plain(expression)
            assert words(session.backend.compile(expression)) == words(plain)


def test_other_tables_and_other_moments_are_not_written_again(session: Session) -> None:
    session.backend.compile(asked(session.table("a"), session.table("b"), NOON, NOON))
    day = NOON + timedelta(days=1, microseconds=7)
    session.backend.compile(asked(session.table("c"), session.table("d"), day, day))
    assert session.written == 1
    another = Session()
    another.backend.compile(asked(another.table("e"), another.table("f"), day, day))
    assert another.written == 0


def test_a_table_beside_itself_and_moments_that_differ_are_other_questions(
    session: Session,
) -> None:
    a, b = session.table("a"), session.table("b")
    day = NOON + timedelta(days=1)
    for pair in ((a, b), (a, a)):
        for moments in ((NOON, NOON), (NOON, day)):
            session.backend.compile(asked(*pair, *moments))
    assert session.written == 4


def test_an_equal_expression_is_written_once_and_answered_anew(session: Session) -> None:
    for count in (1, 2):
        table = session.table("t", tuple(range(2, 2 + count)))
        assert table.filter(_.n > 1).count().to_pyarrow().as_py() == count
    assert session.written == 1
    assert table.filter(_.n > 2).count().to_pyarrow().as_py() == 1
    assert session.written == 2


def test_rows_in_memory_are_asked_for_as_they_are_and_their_question_is_written_once(
    session: Session,
) -> None:
    for first, second in (([1], [2]), ([1, 2], [2, 3]), ([], [1])):
        rows = [ibis.memtable({"n": each}, schema={"n": "int64"}) for each in (first, second)]
        asked_of = rows[0].mutate(m=_.n + 1).filter(_.m.notin(rows[1].n))
        answer = session.backend.to_pyarrow(asked_of)["m"].to_pylist()
        assert answer == [n + 1 for n in first if n + 1 not in second]
    assert session.written == 1
    itself = rows[1].filter(_.n.notin(rows[1].n))
    assert session.backend.to_pyarrow(itself).num_rows == 0
    assert session.written == 2


def test_only_the_last_statements_are_kept(session: Session) -> None:
    table = session.table("t")
    for number in range(MOST_STATEMENTS + 1):
        session.backend.compile(table.filter(_.n > number))
    session.backend.compile(table.filter(_.n > MOST_STATEMENTS))
    assert session.written == MOST_STATEMENTS + 1
    session.backend.compile(table.filter(_.n > 0))
    assert session.written == MOST_STATEMENTS + 2
