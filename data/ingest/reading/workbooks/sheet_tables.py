"""Tell apart the tables that stand on one sheet: below each other, or side by side.

A row further down that names fields of any table, but other ones than the header above, is the
header of a table of its own; so is one below a blank row whose few words stand above figures alone.
Blocks of columns that repeat one header are one table in pieces;
those with other headers are told apart by `headers.column_blocks`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Final

from data.contracts.model import TableContract
from data.ingest.reading.headers.column_blocks import blocks_of, unnumbered
from data.ingest.reading.headers.header_rows import (
    FEWEST_NAMES,
    FoundHeader,
    is_number,
    is_other_header,
    locate_header,
)
from data.ingest.reading.headers.names import letters_of, normalise_header, unique_names

_DIGIT: Final = re.compile(r"\d").search


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table on a sheet: the rows of the sheet up to its end, and its header among them.

    ``formulas`` are the cells whose formula has no stored value: row and column from 0. ``left`` is
    how many columns stand before it, ``doubtful`` says that it may be two tables beside each other.
    """

    sheet: str
    rows: list[list[Any]]
    header: FoundHeader
    formulas: frozenset[tuple[int, int]] = frozenset()
    left: int = 0
    doubtful: bool = False

    @property
    def place(self) -> str:
        """Return the cells from the header to the last row, as a spreadsheet names them."""
        last = letters_of(self.left + len(self.header.names))
        first = f"{letters_of(self.left + 1)}{self.header.last + 1}"
        return f"{self.sheet} {first}:{last}{len(self.rows)}".strip()


def fill_down(
    rows: list[list[Any]], ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]], start: int
) -> None:
    """Give every row of a merged block its value; blocks merged across stay in their first cell."""
    for (top, left), (bottom, _) in ranges:
        if top < start or bottom >= len(rows):
            continue
        for row in range(top + 1, bottom + 1):
            if left < len(rows[row]):
                rows[row][left] = rows[top][left]


def tables_of(
    table: SheetTable, labels: Sequence[Sequence[str | None]], contract: TableContract | None
) -> Iterator[SheetTable]:
    """Yield the tables of a sheet of which one is given, that one first.

    ``labels``: all rows of the sheet as text.
    """
    top = table.header.first
    starts = sorted({*_other_headers(labels, table.header), top})
    ends = [*(_end_above(labels, start) for start in starts[1:]), len(table.rows)]
    parts = dict(zip(starts, ends, strict=True))
    end = parts.pop(top)
    first = replace(table, rows=table.rows[:end])
    yield from _side_by_side(first, labels[:end], contract)
    for start, end in parts.items():
        found = locate_header([*labels[start:end]], contract, given=True)
        if found is not None:
            header = replace(found, first=found.first + start, last=found.last + start)
            part = replace(table, rows=table.rows[:end], header=header)
            yield from _side_by_side(part, labels[:end], contract)


def _end_above(labels: Sequence[Sequence[str | None]], start: int) -> int:
    """Return the row after the last of the table above a header: below it stands a title."""
    while start and sum(1 for cell in labels[start - 1] if cell) < FEWEST_NAMES:
        start -= 1
    return start


def _other_headers(labels: Sequence[Sequence[str | None]], header: FoundHeader) -> list[int]:
    names = {normalise_header(name) for name in header.names}
    return [
        row
        for row in range(len(labels))
        if not header.first <= row <= header.last
        and any(labels[row])
        and (
            is_other_header([cell for cell in labels[row] if cell], names)
            or (row > header.last and _heads_figures(labels, row, names, width=len(header.names)))
        )
    ]


def _heads_figures(
    labels: Sequence[Sequence[str | None]], row: int, names: set[str], *, width: int
) -> bool:
    """Say whether words below a blank row, not its header's and few for it, stand above figures.

    So they do where no row below, down to the next blank one, reaches beside them, and one column
    of these rows holds numbers alone.
    """
    at = [place for place, cell in enumerate(labels[row]) if cell]
    words = [str(labels[row][place]) for place in at]
    if any(labels[row - 1]) or not FEWEST_NAMES <= len(at) <= width / 2:
        return False
    if any(_DIGIT(word) or normalise_header(word) in names for word in words):
        return False
    below = list(takewhile(any, labels[row + 1 :]))
    is_wider = any(cell for each in below for i, cell in enumerate(each) if i not in at)
    counted = any(all(is_number(each[i] or "") for each in below) for i in at)
    return bool(below) and counted and not is_wider


def _side_by_side(
    table: SheetTable, labels: Sequence[Sequence[str | None]], contract: TableContract | None
) -> Iterator[SheetTable]:
    """Yield the tables that stand beside each other, or the one there is."""
    names = table.header.names
    equal = _equal_blocks([normalise_header(unnumbered(name)) for name in names])
    if len(equal) > 1:
        for columns in equal:
            block_names = unique_names([unnumbered(names[at]) for at in columns])
            yield _columns_of(table, columns, replace(table.header, names=block_names))
        return
    if table.header.absent:
        yield table
        return
    blocks, doubtful = blocks_of(table.header, labels, contract)
    if len(blocks) < FEWEST_NAMES:
        yield replace(table, doubtful=doubtful)
        return
    for block in blocks:
        at = table.header.first if block.header == table.header.last else block.header
        rows = [row[block.columns.start : block.columns.stop] for row in labels[at:]]
        found = locate_header(rows, contract, given=True)
        if found is not None:
            header = replace(found, first=found.first + at, last=found.last + at)
            header = replace(header, heading=table.header.heading)
            yield _columns_of(table, list(block.columns), header)


def _columns_of(table: SheetTable, columns: Sequence[int], header: FoundHeader) -> SheetTable:
    """Return some columns as a table of their own, under their names in `header`."""
    place = {at: new for new, at in enumerate(columns)}
    return SheetTable(
        sheet=table.sheet,
        rows=[[row[at] if at < len(row) else "" for at in columns] for row in table.rows],
        header=header,
        formulas=frozenset((r, place[c]) for r, c in table.formulas if c in place),
        left=columns[0],
    )


def _equal_blocks(names: Sequence[str]) -> list[list[int]]:
    """Return the columns of each block where the header is one sequence of names several times."""
    labelled = [at for at, name in enumerate(names) if name != f"列{at + 1}"]
    for size in range(FEWEST_NAMES, len(labelled) // 2 + 1):
        blocks = [labelled[at : at + size] for at in range(0, len(labelled), size)]
        spelt = {tuple(names[at] for at in block) for block in blocks}
        if len(spelt) == 1 and len(set(*spelt)) == size:
            return blocks
    return [list(range(len(names)))]
