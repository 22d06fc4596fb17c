"""The workbooks we hand out come back through the ordinary import."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from data.contracts.registry import TABLES
from data.ingest.batches import SENT_ROW, SENT_SHEET, CheckedBatch
from data.ingest.quarantine.store import QuarantinedRows
from data.ingest.quarantine.template import template_fields, write_template
from data.ingest.quarantine.workbook import write_quarantine
from data.ingest.reading.headers.column_mapping import guess_mapping
from data.ingest.reading.open import OpenSource
from data.lake.manifest import Manifest
from data.lake.schema import SHEET, SOURCE_ROW

Check = Callable[..., CheckedBatch]
NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout


def quarantined(rows: pa.Table, problems: pa.Table, **mapping: str) -> QuarantinedRows:
    facts = dict.fromkeys(("sha256", "options_hash"), "")
    facts |= {"import_id": "20261124T101500-ab12cd", "file_name": "投诉.xlsx"}
    counts = dict.fromkeys(("rows_in", "accepted", "quarantined", "duplicates"), 0)
    manifest = Manifest(**facts, **counts, table="complaints", imported_at=NOON, mapping=mapping)
    return QuarantinedRows(manifest, rows, problems)


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_template_holds_no_row_and_every_header_is_understood(
    tmp_path: Path, table: str
) -> None:
    contract, path = TABLES[table], tmp_path / "t.xlsx"
    path.write_bytes(write_template(contract))
    (batch,) = OpenSource(path, contract=contract).batches()
    assert len(batch) == 0
    assert batch.skipped == {"note": 1, "example": 1}
    assert batch.notes == ()
    guess = guess_mapping(batch.columns, contract)
    assert set(guess.mapping) == {f.name for f in template_fields(contract)}
    assert guess.unmapped == ("序号",)


@pytest.mark.parametrize("table", TABLES)
def test_the_example_of_a_template_is_itself_a_good_row(check: Check, table: str) -> None:
    contract = TABLES[table]
    row = {f.header: [f.example or None] for f in template_fields(contract)}
    checked = check(table, row)
    assert checked.reasons == {}
    assert checked.kept_unknown == {}


def test_a_filled_template_is_imported_with_its_codes_whole(tmp_path: Path) -> None:
    contract, path = TABLES["complaints"], tmp_path / "t.xlsx"
    path.write_bytes(write_template(contract))
    book = openpyxl.load_workbook(path)
    sheet = book["填报"]
    for column, text in ((1, "1"), (2, "250912101108115409"), (4, "2026-11-20")):
        sheet.cell(5, column, text)
    book.save(path)
    (batch,) = OpenSource(path, contract=contract).batches()
    assert batch.rows["工单编号"].to_pylist() == ["250912101108115409"]
    assert batch.source_row.tolist() == [5]


def test_equal_templates_are_equal_bytes() -> None:
    assert write_template(TABLES["grids"]) == write_template(TABLES["grids"])


def test_refused_rows_are_marked_corrected_and_imported_again(tmp_path: Path, check: Check) -> None:
    columns = {"单号": ["1", "2"], "时间": ["昨天", "2026-11-20"], "电话": ["13800005678"] * 2}
    renamed = {"工单编号": columns["单号"], "来电时间": columns["时间"], "电话": columns["电话"]}
    refused = check("complaints", renamed)
    rows = refused.quarantined.rename_columns(
        {"工单编号": "单号", "来电时间": "时间", "电话": "电话", "诉求人标识": "诉求人标识",
         "_source_row": "_source_row", "_sheet": "_sheet"}
    )  # fmt: skip
    path = tmp_path / "q.xlsx"
    mapping = {"ticket_no": "单号", "received_at": "时间", "reporter_phone": "电话"}
    path.write_bytes(write_quarantine(quarantined(rows, refused.problems, **mapping)))

    book = openpyxl.load_workbook(path)
    sheet = book["待更正"]
    header = [cell.value for cell in sheet[2]]
    at = header.index("时间") + 1
    assert "不是日期" in str(sheet.cell(3, 1).value)
    assert sheet.cell(3, at).value == "昨天"
    sheet.cell(3, at, "2026-11-19")
    book.save(path)

    info = OpenSource(path, contract=TABLES["complaints"]).describe()
    guess = guess_mapping(info.columns, TABLES["complaints"], remembered=info.mapping)
    assert {f: guess.mapping[f] for f in mapping} == mapping
    (batch,) = OpenSource(path, contract=TABLES["complaints"]).batches()
    again = check(
        "complaints",
        {guess_header(guess.mapping, c): batch.rows[c].to_pylist() for c in batch.columns},
    )
    assert again.accepted["ticket_no"].to_pylist() == ["1"]
    linked = check("complaints", {**renamed, "来电时间": ["2026-11-19"] * 2}).accepted[
        "reporter_key"
    ]
    assert again.accepted["reporter_key"].to_pylist() == [linked[0].as_py()]


def test_rows_that_are_refused_again_carry_each_of_our_columns_once(
    tmp_path: Path, check: Check
) -> None:
    path = tmp_path / "q.xlsx"
    again: dict[str, list[str | None]] = {"工单编号": ["1"], "来电时间": ["昨天"]}
    for _ in range(2):
        refused = check("complaints", again)
        path.write_bytes(write_quarantine(quarantined(refused.quarantined, refused.problems)))
        (batch,) = OpenSource(path, contract=TABLES["complaints"]).batches()
        again = {name: batch.rows[name].to_pylist() for name in batch.columns}
    header = [cell.value for cell in openpyxl.load_workbook(path)["待更正"][2]]
    assert sorted(header) == sorted(set(header))


def guess_header(mapping: dict[str, str], column: str) -> str:
    """Return the template's header of the field a column was mapped to, or the column."""
    fields = {c: TABLES["complaints"].field(f).header for f, c in mapping.items()}
    return fields.get(column, column)


def test_the_offending_cell_is_coloured_and_says_why(tmp_path: Path, check: Check) -> None:
    refused = check("complaints", {"工单编号": ["1"], "来电时间": ["昨天"]})
    path = tmp_path / "q.xlsx"
    path.write_bytes(write_quarantine(quarantined(refused.quarantined, refused.problems)))
    sheet = openpyxl.load_workbook(path)["待更正"]
    cells = {str(head.value): cell for head, cell in zip(sheet[2], sheet[3], strict=True)}
    assert cells["来电时间"].fill.start_color.rgb == "FFFFC7CE"
    comment = cells["来电时间"].comment
    assert comment is not None
    assert "不是日期" in comment.text
    assert cells["工单编号"].comment is None
    assert cells["原文件行号"].value == "2"


def test_a_sender_s_header_that_looks_like_a_formula_is_text_on_every_sheet(
    tmp_path: Path,
) -> None:
    header, path = '=HYPERLINK("http://gw.invalid")', tmp_path / "q.xlsx"
    rows = pa.table({header: ["http://gw.invalid"], SENT_ROW: [3], SENT_SHEET: [""]})
    problems = pa.table({name: pa.array([], pa.string()) for name in (SOURCE_ROW, SHEET, "code")})
    path.write_bytes(write_quarantine(quarantined(rows, problems, ticket_no=header)))
    cells = [c for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for c in row]
    assert sum(cell.value == header for cell in cells) == 2
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
