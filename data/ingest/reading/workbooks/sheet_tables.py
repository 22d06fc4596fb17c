"""Tell apart the tables that stand on one sheet: below each other, or side by side.

A row further down that names fields of any table, but other ones than the header above, is the
header of a table of its own. Blocks of columns that repeat one header are one table in pieces.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from data.contracts.model import TableContract
from data.ingest.reading.headers.header_rows import (
    FEWEST_NAMES,
    FoundHeader,
    is_other_header,
    locate_header,
)
from data.ingest.reading.headers.names import normalise_header, unique_names


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table on a sheet: the rows of the sheet up to its end, and its header among them.

    ``formulas`` are the cells whose formula has no stored value: row and column from 0.
    """

    sheet: str
    rows: list[list[Any]]
    header: FoundHeader
    formulas: frozenset[tuple[int, int]] = frozenset()


def tables_of(
    table: SheetTable, labels: Sequence[Sequence[str | None]], contract: TableContract | None
) -> Iterator[SheetTable]:
    """Yield the tables of a sheet of which one is given, that one first.

    Parameters
    ----------
    labels
        All rows of the sheet as text.
    contract
        The table that is asked for.
    """
    own = table.header.first
    starts = sorted({*_other_headers(labels, table.header), own})
    ends = [*(_end_above(labels, start) for start in starts[1:]), len(table.rows)]
    parts = dict(zip(starts, ends, strict=True))
    yield from _side_by_side(replace(table, rows=table.rows[: parts.pop(own)]))
    for start, end in parts.items():
        found = locate_header([*labels[start:end]], contract, given=True)
        if found is not None:
            header = replace(found, first=found.first + start, last=found.last + start)
            yield from _side_by_side(replace(table, rows=table.rows[:end], header=header))


def _end_above(labels: Sequence[Sequence[str | None]], start: int) -> int:
    """Return the row after the last of the table above a header: below it stands a title."""
    while start and sum(1 for cell in labels[start - 1] if cell) < FEWEST_NAMES:
        start -= 1
    return start


def _other_headers(labels: Sequence[Sequence[str | None]], header: FoundHeader) -> list[int]:
    own = {normalise_header(name) for name in header.names}
    return [
        row
        for row in range(len(labels))
        if not header.first <= row <= header.last
        and is_other_header([cell for cell in labels[row] if cell], own)
    ]


def _side_by_side(table: SheetTable) -> Iterator[SheetTable]:
    """Yield the blocks of columns that repeat one header, each as a table of its own."""
    names = table.header.names
    blocks = _equal_blocks([normalise_header(_unnumbered(name)) for name in names])
    if len(blocks) == 1:
        yield table
        return
    for columns in blocks:
        own = unique_names([_unnumbered(names[at]) for at in columns])
        place = {at: new for new, at in enumerate(columns)}
        yield SheetTable(
            sheet=table.sheet,
            rows=[[row[at] if at < len(row) else "" for at in columns] for row in table.rows],
            header=replace(table.header, names=own),
            formulas=frozenset((r, place[c]) for r, c in table.formulas if c in place),
        )


def _unnumbered(name: str) -> str:
    """Return a header without the number that tells it from an equal one before it."""
    head, bracket, number = name.rpartition("(")
    return head if bracket and number.removesuffix(")").isdigit() and head else name


def _equal_blocks(names: Sequence[str]) -> list[list[int]]:
    """Return the columns of each block where the header is one sequence of names several times."""
    labelled = [at for at, name in enumerate(names) if name != f"列{at + 1}"]
    for size in range(FEWEST_NAMES, len(labelled) // 2 + 1):
        blocks = [labelled[at : at + size] for at in range(0, len(labelled), size)]
        spelt = {tuple(names[at] for at in block) for block in blocks}
        if len(spelt) == 1 and len(set(*spelt)) == size:
            return blocks
    return [list(range(len(names)))]
