"""Read Excel workbooks, old and new: every sheet with the same header, merged cells filled down.

Hidden rows are data that someone filtered away, so they are read, and a note says so. Hidden sheets
hold lists and leftovers, so they are not, unless named.
"""

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from data.contracts.model import TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.cell_text import batch_of_texts, texts_of_values
from data.ingest.reading.data_rows import keep_data_rows
from data.ingest.reading.headers.column_blocks import SIDE_BY_SIDE
from data.ingest.reading.headers.column_mapping import guess_mapping
from data.ingest.reading.headers.header_rows import FoundHeader, locate_header, stands_on_its_side
from data.ingest.reading.headers.names import normalise_header
from data.ingest.reading.input_formats import MOST_CELLS, Source, UnreadableSourceError
from data.ingest.reading.text.encoding import find_encoding
from data.ingest.reading.workbooks.compound import refuse_endless
from data.ingest.reading.workbooks.extent import refuse_sparse
from data.ingest.reading.workbooks.formulas import sheet_files, unsaved_formulas, with_formulas
from data.ingest.reading.workbooks.markup import TableTooWideError, largest_table
from data.ingest.reading.workbooks.own_workbooks import (
    MAPPING_SHEET,
    SIDE_SHEETS,
    read_mapping_note,
)
from data.ingest.reading.workbooks.sheet_tables import SheetTable, fill_down, tables_of

_LOOKED_AT, _NOTES = 30, 2
_SAME_HEADER = 0.8
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Name of the part in which a workbook with a password is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedWorkbook:
    """A workbook, parsed once: each table as one batch, the warnings for the reader, its sheets.

    ``mapping`` is what one of our own quarantine workbooks notes about its headers.
    """

    tables: tuple[SourceBatch, ...]
    notes: tuple[tuple[str, str], ...] = ()
    sheets: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)

    def batches(self, batch_rows: int) -> Iterator[SourceBatch]:
        """Yield the rows, sheet by sheet; the first batch carries the notes."""
        notes = self.notes
        for table in self.tables:
            for batch in _parts_of(table, batch_rows):
                yield replace(batch, notes=notes)
                notes = ()


def load_workbook(
    source: Source,
    *,
    contract: TableContract | None = None,
    sheet: str | None = None,
    header: bool | None = None,
) -> LoadedWorkbook:
    """Parse a workbook; `header` says whether its sheets have a header row (None: look for one).

    Without `sheet`, the sheet whose header names most required fields, of these most fields,
    decides, and every visible sheet with the same header is read; the others are named in a note,
    unless they are empty.

    Raises `UnreadableSourceError`: ``broken_file``, ``sheet_not_found``, ``empty_file`` or
    ``no_header_found``.
    """
    path = Path(source)
    workbook = _open(path)
    sheets, notes = _choose_sheets(workbook, path, contract, sheet, header=header)
    hidden = _hidden_rows(path, {chosen.sheet for chosen in sheets})
    hidden_notes = [("hidden_rows", f"{name}: {count}") for name, count in hidden.items() if count]
    return LoadedWorkbook(
        tables=tuple(map(_table_of, sheets)),
        notes=(*sheets[0].header.notes, *notes, *hidden_notes),
        sheets=tuple(_visible(workbook)),
        mapping=read_mapping_note(workbook, contract.name) if contract else {},
    )


def load_page(
    source: Source, *, contract: TableContract | None = None, header: bool | None = None
) -> LoadedWorkbook:
    """Parse the largest table of a page or of Excel's old XML.

    Raises `UnreadableSourceError`: ``no_table``, ``no_header_found``, or ``broken_file`` where
    cells reach over far too many others.
    """
    path = Path(source)
    page = path.read_bytes().decode(find_encoding(path), errors="replace")
    try:
        rows: list[list[Any]] = [list(row) for row in largest_table(page)]
    except TableTooWideError as error:
        raise UnreadableSourceError("broken_file", seen=path.name, reason="too wide") from error
    if not rows:
        kind = "XML" if page.lstrip("\ufeff \t\r\n").startswith("<?xml") else "HTML"
        raise UnreadableSourceError("no_table", seen=path.name, kind=kind)
    width = max(map(len, rows))
    if width * len(rows) > max(MOST_CELLS, len(page)):
        raise UnreadableSourceError("broken_file", seen=path.name, reason="too wide")
    rows = [[*row, *([""] * (width - len(row)))] for row in rows]
    found = locate_header([_as_labels(row) for row in rows[:_LOOKED_AT]], contract, given=header)
    if found is None:
        raise UnreadableSourceError("no_header_found", seen=path.name)
    return LoadedWorkbook(tables=(_table_of(SheetTable("", rows, found)),), notes=found.notes)


def _open(path: Path) -> CalamineWorkbook:
    refuse_sparse(path)
    refuse_endless(path)
    try:
        # from its bytes, because the ending of a name may be wrong
        return CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    except CalamineError as error:
        locked = "assword" in str(error) or _ENCRYPTED in path.read_bytes()
        code = "password_needed" if locked else "broken_file"
        raise UnreadableSourceError(code, seen=path.name, reason=str(error)) from error


def _has_cells(workbook: CalamineWorkbook, sheet: str) -> bool:
    return any(map(any, workbook.get_sheet_by_name(sheet).to_python()))


def _visible(workbook: CalamineWorkbook) -> list[str]:
    return [
        meta.name
        for meta in workbook.sheets_metadata
        if meta.visible == SheetVisibleEnum.Visible
        and meta.typ == SheetTypeEnum.WorkSheet
        and meta.name not in SIDE_SHEETS
    ]


def _choose_sheets(
    workbook: CalamineWorkbook,
    path: Path,
    contract: TableContract | None,
    sheet: str | None,
    *,
    header: bool | None,
) -> tuple[list[SheetTable], tuple[tuple[str, str], ...]]:
    names = _visible(workbook) if sheet is None else [sheet]
    if sheet is not None and sheet not in workbook.sheet_names:
        raise UnreadableSourceError(
            "sheet_not_found", seen=sheet, expected=", ".join(workbook.sheet_names)
        )
    formulas = unsaved_formulas(path)
    sheets = (
        _load(workbook, name, contract, header=header, formulas=formulas.get(name, {}))
        for name in names
    )
    loaded = [each for tables in sheets for each in tables]
    if not loaded:
        blank = not any(_has_cells(workbook, name) for name in names)
        code = "empty_file" if blank else "no_header_found"
        raise UnreadableSourceError(code, seen=path.name)
    model = max(loaded, key=partial(_fitness, contract))
    same = [s for s in loaded if _same_header(s.header, model.header)]
    read = {s.sheet for s in same}
    ours = {*names, *SIDE_SHEETS, MAPPING_SHEET}
    hidden = [n for n in workbook.sheet_names if n not in ours] if sheet is None else []
    notes = [
        ("other_sheet", name) for name in names if name not in read and _has_cells(workbook, name)
    ]
    notes += [("other_table", s.place) for s in loaded if s not in same and s.sheet in read]
    notes += [(SIDE_BY_SIDE, s.place) for s in same if s.doubtful]
    spelled = [_spelled_like(s, model) for s in same]
    return spelled, (*notes, *(("hidden_sheet", name) for name in hidden))


def _fitness(contract: TableContract | None, table: SheetTable) -> tuple[int, int]:
    """Return how many of the required fields the header of a table names, and how many of all."""
    if contract is None:
        return 0, table.header.recognised
    named = guess_mapping(table.header.names, contract).mapping
    return len(named.keys() & set(contract.required)), table.header.recognised


def _load(
    workbook: CalamineWorkbook,
    name: str,
    contract: TableContract | None,
    *,
    header: bool | None,
    formulas: Mapping[tuple[int, int], str],
) -> list[SheetTable]:
    """Return the tables of a sheet; a formula without a value stands in its cell as it is."""
    sheet = workbook.get_sheet_by_name(name)
    rows = with_formulas(sheet.to_python(skip_empty_area=False), formulas)
    labels = [_as_labels(row) for row in rows]
    merged, unsaved = sheet.merged_cell_ranges or [], frozenset(formulas)
    turned = header is None and stands_on_its_side(labels[:_LOOKED_AT], contract)
    if turned:
        rows = [list(column) for column in zip(*rows, strict=True)]
        labels = [list(column) for column in zip(*labels, strict=True)]
        merged, unsaved = [], frozenset((column, row) for row, column in formulas)
    found = locate_header(labels[:_LOOKED_AT], contract, given=header)
    if found is None:
        return []
    fill_down(rows, merged, found.last + 1)
    table = SheetTable(name, rows, replace(found, turned=turned), unsaved)
    return list(tables_of(table, labels, contract))


def _as_labels(row: Sequence[Any]) -> list[str | None]:
    if _is_blank(row):  # most rows of a sheet with a cell far below
        return [None] * len(row)
    texts = texts_of_values(row, integers_are_floats=True)[0].to_pylist()
    return [(text.strip() or None) if text else None for text in texts]


def _same_header(one: FoundHeader, other: FoundHeader) -> bool:
    a, b = ({normalise_header(n) for n in header.names} for header in (one, other))
    return len(a & b) >= _SAME_HEADER * len(a | b)


def _spelled_like(sheet: SheetTable, model: SheetTable) -> SheetTable:
    """Return the sheet with its headers spelled as in the first one."""
    spelling = {normalise_header(name): name for name in model.header.names}
    names = [spelling.get(normalise_header(name), name) for name in sheet.header.names]
    return replace(sheet, header=replace(sheet.header, names=tuple(names)))


def _table_of(sheet: SheetTable) -> SourceBatch:
    names, start = list(sheet.header.names), sheet.header.last + 1
    # blank rows are counted and left out, but for the two in which notes may stand
    kept = [at for at, row in enumerate(sheet.rows[start:], start)
            if at < start + _NOTES or not _is_blank(row)]  # fmt: skip
    below = [sheet.rows[at] for at in kept]
    columns = zip(*below, strict=True) if below else ([] for _ in names)
    texts = [texts_of_values(cells, integers_are_floats=True) for cells in columns][: len(names)]
    facts = {"sheet": sheet.sheet, "heading": sheet.header.heading}
    masks = {n: _unsaved(sheet, at, kept) for at, n in enumerate(names) if sheet.formulas}
    batch = batch_of_texts(texts, names, first_row=1, count=len(below), **facts)
    marked = {name: mask for name, mask in masks.items() if mask.any()}
    numbers = np.array(kept, dtype=np.int64) + 1
    data = keep_data_rows(replace(batch, source_row=numbers, unsaved=marked), first=True)
    blank = len(sheet.rows) - start - len(kept)
    if blank <= 0:
        return data
    return replace(data, skipped={**data.skipped, "blank": data.skipped.get("blank", 0) + blank})


def _is_blank(row: Sequence[Any]) -> bool:
    return row.count("") == len(row)


def _unsaved(sheet: SheetTable, column: int, rows: Sequence[int]) -> NDArray[np.bool_]:
    """Return which cells of some rows of a column are formulas without a value."""
    return np.array([(row, column) in sheet.formulas for row in rows], dtype=bool)


def _parts_of(table: SourceBatch, batch_rows: int) -> Iterator[SourceBatch]:
    for first in range(0, max(len(table), 1), batch_rows):
        part = slice(first, first + batch_rows)
        yield replace(
            table,
            rows=table.rows.slice(first, batch_rows),
            source_row=table.source_row[part],
            imprecise={name: mask[part] for name, mask in table.imprecise.items()},
            unsaved={name: mask[part] for name, mask in table.unsaved.items()},
            skipped=table.skipped if first == 0 else {},
        )


def _hidden_rows(path: Path, names: Collection[str]) -> dict[str, int]:
    """Return how many rows the named sheets of a new-style workbook hide; nothing for the old."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as archive:
        try:
            files = sheet_files(archive)
            return {
                name: len(re.findall(rb'<row\b[^<>]*\bhidden="(?:1|true)"', archive.read(file)))
                for name, file in files.items()
                if name in names
            }
        except (KeyError, ET.ParseError):
            return {}  # another maker's layout: the rows are read all the same
