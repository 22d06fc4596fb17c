"""Refuse workbooks that say little and spread it wide: a cell in the last row and column.

A sheet is read as a rectangle from its first cell to its last, so a file of a kilobyte with two
cells far apart would fill the memory of the server. Sheets that hold what they are long stay.
"""

import re
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

from data.ingest.reading.input_formats import UnreadableSourceError, is_sparse

_UNUSUAL: Final = re.compile(rb'<c(?! r="[A-Z]\d{1,5}")[\s/>]')
"""A cell beyond the 26th column or the 99,999th row, or one that does not say first where it is."""
_USUAL: Final = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: [a-z]+="[^"<>]*"){0,9}(/?)>')
_CELLS: Final = (b"<c ", b"<c>", b"<c/", b"<c\t", b"<c\n", b"<c\r")
_PREFIXED: Final = re.compile(rb":c[\s/>]")
_DIGITS: Final = "0123456789"
_MOST_PLACE: Final = 12
_TEXTS: Final = re.compile(rb"uniqueCount\s*=\s*[\"']\s*0*(\d{1,30})")
"""How many texts a part says that it holds: its reader makes room for as many."""
_REPEATED: Final = "number-{}-repeated"
_VALUE: Final = "value-type"


def refuse_sparse(path: Path) -> None:
    """Refuse a zipped workbook whose sheets are far larger than what stands in them.

    Raises `UnreadableSourceError`: ``broken_file``.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for each in archive.infolist():  # two of one name are two
            name = each.filename.lower()
            if name.startswith("xl/worksheets/") and name.endswith(".bin"):
                raise _refusal(path, "a binary workbook; save it as .xlsx")
            try:
                if name == "content.xml":
                    with archive.open(each) as stream:
                        _check(path, *_of_open_document(stream))
                elif name.startswith("xl/"):
                    content = archive.read(each)
                    if any(int(count) > len(content) for count in _TEXTS.findall(content)):
                        raise _refusal(path, "more texts than bytes")
                    if b"sheetData" in content:
                        _check(path, *_of_sheet(content))
            except (expat.ExpatError, ET.ParseError) as error:
                raise _refusal(path, str(error)) from error  # how far it reaches is not known


def _check(path: Path, area: int, cells: int) -> None:
    if is_sparse(area, cells):
        raise _refusal(path, f"{cells} cells spread over {area}")


def _refusal(path: Path, reason: str) -> UnreadableSourceError:
    return UnreadableSourceError("broken_file", seen=path.name, reason=reason)


def _of_sheet(xml: bytes) -> tuple[int, int]:
    """Return the area of a sheet and how many cells hold something, both 0 where it is small."""
    prefixed = b":c" in xml and _PREFIXED.search(xml)
    if not (prefixed or _UNUSUAL.search(xml)):
        return 0, 0
    if not prefixed and (usual := _of_usual_cells(xml)) and not is_sparse(*usual):
        return usual
    cells, parser = _Cells(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = cells.start, cells.end
    parser.Parse(xml, True)  # noqa: FBT003 -- the last piece; expat bounds what entities may grow to
    return cells.height * cells.width, cells.count


def _of_usual_cells(xml: bytes) -> tuple[int, int] | None:
    """Return the same three times as fast where every cell is written as by Excel, else None."""
    height = cells = tags = 0
    letters = {b""}
    for found in _USUAL.finditer(xml):
        tags += 1
        if not found[3]:
            cells += 1
            height = max(height, int(found[2]))
            letters.add(found[1])
    if tags != sum(map(xml.count, _CELLS)):
        return None
    return height * max(_column(each.decode()) for each in letters), cells


class _Cells:
    """The cells of a sheet that hold something, placed as its reader does.

    A cell that does not say where it is lies beside the one before, in the row that was begun.
    """

    def __init__(self) -> None:
        self.height = self.width = self.count = 0
        self._row = self._column = 1
        self._at: tuple[int, int] | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag == "c":
            row, column = _place(attributes.get("r", ""))
            self._column = column or self._column
            self._at = (row or self._row, self._column)
            self._column += 1
        elif tag == "row":
            self._row = _place(attributes.get("r", ""))[0] or self._row
        elif self._at:  # the first thing in it; without any it is not read
            row, column = self._at
            self.height, self.width = max(self.height, row), max(self.width, column)
            self.count, self._at = self.count + 1, None

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2] if ":" in name else name
        if tag == "c":
            self._at = None
        elif tag == "row":
            self._row, self._column = self._row + 1, 1


def _place(reference: str) -> tuple[int, int]:
    """Return row and column of ``AB12``, 0 for what it does not say."""
    letters = reference.rstrip(_DIGITS)
    digits = reference[len(letters) :]
    row = int(digits) if 0 < len(digits) < _MOST_PLACE else 0
    return row, _column(letters) if letters.isalpha() and len(letters) < _MOST_PLACE else 0


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _of_open_document(stream: IO[bytes]) -> tuple[int, int]:
    """Return the area of the largest sheet of an OpenDocument and the cells that it writes out."""
    largest = rows = gap = width = across = cells = 0
    empty = True
    for event, node in ET.iterparse(stream, events=("start", "end")):  # noqa: S314 -- as above
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
    return largest, cells


def _times(node: ET.Element, what: str) -> int:
    given = next((v for n, v in node.attrib.items() if n.endswith(_REPEATED.format(what))), "1")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 1  # noqa: PLR2004 -- digits
