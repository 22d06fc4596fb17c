"""Refuse workbooks that say little and spread it wide: a cell in the last row and column.

A sheet is read as a rectangle from its first cell to its last, so a file of a kilobyte with two
cells far apart would fill the memory of the server. Sheets that hold what they are long stay.
"""

import re
import zipfile
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree as ET

from data.ingest.reading.sources import UnreadableSourceError

MOST_CELLS: Final = 20_000_000
"""A rectangle of so many cells is read whatever it holds: some 600 MB."""
MOST_EMPTY: Final = 5
"""A larger one may be so many times what it holds."""
_PLACE: Final = rb"<(?:\w+:)?c\b[^>]*?\br\s*=\s*[\"']"
_FAR: Final = re.compile(_PLACE + rb"(?:[A-Za-z]{2,}\d|[A-Za-z]\d{6,})")
"""A cell beyond the 26th column or the 99,999th row."""
_CELL: Final = re.compile(_PLACE + rb"([A-Za-z]{1,3})(\d{1,9})[^>]*(?<!/)>")
_REPEATED: Final = "number-{}-repeated"
_VALUE: Final = "value-type"


def refuse_sparse(path: Path) -> None:
    """Refuse a zipped workbook whose sheets are far larger than what stands in them.

    Raises `UnreadableSourceError`: ``broken_file``.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            lower = name.lower()
            if lower.startswith("xl/worksheets/") and lower.endswith(".bin"):
                raise _refusal(path, "a binary workbook; save it as .xlsx")
            if lower.startswith("xl/worksheets/") and lower.endswith(".xml"):
                _check(path, *_of_sheet(archive.read(name)))
            elif lower == "content.xml":
                with archive.open(name) as stream:
                    _check(path, *_of_open_document(stream))


def _check(path: Path, area: int, cells: int) -> None:
    if area > max(MOST_CELLS, MOST_EMPTY * cells):
        raise _refusal(path, f"{cells} cells spread over {area}")


def _refusal(path: Path, reason: str) -> UnreadableSourceError:
    return UnreadableSourceError("broken_file", seen=path.name, reason=reason)


def _of_sheet(xml: bytes) -> tuple[int, int]:
    """Return the area of a sheet and how many cells hold something, both 0 where it is small."""
    if not _FAR.search(xml):
        return 0, 0
    height = width = cells = 0
    for found in _CELL.finditer(xml):
        cells += 1
        height, width = max(height, int(found[2])), max(width, _column(found[1].upper()))
    return height * width, cells


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _of_open_document(stream: IO[bytes]) -> tuple[int, int]:
    """Return the area of the largest sheet of an OpenDocument and the cells that it writes out."""
    largest = rows = gap = width = across = cells = 0
    empty = True
    try:
        for event, node in ET.iterparse(stream, events=("start", "end")):  # noqa: S314 -- expat bounds what entities may grow to
            tag = node.tag.rpartition("}")[2]
            if event == "start" and tag == "table":
                rows = gap = width = 0
            elif event == "end" and tag in {"table-cell", "covered-table-cell"}:
                across += _times(node, "columns")
                if any(name.endswith(_VALUE) for name in node.attrib):
                    cells, width, empty = cells + 1, max(width, across), False
                node.clear()
            elif event == "end" and tag == "table-row":
                gap += _times(node, "rows")
                rows, gap = (rows, gap) if empty else (rows + gap, 0)
                across, largest, empty = 0, max(largest, rows * width), True
                node.clear()
    except ET.ParseError:
        return 0, 0  # the reader says what is wrong with it
    return largest, cells


def _times(node: ET.Element, what: str) -> int:
    given = next((v for n, v in node.attrib.items() if n.endswith(_REPEATED.format(what))), "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 1  # noqa: PLR2004 -- digits
