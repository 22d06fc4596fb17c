"""Refuse old workbooks whose parts lead in a circle or out of the file, or cells out of a sheet.

An ``.xls`` is a compound file: a small file system in which a table names the sector that follows
each. The reader follows it as far as it leads, into memory, so a file of two kilobytes could fill
that of the server. [MS-CFB] says what stands where.
"""

import struct
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.ingest.reading.input_formats import UnreadableSourceError
from data.ingest.reading.workbooks.old_records import check_extent

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD, _ENTRY, _SMALL_SECTOR, _SMALLEST_LARGE = 512, 128, 64, 4096
_NAME_BYTES: Final = 64
_WORKBOOK: Final = b"ook"
"""What is in the name of the part with the sheets: ``Book`` or ``Workbook``, however written."""
_SHIFTS: Final = (9, 12)
_END: Final = 0xFFFFFFFE
_LAST_SECTOR: Final = 0xFFFFFFFA
Numbers = NDArray[np.uint32]


def refuse_endless(path: Path) -> None:
    """Refuse a compound file that cannot be followed to its end; others are let through.

    Raises `UnreadableSourceError`: ``broken_file``.
    """
    with path.open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            return
    try:
        _CompoundFile(path.read_bytes()).check()
    except (ValueError, struct.error) as error:
        raise UnreadableSourceError("broken_file", seen=path.name, reason=str(error)) from error


class _CompoundFile:
    """The sectors of a file; the head lies before the first of them."""

    def __init__(self, content: bytes) -> None:
        (shift,) = struct.unpack_from("<H", content, 30)
        if shift not in _SHIFTS:
            raise ValueError("sector size")
        self._content, self._size = content, 1 << shift
        self._count = -(-len(content) // self._size)
        counts = struct.unpack_from("<I", content, 40) + struct.unpack_from("<I", content, 44)
        self._directory, _, _, self._small, small_count, extra, extra_count = struct.unpack_from(
            "<7I", content, 48
        )
        if max(*counts, small_count, extra_count) > self._count:
            raise ValueError("more sectors than the file has")
        self._next = self._table(extra)

    def check(self) -> None:
        """Raise `ValueError` where a chain does not end or leaves the file, or a cell its sheet."""
        large = _where_ended(self._next, self._count)
        for start in (self._directory, self._small):
            _check_start(start, large)
        entries = self._chain(self._directory)
        root_start, root_size = struct.unpack_from("<II", entries, 116)
        small_sectors = -(-min(root_size, len(self._content)) // _SMALL_SECTOR)
        following = np.frombuffer(self._chain(self._small), "<u4")
        small = _where_ended(following, max(small_sectors, 1))
        streams = []
        for at in range(0, len(entries) // _ENTRY * _ENTRY, _ENTRY):
            start, size, upper = struct.unpack_from("<3I", entries, at + 116)
            size += (upper << 32) * (self._size != 1 << _SHIFTS[0])
            is_small = at > 0 and size < _SMALLEST_LARGE
            name = entries[at : at + _NAME_BYTES].replace(b"\0", b"")
            if name:
                _check_start(start, small if is_small else large)
                if size > len(self._content):
                    raise ValueError("a part longer than the file")
            if _WORKBOOK in name:
                streams.append((start, size, is_small))
        held = self._chain(root_start) if any(is_small for *_, is_small in streams) else b""
        for start, size, is_small in streams:
            content = _small_chain(held, following, start) if is_small else self._chain(start)
            check_extent(content[:size])

    def _sector(self, number: int) -> bytes:
        if number >= self._count:
            raise ValueError("a sector that lies outside")
        at = max(_HEAD, self._size) + number * self._size
        return self._content[at : at + self._size]

    def _table(self, extra: int) -> Numbers:
        """Return which sector follows each, by the list in the head and in sectors of its own."""
        listed = list(np.frombuffer(self._content, "<u4", 109, 76))
        while extra < _LAST_SECTOR:
            *more, extra = np.frombuffer(self._sector(int(extra)), "<u4")
            listed += more
            if len(listed) > self._count + self._size:
                raise ValueError("a list of sectors that does not end")
        sectors = [self._sector(int(each)) for each in listed if each < _LAST_SECTOR]
        if len(sectors) > self._count:
            raise ValueError("more sectors than the file has")
        table = b"".join(sectors)
        return np.frombuffer(table, "<u4", len(table) // 4)

    def _chain(self, start: int) -> bytes:
        """Return the sectors from one on; that the table ends was looked at."""
        sectors = []
        while start < _LAST_SECTOR:
            sectors.append(self._sector(start))
            start = int(self._next[start]) if start < len(self._next) else _END
        return b"".join(sectors)


def _small_chain(held: bytes, following: Numbers, start: int) -> bytes:
    """Return a part that is kept in small sectors; that the table ends was looked at."""
    sectors = []
    while start < _LAST_SECTOR:
        sectors.append(held[start * _SMALL_SECTOR : (start + 1) * _SMALL_SECTOR])
        start = int(following[start]) if start < len(following) else _END
    return b"".join(sectors)


def _check_start(start: int, ended: NDArray[np.bool_]) -> None:
    """Raise `ValueError` where a part begins neither nowhere nor with sectors that end."""
    if start != _END and not ended[min(start, len(ended) - 1)]:
        raise ValueError("a part that lies outside or does not end")


def _where_ended(following: Numbers, count: int) -> NDArray[np.bool_]:
    """Return of each of so many sectors whether those that follow it end, at last False.

    Where the table says nothing of a sector the reader stops by itself.

    Raises `ValueError` where a table leads beyond so many sectors.
    """
    leads = following < _LAST_SECTOR
    if bool((following[leads] >= count).any()):
        raise ValueError("a sector that lies outside")
    nowhere, end = len(following), len(following) + 1
    at = np.where(leads, np.where(following < nowhere, following, end), nowhere).astype(np.int64)
    at = np.append(np.where(following == _END, end, at), (nowhere, end))
    for _ in range(end.bit_length()):  # each time twice as far
        at = at[at]
    ended = np.ones(count + 1, bool)
    ended[: min(nowhere, count)] = at[: min(nowhere, count)] == end
    ended[count] = False
    return ended
