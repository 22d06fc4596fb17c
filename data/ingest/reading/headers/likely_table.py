"""Guess which table a file is of, by its headers."""

from collections.abc import Iterable
from typing import Final

import pyarrow as pa

from data.contracts.model import TableContract
from data.ingest.reading.headers.column_mapping import HeaderGuess, guess_mapping

_MORE: Final = 2
"""So many more columns must fit another table before it is proposed."""


def likelier_table(
    columns: tuple[str, ...],
    sample: pa.Table | None,
    *,
    of: TableContract,
    guess: HeaderGuess,
    among: Iterable[TableContract],
) -> str | None:
    """Return the table that a file fits plainly better than the one it was sent as, None for none.

    Every required column must be there, and two more columns must fit – one more where the table
    that was asked for lacks a required column.

    ``of``, ``guess``: the table that was asked for, and what its columns were taken for.
    ``among``: all tables.
    """
    fitting = {
        each.name: len(found.mapping)
        for each in among
        if each.name != of.name
        and {*each.required} <= (found := guess_mapping(columns, each, sample=sample)).named
    }
    best = max(fitting, key=lambda name: fitting[name], default=None)
    if best is None:
        return None
    needed = len(guess.mapping) + (1 if guess.missing else _MORE)
    return best if fitting[best] >= needed else None
