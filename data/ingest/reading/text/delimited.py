"""Read delimited text of any size in batches: encoding, delimiter and header found by looking."""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from data.contracts.model import TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.data_rows import keep_data_rows, until_other_table
from data.ingest.reading.headers.column_blocks import one_of_several
from data.ingest.reading.headers.header_rows import (
    FoundHeader,
    locate_header,
    stands_on_its_side,
)
from data.ingest.reading.input_formats import Source, UnreadableSourceError
from data.ingest.reading.text.encoding import CHUNK, find_encoding
from data.ingest.reading.text.turned import turned_batch
from data.ingest.reading.text.utf8_stream import AsUtf8, Pace

_LOOKED_AT = 30
MOST_COLUMNS = 16_384
"""As many as a sheet of a workbook has; each costs work of its own."""
csv.field_size_limit(2**31 - 1)  # a cell may hold a whole petition

_DELIMITERS = ",\t;|"
_COORDINATES = re.compile(r"\([-+\d\s.,eE]+\)|\[[-+\d\s.,eE]+\]")
_BYTES_PER_ROW = 150


def find_delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter that cuts most lines into the same, largest number of cells.

    Commas between coordinates, as of POLYGON ((…)), cut nothing.
    """
    plain = [_COORDINATES.sub("", line) for line in lines]

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(plain, delimiter=delimiter))
        widths.pop(1, None)
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        return count * (width - 1), width

    return max(_DELIMITERS, key=regularity)


class _Ragged:
    """Rows whose number of cells differs from the header's: kept, and put back in their place."""

    def __init__(self, width: int, delimiter: str, pace: Pace) -> None:
        self._width, self._pace = width, pace
        self._delimiter = delimiter
        self._waiting: deque[tuple[int, str]] = deque()

    def take(self, row: pa_csv.InvalidRow) -> str:
        self._waiting.append((row.number, row.text))
        # a block of such rows alone never comes
        self._pace.take(len(row.text.encode()) + len("\r\n"))
        return "skip"

    def number_rows(self, start: int, count: int) -> NDArray[np.int64]:
        """Return the record numbers of the next `count` whole rows, passing over ragged ones."""
        # each ragged row met on the way moves the end on by one: their numbers ascend
        end = start + count
        passed = []
        for number, _ in self._waiting:
            if number >= end:
                break
            passed.append(number)
            end += 1
        numbers = np.arange(start, end, dtype=np.int64)
        return np.delete(numbers, np.array(passed, np.int64) - start)

    def rows_before(self, number: int | None, header: FoundHeader) -> SourceBatch:
        """Take out the rows before record `number` (all, if None), with what exceeds the header."""
        taken = []
        while self._waiting and (number is None or self._waiting[0][0] < number):
            taken.append(self._waiting.popleft())
        parsed = [next(csv.reader([text], delimiter=self._delimiter), []) for _, text in taken]
        cells = [[*row[: self._width], *([None] * (self._width - len(row)))] for row in parsed]
        extra = [" ".join(c for c in row[self._width :] if c.strip()) or None for row in parsed]
        columns = [
            pa.array([row[i] for row in cells], pa.large_string()) for i in range(self._width)
        ]
        return SourceBatch(
            rows=pa.table(columns, names=list(header.names)),
            source_row=np.array([at for at, _ in taken], np.int64),
            surplus=pa.array(extra, pa.large_string()),
            heading=header.heading,
        )


def read_csv_batches(
    source: Source,
    *,
    contract: TableContract | None = None,
    header: bool | None = None,
    batch_rows: int = 200_000,
) -> Iterator[SourceBatch]:
    """Yield the rows of a delimited text file as text; `header` says whether it has one.

    ``source_row`` counts records, so the header of a plain file is 1 and its first row 2.

    Raises `UnreadableSourceError`: ``empty_file``, ``no_header_found`` or ``broken_file``.
    """
    path = Path(source)
    encoding = find_encoding(path)
    head = _first_lines(path, encoding)
    delimiter = find_delimiter(head)
    rows = [_cells(row) for row in csv.reader(head, delimiter=delimiter)]
    if max(map(len, rows), default=0) > MOST_COLUMNS:
        raise UnreadableSourceError("broken_file", seen=path.name, reason="too wide")
    if header is None and stands_on_its_side(rows, contract):
        turned = turned_batch(_all_rows(path, encoding, delimiter), contract)
        if turned is not None:
            yield turned
            return
    found = locate_header(rows, contract, given=header)
    if found is None:
        code = "no_header_found" if any(map(any, rows)) else "empty_file"
        raise UnreadableSourceError(code, seen=path.name)
    block_bytes = max(CHUNK, batch_rows * _BYTES_PER_ROW)
    pace = Pace(block_bytes)
    ragged = _Ragged(len(found.names), delimiter, pace)
    try:
        stream = AsUtf8(path, encoding, pace)
        with io.BufferedReader(stream, CHUNK) as buffered, pace:
            lines = _lines_above(head, delimiter, found.last + 1)
            blocks = _open(buffered, delimiter, found, ragged, skip=lines, block_bytes=block_bytes)
            batches = _batches(blocks, found, ragged, stream, pace)
            yield from one_of_several(batches, found, rows, contract)
    except pa.ArrowInvalid as error:
        raise UnreadableSourceError("broken_file", seen=path.name, reason=str(error)) from error


def _first_lines(path: Path, encoding: str) -> list[str]:
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        return [line for _, line in zip(range(_LOOKED_AT), stream, strict=False)]


def _all_rows(path: Path, encoding: str, delimiter: str) -> list[list[str | None]]:
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        return [_cells(row) for row in csv.reader(stream, delimiter=delimiter)]


def _cells(row: Sequence[str]) -> list[str | None]:
    return [cell.strip() or None for cell in row]


def _lines_above(head: Sequence[str], delimiter: str, records: int) -> int:
    """Return the lines of so many records: the cells of a header may hold line breaks."""
    reader = csv.reader(head, delimiter=delimiter)
    for _ in range(records):
        next(reader, None)
    return reader.line_num


def _open(
    stream: io.BufferedIOBase,
    delimiter: str,
    header: FoundHeader,
    ragged: _Ragged,
    *,
    skip: int,
    block_bytes: int,
) -> pa_csv.CSVStreamingReader:
    names = list(header.names)
    return pa_csv.open_csv(
        stream,
        read_options=pa_csv.ReadOptions(
            skip_rows=skip,
            column_names=names,
            use_threads=False,
            block_size=block_bytes,
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=ragged.take,
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.large_string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=[""],
            check_utf8=False,
        ),
    )


def _batches(
    blocks: pa_csv.CSVStreamingReader,
    header: FoundHeader,
    ragged: _Ragged,
    stream: AsUtf8,
    pace: Pace,
) -> Iterator[SourceBatch]:
    number = header.last + 2
    first, noted, notes = True, False, header.notes
    for block in blocks:
        pace.take()
        source_row = ragged.number_rows(number, block.num_rows)
        number = int(source_row[-1]) + 1 if len(source_row) else number
        batch = SourceBatch(
            rows=pa.Table.from_batches([block]),
            source_row=source_row,
            heading=header.heading,
            notes=(*notes, *((("damaged_text", ""),) if stream.damaged and not noted else ())),
        )
        whole = _merged(batch, ragged.rows_before(number, header))
        above = until_other_table(whole)
        yield keep_data_rows(above, first=first)
        if above is not whole:
            return
        first, noted, notes = False, noted or stream.damaged, ()
    rest = ragged.rows_before(None, header)
    if len(rest):
        yield keep_data_rows(until_other_table(rest), first=first)


def _merged(batch: SourceBatch, ragged: SourceBatch) -> SourceBatch:
    """Return whole and ragged rows in the order of the file, whatever the block they came in."""
    if not len(ragged):
        return batch
    numbers = np.concatenate([batch.source_row, ragged.source_row])
    order = np.argsort(numbers, kind="stable")
    take, none = pa.array(order), pa.nulls(len(batch), pa.large_string())
    return replace(
        batch,
        rows=pa.concat_tables([batch.rows, ragged.rows]).take(take).combine_chunks(),
        source_row=numbers[order],
        surplus=pa.concat_arrays([none, ragged.surplus]).take(take),
    )
