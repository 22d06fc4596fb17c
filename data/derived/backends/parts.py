"""Rows in parts, by ranges of a text column: DuckDB needs room for one part at a time.

What does not have room it writes to disk, which costs more than to ask several times. Where rows
lie in the order of the column, each part reads the row groups of its range and no others. SQL is
written once for all parts: their ends are variables of the session.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

_FIRST: Final = "part_first"
_END: Final = "part_end"
_AFTER_ALL: Final = "\U0010ffff"
"""After every text that means something."""


@ibis.udf.scalar.builtin(name="getvariable")  # type: ignore[untyped-decorator]
def _variable(variable: str) -> str:  # type: ignore[empty-body]
    """Return a variable of the session."""


def can_be_in_parts(rows: Table) -> bool:
    """Say whether the engine of rows has parts; other engines have room, or ways of their own."""
    return isinstance(rows.get_backend(), Backend)


def in_part(rows: Table, column: str) -> Table:
    """Keep the rows of the part that `answer_in_parts` has come to; of no text in the first."""
    text, first, end = rows[column], _variable(_FIRST), _variable(_END)
    return rows.filter(((text >= first) & (text < end)) | (text.isnull() & (first == "")))


def answer_in_parts(question: Table, bounds: Sequence[str]) -> pa.Table:
    """Answer a question about rows `in_part`, a part after the other; return all answers together.

    ``bounds``: the first text of each part but the first one, in order.
    """
    session = question.get_backend().con
    answers = []
    for first, end in pairwise(["", *bounds, _AFTER_ALL]):
        session.execute(f"SET VARIABLE {_FIRST} = $1", [first])
        session.execute(f"SET VARIABLE {_END} = $1", [end])
        answers.append(question.to_pyarrow())
    return pa.concat_tables(answers)
