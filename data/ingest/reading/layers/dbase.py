"""Read tables of dBASE and FoxPro, which old systems of offices still write.

A table without a code page is read as UTF-8 if it is that throughout, else as GB18030. Rows that
were marked as deleted are left out, as the system that wrote them leaves them out.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.ingest.batches import SourceBatch
from data.ingest.reading.cell_text import batch_of_texts, texts_of_values
from data.ingest.reading.data_rows import keep_data_rows
from data.ingest.reading.headers.names import CUT, name_of_bytes, unique_names
from data.ingest.reading.input_formats import Source, UnreadableSourceError

_ENTRY: Final = 32
"""Bytes of the head before its fields, and of each field."""
_END: Final = b"\x0d"
_LONGEST_HEAD: Final = 1 << 16
_ELSEWHERE: Final = frozenset("MGP")
"""Kinds whose content lies in a second file: memos, objects, pictures."""
_HIDDEN: Final = "0"
"""Kind of the column in which FoxPro notes which cells are null."""
_JULIAN: Final = 1_721_425
"""Julian day number of the day before 0001-01-01."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: bytes
    kind: str
    start: int
    width: int


def read_dbase_batches(source: Source, *, batch_rows: int = 200_000) -> Iterator[SourceBatch]:
    """Yield the rows of a table as text, numbered from 1.

    Raises `UnreadableSourceError`: ``memo_fields`` where texts are kept in a second file.
    """
    path = Path(source)
    content = path.read_bytes()
    count, head, width = struct.unpack_from("<IHH", content, 4)
    columns = _columns(content[:head])
    if elsewhere := [each.name for each in columns if each.kind in _ELSEWHERE]:
        kept = ", ".join(name.decode("gb18030", errors="replace") for name in elsewhere)
        raise UnreadableSourceError("memo_fields", seen=path.name, expected=kept)
    cells = np.frombuffer(content, np.uint8, count * width, head).reshape(count, width)
    encoding = _encoding(columns, cells)
    names = unique_names([_name(each, encoding) for each in columns])
    numbers = np.flatnonzero(cells[:, 0] != ord("*"))
    for first in range(0, max(len(numbers), 1), batch_rows):
        rows = numbers[first : first + batch_rows]
        texts = [
            texts_of_values(_values(each, cells[rows], encoding), integers_are_floats=False)
            for each in columns
        ]
        batch = batch_of_texts(texts, names, first_row=1, count=len(rows))
        yield keep_data_rows(replace(batch, source_row=rows + 1), first=first == 0)


def has_cut_names(path: Path) -> bool:
    """Say whether names of the columns are UTF-8 and one of them ends within a letter."""
    content = path.read_bytes()[:_LONGEST_HEAD]
    try:
        names = [name_of_bytes(each.name) for each in _columns(content)]
    except UnicodeDecodeError:
        return False
    return any(name.endswith(CUT) for name in names)


def _columns(head: bytes) -> list[_Column]:
    """Return the columns of a table; the first byte of a row says whether it was deleted."""
    columns, start, at = [], 1, _ENTRY
    while at + _ENTRY <= len(head) and head[at : at + 1] != _END:
        title, kind, width = struct.unpack_from("11sc4xB", head, at)
        column = _Column(title.split(b"\0")[0].strip(), kind.decode("latin-1"), start, width)
        columns += [column] if column.kind != _HIDDEN else []
        start, at = start + width, at + _ENTRY
    return columns


def _name(column: _Column, encoding: str) -> str:
    if encoding == "utf-8":
        return name_of_bytes(column.name)
    return column.name.decode(encoding, errors="replace")


def _encoding(columns: list[_Column], cells: NDArray[np.uint8]) -> str:
    texts = (each for each in columns if each.kind not in _BINARY)
    try:
        for each in columns:
            name_of_bytes(each.name)
        for each in texts:
            _padded(cells[:, each.start : each.start + each.width]).tobytes().decode()
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _padded(cells: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return cells with a blank behind each, lest one that was cut runs into the next."""
    return np.pad(cells, ((0, 0), (0, 1)), constant_values=ord(" "))


def _values(column: _Column, rows: NDArray[np.uint8], encoding: str) -> list[object]:
    part = rows[:, column.start : column.start + column.width]
    read = _BINARY.get(column.kind)
    cells = [row.tobytes() for row in part]
    if read is not None and all(map(_is_whole(column.kind), cells)):
        return [read(cell) for cell in cells]
    texts = [cell.decode(encoding, errors="replace").strip("\0 ") for cell in cells]
    return [_spelled(text, column.kind) for text in texts]


def _spelled(text: str, kind: str) -> str | None:
    """Return a text, a day as ISO, None where there is nothing."""
    if kind == "D" and len(text) == len("20261103") and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text or None


def _is_whole(kind: str) -> Callable[[bytes], bool]:
    return lambda cell: len(cell) == _WIDTHS[kind]


def _moment(cell: bytes) -> datetime | None:
    """Return a day, counted from 4713 BC, and a time in thousandths of a second."""
    day, thousandths = struct.unpack("<ii", cell)
    if not day:
        return None
    return datetime.fromordinal(day - _JULIAN) + timedelta(milliseconds=thousandths)


_WIDTHS: Final = {"I": 4, "B": 8, "Y": 8, "T": 8}
_BINARY: Final[Mapping[str, Callable[[bytes], object]]] = {
    "I": lambda cell: struct.unpack("<i", cell)[0],
    "B": lambda cell: struct.unpack("<d", cell)[0],
    "Y": lambda cell: struct.unpack("<q", cell)[0] / 10_000,
    "T": _moment,
}
"""How FoxPro's kinds that are no text are read."""
