"""Find formulas whose value was never stored: a program wrote them, and nothing worked them out."""

import html
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_UNSAVED: Final = re.compile(
    rb'<c\b[^<>]{0,99}?\br="([A-Z]{1,3})(\d{1,7})"[^<>]{0,99}>\s*'
    rb"<f\b(?:[^<>]*/>|[^<>]*>([^<]*)</f>)\s*(?:<v\s*/>\s*|<v>\s*</v>\s*)?</c>"
)


def unsaved_formulas(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Return sheet → cell (row and column from 0) → formula of those without a stored value."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        try:
            files = sheet_files(archive)
            return {name: _in_sheet(archive.read(file)) for name, file in files.items()}
        except (KeyError, ET.ParseError):
            return {}  # another maker's layout: cells without a value are blank


def _in_sheet(xml: bytes) -> dict[tuple[int, int], str]:
    if b"<f" not in xml or b"<!" in xml:  # in a comment a formula would be none
        return {}
    return {
        (int(found[2]) - 1, _column(found[1])): f"={html.unescape((found[3] or b'').decode())}"
        for found in _UNSAVED.finditer(xml)
    }


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def with_formulas(
    rows: list[list[Any]], formulas: Mapping[tuple[int, int], str]
) -> list[list[Any]]:
    """Return rows with the formulas in their cells, longer where they lie beyond the last."""
    if not formulas:
        return rows
    width = max([*map(len, rows), *(column + 1 for _, column in formulas)])
    height = max(len(rows), *(row + 1 for row, _ in formulas))
    wide = [[*row, *([""] * (width - len(row)))] for row in rows]
    wide += [[""] * width for _ in range(height - len(rows))]
    for (row, column), formula in formulas.items():
        wide[row][column] = formula
    return wide


def sheet_files(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return sheet → its file in a new-style workbook."""
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 -- only names are read
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 -- the same
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    sheets = [node for node in book.iter() if node.tag.endswith("}sheet")]
    files = {str(n.get("name")): targets[n.get(_RELATION)] for n in sheets}
    return {name: f"xl/{t.removeprefix('/xl/').removeprefix('xl/')}" for name, t in files.items()}
