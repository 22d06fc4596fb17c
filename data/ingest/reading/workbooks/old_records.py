"""How far the sheets of an old workbook reach, by its records: each a kind, a length, its data.

The format has 256 columns, but its records have room for 65,536, and the reader makes a rectangle
of what they say. [MS-XLS] says what stands where.
"""

import struct
from collections.abc import Iterator
from typing import Final

MOST_ROWS, MOST_COLUMNS = 65_536, 256
_CELLS: Final = frozenset({0x0006, 0x0203, 0x0204, 0x0205, 0x0206, 0x027E, 0x0406, 0x00D6, 0x00FD})
_SEVERAL: Final = 0x00BD
"""Cells beside each other: the last two bytes say which is the last."""
_SHEET, _SIZE, _END = 0x0085, 0x0200, 0x000A
_HEAD: Final = struct.Struct("<HH")
_SIZES: Final = {10: struct.Struct("<4H"), 14: struct.Struct("<IIHH")}
"""Length of a record that says how large its sheet is → first row and the one after the last, then
columns."""


def check_extent(stream: bytes) -> None:
    """Raise `ValueError` where a record places a cell beyond what a sheet can hold.

    ``stream``: of the workbook, from its first record on; sheets begin where it says.
    """
    begins = {0}
    for kind, data in _records(stream, 0, until_end=False):
        if kind == _SHEET and len(data) >= _HEAD.size:
            begins.add(struct.unpack_from("<I", data)[0])
    left = 2 * len(stream)
    for begin in begins:
        for kind, data in _records(stream, begin, until_end=bool(begin)):
            left -= len(data) + _HEAD.size
            if left < 0:
                raise ValueError("sheets that lie in each other")
            _check(kind, data)


def _check(kind: int, data: bytes) -> None:
    if kind == _SIZE and (layout := _SIZES.get(len(data))):
        top, bottom, left, right = layout.unpack_from(data)
        if not (top <= bottom <= MOST_ROWS and left <= right <= MOST_COLUMNS):
            raise ValueError("a sheet larger than the format has")
    elif (kind in _CELLS or kind == _SEVERAL) and len(data) >= _HEAD.size:
        _, column = _HEAD.unpack_from(data)
        last = data[-2:] if kind == _SEVERAL else b"\0\0"
        if max(column, *struct.unpack("<H", last)) >= MOST_COLUMNS:
            raise ValueError("a cell beyond the last column")


def _records(stream: bytes, at: int, *, until_end: bool) -> Iterator[tuple[int, bytes]]:
    while at + _HEAD.size <= len(stream):
        kind, length = _HEAD.unpack_from(stream, at)
        at += _HEAD.size
        yield kind, stream[at : at + length]
        at += length
        if until_end and kind == _END:
            return
