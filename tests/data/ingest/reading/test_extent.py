"""Files that are small and would fill the memory are refused before they are read."""

import io
import json
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from refusals import refused_as

from data.contracts.registry import TABLES
from data.ingest.reading.input_formats import MOST_CELLS, UnreadableSourceError
from data.ingest.reading.open import OpenSource
from data.ingest.reading.text.delimited import MOST_COLUMNS
from data.ingest.reading.workbooks import markup
from data.ingest.reading.workbooks.extent import refuse_sparse
from data.ingest.reading.workbooks.formulas import unsaved_formulas

COMPLAINTS = TABLES["complaints"]
HEADER = ("工单编号", "来电时间", "事发地址")
_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="S">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
_VALUE = '<table:table-cell office:value-type="string"{more}><text:p>x</text:p></table:table-cell>'


def _read(path: Path) -> list[str]:
    source = OpenSource(path, contract=COMPLAINTS)
    return [name for batch in source.batches() for name in batch.columns]


def _workbook(path: Path, *cells: str) -> Path:
    book = openpyxl.Workbook()
    for column, name in enumerate(HEADER, start=1):
        book.active.cell(1, column, name)
        book.active.cell(2, column, "1")
    for cell in cells:
        book.active[cell] = "x"
    book.save(path)
    return path


def _rewritten(path: Path, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(old, new))
    return path


def _of_rows(path: Path, rows: str, *, part: str = "xl/worksheets/sheet1.xml") -> Path:
    """Return a workbook whose one sheet has these rows, in a part of this name."""
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    with zipfile.ZipFile(_workbook(path)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    del parts["xl/worksheets/sheet1.xml"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            named = content.replace(b"worksheets/sheet1.xml", part.removeprefix("xl/").encode())
            archive.writestr(name, named)
        archive.writestr(part, sheet)
    return path


def _document(path: Path, rows: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS.format(rows=rows))
    return path


@pytest.mark.parametrize("cell", ["XFD1048576", "A1048576", "XFD3"])
def test_a_cell_in_a_far_corner_is_refused_where_the_sheet_would_be_too_large(
    tmp_path: Path, cell: str
) -> None:
    path = _workbook(tmp_path / "a.xlsx", cell)
    if cell == "XFD1048576":
        with refused_as("broken_file"):
            _read(path)
    else:
        refuse_sparse(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="XFD1048576"', b"r = 'xfd1048576'"),
        (b'<row r="1048576"', b"<row"),
        (b'<c r="XFD1048576"', b'<x:c r="XFD1048576"'),
    ],
)
def test_a_far_cell_is_found_however_it_is_written(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = _rewritten(_workbook(tmp_path / "a.xlsx", "XFD1048576"), old, new)
    with pytest.raises(UnreadableSourceError):
        refuse_sparse(path)


_FIRST = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'
_NEAR = '<row r="1"><c r="A1"><v>1</v></c></row>'
SHEETS = {
    "a sign in another attribute": '<row><c x=">" r="XFD1048576"><v>1</v></c></row>',
    "an attribute that looks like an end": '<row><c r="XFD1048576" x="/>"><v>1</v></c></row>',
    "a place of the row alone": _FIRST + '<row r="1048576"><c><v>1</v></c></row>',
    "no place at all": f"<row>{'<c><v>1</v></c>' * 2_000}</row>{'<row/>' * 30_000}"
    "<row><c><v>1</v></c></row>",
    "broken off": '<row><c x="1" x="2"/><c r="XFD1048576"><v>1</v></c></row>',
}


@pytest.mark.parametrize("rows", SHEETS.values(), ids=SHEETS)
def test_a_far_cell_is_found_however_its_place_is_told(tmp_path: Path, rows: str) -> None:
    with pytest.raises(UnreadableSourceError):
        refuse_sparse(_of_rows(tmp_path / "a.xlsx", rows))


@pytest.mark.parametrize("part", ["xl/worksheets/s", "xl/other/s.xml"])
def test_a_far_cell_is_found_whatever_its_part_is_called(tmp_path: Path, part: str) -> None:
    with pytest.raises(UnreadableSourceError):
        refuse_sparse(_of_rows(tmp_path / "a.xlsx", '<row><c r="XFD1048576"><v>1</v></c></row>',
                               part=part))  # fmt: skip


def test_of_two_parts_of_one_name_both_are_looked_at(tmp_path: Path) -> None:
    path = _of_rows(tmp_path / "a.xlsx", '<row><c r="XFD1048576"><v>1</v></c></row>')
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet><sheetData/></worksheet>")
    with pytest.raises(UnreadableSourceError):
        refuse_sparse(path)


@pytest.mark.parametrize(
    "rows",
    [
        '<row><c r="A1"><v>1</v></c><c r="XFD1048576" s="1"></c></row>',
        '<!-- <c r="XFD1048576"><f>1</f></c> --><row><c r="A1"><v>1</v></c></row>',
    ],
    ids=["empty", "in a comment"],
)
def test_what_is_no_cell_makes_no_sheet_larger(tmp_path: Path, rows: str) -> None:
    path = _of_rows(tmp_path / "a.xlsx", rows)
    refuse_sparse(path)
    assert unsaved_formulas(path) == {"Sheet": {}}


@pytest.mark.parametrize(
    "junk",
    ["<row " * 40_000, '<c r="A1" ' * 40_000, f'<c r="A1"><f>1</f>{" " * 40_000}<'],
    ids=["rows", "cells", "blanks"],
)
def test_no_junk_in_a_sheet_takes_long_to_look_through(tmp_path: Path, junk: str) -> None:
    _read(_workbook(tmp_path / "warm.xlsx"))
    path = _of_rows(tmp_path / "a.xlsx", f"{_NEAR}<!-- {junk} -->")
    before = time.process_time()
    with suppress(UnreadableSourceError):
        _read(path)
    assert time.process_time() - before < 1


def test_a_far_formula_without_a_value_is_refused(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsx")
    _rewritten(path, b'<c r="A2"', b'<c r="XFD999999999"><f>1</f></c><c r="A2"')
    with pytest.raises(UnreadableSourceError):
        _read(path)


def test_cells_without_a_value_may_be_anywhere(tmp_path: Path) -> None:
    path = _rewritten(_workbook(tmp_path / "a.xlsx"), b'<c r="A2"', b'<c r="XFD1048576"/><c r="A2"')
    refuse_sparse(path)


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ((1_048_576, 16_384), True),
        ((1_048_576, 25), True),
        ((10, 16_384), False),
        ((MOST_CELLS // 1_000, 1_000), False),
    ],
)
def test_repeated_cells_of_an_open_document_are_counted(
    tmp_path: Path,
    rows: tuple[int, int],
    refused: bool,  # noqa: FBT001 -- parametrised
) -> None:
    down, across = rows
    cell = _VALUE.format(more=f' table:number-columns-repeated="{across}"')
    row = f'<table:table-row table:number-rows-repeated="{down}">{cell}</table:table-row>'
    path = _document(tmp_path / "a.ods", row)
    if refused:
        with pytest.raises(UnreadableSourceError):
            refuse_sparse(path)
    else:
        refuse_sparse(path)


def test_empty_rows_count_only_before_others(tmp_path: Path) -> None:
    repeated = 'table:number-rows-repeated="1048000"'
    empty = f"<table:table-row {repeated}><table:table-cell/></table:table-row>"
    last = f"<table:table-row>{_VALUE.format(more='') * 30}</table:table-row>"
    refuse_sparse(_document(tmp_path / "a.ods", last + empty))
    with pytest.raises(UnreadableSourceError):
        refuse_sparse(_document(tmp_path / "b.ods", empty + last))


def test_a_binary_workbook_is_refused_with_what_to_do(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.bin", b"\0")
    path = tmp_path / "a.xlsb"
    path.write_bytes(buffer.getvalue())
    with pytest.raises(UnreadableSourceError) as refused:
        _read(path)
    assert "xlsx" in str(refused.value.facts["reason"])


@pytest.mark.parametrize(
    "cell",
    ["<td colspan=1000000000>a</td>", "<td rowspan=1000000000>a</td>", "<td colspan=²>a</td>",
     f"<td colspan={'9' * 5000}>a</td>", '<Cell ss:Index="1000000000">a</Cell>'],
)  # fmt: skip
def test_a_cell_of_a_page_that_reaches_over_very_many_others_makes_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    monkeypatch.setattr(markup, "MOST_COLUMNS", 300)
    head = "".join(f"<td>{name}</td>" for name in HEADER)
    path = tmp_path / "a.html"
    path.write_text(f"<table><tr>{head}</tr><tr>{cell}</tr></table>", encoding="utf-8")
    names = _read(path)
    assert set(HEADER) <= set(names)
    assert len(names) <= 300


def test_many_wide_cells_of_a_page_are_refused(tmp_path: Path) -> None:
    head = "".join(f"<td>{name}</td>" for name in HEADER)
    path = tmp_path / "a.html"
    wide = "<tr><td colspan=16384>a</td></tr>" * 1_000
    path.write_text(f"<table><tr>{head}</tr>{wide}</table>", encoding="utf-8")
    with pytest.raises(UnreadableSourceError):
        _read(path)


def _own_names(count: int) -> list[dict[str, int]]:
    return [{f"k{number}": 1, "a": 2, "b": 3} for number in range(count)]


@pytest.mark.parametrize("kind", ["json", "geojson"])
def test_records_that_each_have_names_of_their_own_are_refused(tmp_path: Path, kind: str) -> None:
    path, records = tmp_path / f"a.{kind}", _own_names(8_000)
    point = {"type": "Point", "coordinates": [117, 36]}
    features = [{"type": "Feature", "geometry": point, "properties": each} for each in records]
    layer = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(layer if kind == "geojson" else records), encoding="utf-8")
    before = time.process_time()
    with refused_as("broken_file"):
        _read(path)
    assert time.process_time() - before < 1


@pytest.mark.parametrize("depth", [10_000, 100_000])
def test_json_that_is_nested_too_deeply_is_told_as_broken(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"a":' * depth + "1" + "}]" * depth, encoding="utf-8")
    with refused_as("broken_json"):
        _read(path)


def test_json_with_a_number_that_python_does_not_read_is_told_as_broken(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"a": 1' + "0" * 5_000 + "}]", encoding="utf-8")
    with refused_as("broken_json"):
        _read(path)


@pytest.mark.parametrize("row", [1, 2])
def test_a_text_with_more_columns_than_a_workbook_is_refused(tmp_path: Path, row: int) -> None:
    lines = [",".join(HEADER), "1,2026-11-20,x", "2,2026-11-20,y"]
    lines[row] = "," * MOST_COLUMNS
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    with refused_as("broken_file", reason="too wide"):
        _read(path)


@pytest.mark.parametrize("count", ["4294967295", "0" * 30 + "4294967295"])
def test_a_workbook_that_says_it_has_more_texts_than_bytes_is_refused(
    tmp_path: Path, count: str
) -> None:
    texts = f'<sst uniqueCount="{count}"><si><t>a</t></si></sst>'
    path = _workbook(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", texts)
    with refused_as("broken_file", reason="more texts than bytes"):
        _read(path)


def test_a_table_within_a_cell_ends_the_cell(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td>{n}<td>2026-11-20<td>x" for n in range(3))
    head = "".join(f"<td>{name}" for name in HEADER)
    path = tmp_path / "a.html"
    path.write_text(f"<html><table><tr><td>a<table><tr>{head}{rows}</table></table>", "utf-8")
    assert _read(path) == list(HEADER)
