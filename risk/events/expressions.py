"""Ibis expressions over columns that may be missing, exact alike on every engine."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import ibis
from ibis import ir
from ibis.expr.operations import Cast

from risk import schema as c
from risk.events.decay import MICROSECONDS_PER_DAY, QUANTA_PER_UNIT


class Rows(Protocol):
    """Rows as they read at the moment ``cut`` of each: an Ibis table, or what looks like one."""

    @property
    def columns(self) -> Sequence[str]:
        """Names of the columns."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 -- ibis ships no types
        """Return a column."""


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def _hash_of_two(one, two) -> int:  # type: ignore[no-untyped-def,empty-body] # noqa: ANN001
    """Return the engine's hash of two values."""


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def _hash_of_three(one, two, three) -> int:  # type: ignore[no-untyped-def,empty-body] # noqa: ANN001
    """Return the engine's hash of three values."""


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def _hash_of_four(one, two, three, four) -> int:  # type: ignore[no-untyped-def,empty-body] # noqa: ANN001
    """Return the engine's hash of four values."""


def hash_of(*values: ir.Value) -> ir.IntegerValue:
    """Return a hash of two to four values, to be compared on its engine and nowhere else.

    That of Ibis goes by way of a text of bits on DuckDB and costs many times as much.
    """
    arity = {2: _hash_of_two, 3: _hash_of_three, 4: _hash_of_four}
    return arity[len(values)](*values)


def real(value: float) -> ir.FloatingValue:
    """Make a DOUBLE: decimal literals cost DuckDB several times as much and round differently."""
    return ibis.literal(repr(float(value))).cast("float64")


def whole(value: ir.NumericValue) -> ir.IntegerValue:
    """Make an int64, also where Ibis takes it for one: DuckDB adds whole numbers up to 128 bits.

    They cost several times as much in whatever follows. (`cast` leaves out what it thinks is done.)
    """
    return Cast(value, to="int64").to_expr()


def text_of(table: Rows, name: str) -> ir.StringValue:
    """Read a column as text; what is unknown, and a column that is not there, read ``''``."""
    if name not in table.columns:
        return ibis.literal("")
    return table[name].cast("string").fill_null("")


def holds_any(text: ir.StringValue, words: Iterable[str]) -> ir.BooleanValue:
    """Say whether a text holds one of the words, in any case."""
    holds: ir.BooleanValue = ibis.literal(value=False)
    for word in words:
        is_alike = word.lower() == word.upper()  # as Chinese is: the text need not be lowered
        holds |= text.contains(word) if is_alike else text.lower().contains(word.lower())
    return holds


def first_known(table: Rows, *names: str) -> ir.StringValue:
    """Read the first of several columns that says something."""
    return ibis.coalesce(*(text_of(table, name).nullif("") for name in names))


def time_of(table: Rows, name: str) -> ir.TimestampValue:
    """Read a column as a moment, NULL where there is no such column."""
    if name not in table.columns:
        return ibis.null("timestamp")
    return table[name].cast("timestamp")


def evidence_weight(
    text: ir.StringValue, weights: Mapping[str, float], *, otherwise: float
) -> ir.FloatingValue:
    """Look up the weight of a text."""
    if not weights:
        return real(otherwise)
    branches = ((text == value, real(weight)) for value, weight in sorted(weights.items()))
    return cases(branches, real(otherwise))


def cases(
    branches: Iterable[tuple[ir.BooleanValue, ir.Value]], otherwise: ir.Value | str
) -> ir.Value:
    """Return the value of the first branch that holds, `otherwise` where none does."""
    known = list(branches)
    return ibis.cases(*known, else_=otherwise) if known else ibis.literal(otherwise)


def days_between(later: ir.TimestampValue, earlier: ir.TimestampValue) -> ir.FloatingValue:
    """Subtract in microseconds: engines round seconds differently."""
    return later.delta(earlier, unit="microsecond").cast("float64") / real(MICROSECONDS_PER_DAY)


def decayed(
    weight: ir.FloatingValue,
    at: ir.TimestampValue,
    cut: ir.TimestampValue,
    half_life_days: ir.FloatingValue,
) -> ir.IntegerValue:
    """Decay a weight until the cut, in whole multiples of 2^-32 (`risk.events.decay`)."""
    age = days_between(cut, at)
    decay = weight * real(2.0) ** (-age / half_life_days)
    return (decay * real(QUANTA_PER_UNIT)).round().cast("int64")


def certainty_of(table: Rows) -> ir.FloatingValue:
    """Return how surely a row was placed, 0 to 1; a row that came with its building is sure."""
    if c.CERTAINTY not in table.columns:
        return real(1.0)
    score = table[c.CERTAINTY].cast("float64").fill_null(real(1.0))
    score = ibis.ifelse(score.isnan(), real(1.0), score)
    # Not by `clip`, which writes the score eight times, and that for each use of it.
    return ibis.greatest(real(0.0), ibis.least(real(1.0), score))
