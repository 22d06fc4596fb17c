"""Tell apart tables that stand side by side on one sheet, under different headers.

An empty column may part two tables, or only two groups of columns of one. Two tables they are if
both name the same thing, if one is plainly of another kind, if the right one has a header in
another row, or goes on where the left one has ended. A serial number that comes again begins
another table without any empty column.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.ingest.batches import SourceBatch
from data.ingest.reading.data_rows import keep_data_rows
from data.ingest.reading.headers.header_match import known_headers
from data.ingest.reading.headers.header_rows import (
    FEWEST_NAMES,
    FoundHeader,
    every_header,
    is_other_header,
)
from data.ingest.reading.headers.names import (
    SERIAL_HEADERS,
    letters_of,
    normalise_header,
    unique_names,
)

SIDE_BY_SIDE: Final = "beside_each_other"
"""Code of the note about an empty column that may part two tables, read as one."""
Rows = Sequence[Sequence[str | None]]
_LONGER_BY: Final = 2
"""So many rows of its own below the other's last make a table."""
_SEARCHED: Final = 10
_MOSTLY: Final = 0.6


@dataclass(frozen=True, slots=True)
class ColumnBlock:
    """The columns of one table among several on a sheet, and the row of its header, from 0."""

    columns: range
    header: int


def unnumbered(name: str) -> str:
    """Return a header without the number that tells it from an equal one before it."""
    head, bracket, number = name.rpartition("(")
    return head if bracket and number.removesuffix(")").isdigit() and head else name


def blocks_of(
    header: FoundHeader, rows: Rows, contract: TableContract | None
) -> tuple[list[ColumnBlock], bool]:
    """Return the tables that stand side by side, and whether a pair was left in doubt as one.

    ``header``: what was found across the sheet.
    ``rows``: all rows of the sheet, or its first, as text; blank cells are None.
    """
    blocks: list[ColumnBlock] = []
    doubtful = False
    for columns in _groups(header, rows):
        one = ColumnBlock(columns, _header_row(header, rows, columns))
        if blocks and not _apart(blocks[-1], one, header, rows, contract):
            doubtful = doubtful or _both_known((blocks[-1], one), header, rows)
            last = blocks.pop()
            one = ColumnBlock(range(last.columns.start, columns.stop), last.header)
        blocks.append(one)
    return blocks, doubtful


def _groups(header: FoundHeader, rows: Rows) -> list[range]:
    """Return the groups of columns between empty ones, and before each serial number."""
    below = [row for row in rows[header.last + 1 :] if any(row)]
    used = [at for at in range(len(header.names)) if _is_used(at, header, below)]
    starts = [
        at
        for at, before in zip(used, [-1, *used], strict=False)
        if at - 1 > before or at == used[0] or _plain(header.names[at]) in SERIAL_HEADERS
    ]
    ends = [*starts[1:], len(header.names)]
    return [
        range(start, 1 + max(at for at in used if at < end))
        for start, end in zip(starts, ends, strict=True)
    ]


def _is_used(at: int, header: FoundHeader, below: Rows) -> bool:
    return _is_named(at, header) or any(len(row) > at and row[at] for row in below)


def _is_named(at: int, header: FoundHeader) -> bool:
    return header.names[at] != f"列{at + 1}"


def _plain(name: str) -> str:
    return normalise_header(unnumbered(name))


def _header_row(header: FoundHeader, rows: Rows, columns: range) -> int:
    """Return the row that names the columns: the sheet's header, or one further down or up."""
    if any(_is_named(at, header) for at in columns):
        return header.last
    last = min(len(rows), header.last + _SEARCHED)
    return next(
        (at for at in range(last) if is_other_header(_cells(rows[at], columns), set())),
        header.last,
    )


def _cells(row: Sequence[str | None], columns: range) -> list[str]:
    return [cell for cell in row[columns.start : columns.stop] if cell]


def _apart(
    left: ColumnBlock,
    right: ColumnBlock,
    header: FoundHeader,
    rows: Rows,
    contract: TableContract | None,
) -> bool:
    """Return whether two groups of columns are tables of their own."""
    names = [_named(each, header, rows) for each in (left, right)]
    if min(map(len, names)) < FEWEST_NAMES:
        return False
    if left.header != right.header:
        return True
    fields = [_fields(each, contract) for each in names]
    shared = names[0] & names[1]
    return (
        bool(fields[0] & fields[1])
        or bool(shared & SERIAL_HEADERS)
        or len(shared) >= FEWEST_NAMES
        or any(_of_another_kind(each, contract) for each in names)
        or _last(right, rows) >= _last(left, rows) + _LONGER_BY
    )


def _named(block: ColumnBlock, header: FoundHeader, rows: Rows) -> set[str]:
    if block.header != header.last:
        return {normalise_header(cell) for cell in _cells(rows[block.header], block.columns)}
    return {_plain(header.names[at]) for at in block.columns if _is_named(at, header)}


def _fields(names: set[str], contract: TableContract | None) -> set[str]:
    known = known_headers(contract) if contract else {}
    return {known[name][0] for name in names if name in known}


def _of_another_kind(names: set[str], contract: TableContract | None) -> bool:
    """Return whether headers fit a table that was not asked for, and far better."""
    if contract is None:
        return False
    most = max(len(_fields(names, each)) for each in TABLES.values() if each.name != contract.name)
    fewer = len(_fields(names, contract)) * 2 <= most
    return most >= FEWEST_NAMES and most >= _MOSTLY * len(names) and fewer


def _last(block: ColumnBlock, rows: Rows) -> int:
    down = range(len(rows) - 1, -1, -1)
    return next((at for at in down if len(_cells(rows[at], block.columns)) >= FEWEST_NAMES), -1)


def _both_known(pair: Sequence[ColumnBlock], header: FoundHeader, rows: Rows) -> bool:
    known = every_header()
    return all(len(_named(each, header, rows) & known) >= FEWEST_NAMES for each in pair)


def one_of_several(
    batches: Iterable[SourceBatch],
    header: FoundHeader,
    rows: Rows,
    contract: TableContract | None,
) -> Iterator[SourceBatch]:
    """Yield a text's batches with the columns of the one table that was asked for, the rest told.

    ``rows``: the first rows of the text, by which its columns are told apart.
    """
    blocks, doubtful = ([], False) if header.absent else blocks_of(header, rows, contract)
    notes = ((SIDE_BY_SIDE, ""),) if doubtful else ()
    if len(blocks) > 1:
        fields = [_fields(_named(each, header, rows), contract) for each in blocks]
        chosen = max(range(len(blocks)), key=lambda at: len(fields[at]))
        columns = blocks[chosen].columns
        notes = (("other_table", ", ".join(_letters(b) for b in blocks if b != blocks[chosen])),)
        batches = (_only(batch, columns) for batch in batches)
    for batch in batches:
        yield replace(batch, notes=(*batch.notes, *notes))
        notes = ()


def _letters(block: ColumnBlock) -> str:
    return f"{letters_of(block.columns.start + 1)}:{letters_of(block.columns.stop)}"


def _only(batch: SourceBatch, columns: range) -> SourceBatch:
    rows = batch.rows.select(list(columns))
    names = unique_names([unnumbered(name) for name in rows.column_names])
    kept = keep_data_rows(replace(batch, rows=rows.rename_columns(list(names))), first=False)
    return replace(kept, skipped=Counter(batch.skipped) + Counter(kept.skipped))
