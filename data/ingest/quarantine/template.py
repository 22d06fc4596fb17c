"""The Excel template of a table: title, header, notes, one marked example, lists to choose from.

``write_template(contract) -> bytes``. A filled-in template is read by the ordinary import: title
and notes are found, the example row is not counted, lists sit on a sheet that is not read.
"""

import io
import tomllib
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from data.contracts.model import Field, Kind, TableContract
from data.ingest.reading.workbooks.own_workbooks import EXAMPLE_MARK, GUIDE_SHEET, LIST_SHEET

DATA_SHEET = "填报"

TITLE_ROW, HEADER_ROW, NOTE_ROW, EXAMPLE_ROW = range(4)
_PREPARED_ROWS = 2_000
_WRITTEN = datetime(2026, 1, 1)  # noqa: DTZ001 -- a fixed date, so that equal templates are equal
_HINTS = {
    Kind.DATE: "填写格式 2026-11-24",
    Kind.DATETIME: "填写格式 2026-11-24 19:42",
    Kind.INT: "填写整数",
    Kind.FLOAT: "填写数字",
    Kind.BOOL: "填写 是/否",
    Kind.GRADE: "填写分数或等级",
    Kind.ENUM: "请选下拉项",
    Kind.ENUM_LIST: "可填写多项，用；分开",
}
PLAIN_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""Options of a workbook of ours: what is written as text stays text."""
_LOOKS = tomllib.loads(Path(__file__).with_name("looks.toml").read_text(encoding="utf-8"))


def add_looks(workbook: xlsxwriter.Workbook) -> dict[str, Format]:
    """Return name → format of a workbook of ours, from ``looks.toml``."""
    return {name: workbook.add_format(look) for name, look in _LOOKS.items()}


def template_fields(contract: TableContract) -> list[Field]:
    """Return the fields a person fills in: nothing computed, each fact once, no shapes.

    Where a row is nothing but its shape, that is asked for, as well-known text.
    """
    left_out = {Kind.GEOMETRY, Kind.POINT, Kind.PERIOD, Kind.PROBLEM}
    fields = [f for f in contract.fields if f.kind not in left_out and not f.computed]
    return fields + [f for f in contract.fields if contract.one_of == (f.name,) and f not in fields]


def write_template(contract: TableContract) -> bytes:
    """Return the template of a table as the bytes of an xlsx workbook.

    Columns of codes and dates are formatted as text, so that no spreadsheet shortens or changes
    them. Choices are lists: strict where the vocabulary is closed, a hint where it is open.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, PLAIN_TEXT) as workbook:
        workbook.set_properties({"title": contract.title, "created": _WRITTEN})
        looks = add_looks(workbook)
        sheet = workbook.add_worksheet(DATA_SHEET)
        guide = workbook.add_worksheet(GUIDE_SHEET)
        lists = workbook.add_worksheet(LIST_SHEET)
        fields = template_fields(contract)
        _write_head(sheet, contract, fields, looks)
        _write_lists(sheet, lists, fields)
        _write_guide(guide, fields, looks)
        lists.hide()
    return buffer.getvalue()


def _write_head(
    sheet: Worksheet, contract: TableContract, fields: list[Field], looks: dict[str, Format]
) -> None:
    sheet.merge_range(
        TITLE_ROW, 0, TITLE_ROW, len(fields), f"{contract.title}登记表", looks["title"]
    )
    sheet.set_row(TITLE_ROW, 30)
    sheet.write_string(HEADER_ROW, 0, "序号", looks["header"])
    sheet.write_string(NOTE_ROW, 0, "填写要求", looks["note"])
    sheet.write_string(EXAMPLE_ROW, 0, f"{EXAMPLE_MARK}（导入时自动忽略）", looks["example"])
    sheet.set_column(0, 0, 12)
    for i, field in enumerate(fields, start=1):
        is_number = field.kind in {Kind.INT, Kind.FLOAT}
        sheet.set_column(i, i, 16, looks["number" if is_number else "text"])
        sheet.write_string(
            HEADER_ROW, i, field.header, looks["marked" if field.required else "header"]
        )
        sheet.write_string(NOTE_ROW, i, note_of(field), looks["note"])
        sheet.write_string(EXAMPLE_ROW, i, field.example, looks["example"])
    sheet.freeze_panes(NOTE_ROW, 2)


def note_of(field: Field) -> str:
    """Return what the note under a header says."""
    need = "必填" if field.required else "选填"
    hint = _HINTS.get(field.kind, "文本格式" if field.code else "")
    unit = f"（{field.unit}）" if field.unit else ""
    return f"{need}；{hint}{unit}" if hint or unit else need


def _write_lists(sheet: Worksheet, lists: Worksheet, fields: list[Field]) -> None:
    for i, field in enumerate(fields, start=1):
        values = ("是", "否") if field.kind is Kind.BOOL else _values(field)
        if not values:
            continue
        lists.write_column(0, i, [field.header, *values])
        letter = xl_col_to_name(i, col_abs=True)
        source = f"={LIST_SHEET}!{letter}$2:{letter}${len(values) + 1}"
        strict = field.kind is Kind.BOOL or not (field.vocabulary and field.vocabulary.open)
        sheet.data_validation(
            EXAMPLE_ROW + 1,
            i,
            EXAMPLE_ROW + _PREPARED_ROWS,
            i,
            {
                "validate": "list",
                "source": source,
                "error_type": "stop" if strict else "information",
                "error_title": "不在可选值中",
                "error_message": "请从下拉列表中选择。",
                # a spreadsheet can check neither several values in one cell nor "this or a number"
                "show_error": field.kind not in {Kind.ENUM_LIST, Kind.GRADE},
            },
        )


def _values(field: Field) -> tuple[str, ...]:
    return field.vocabulary.values if field.vocabulary else ()


def _write_guide(guide: Worksheet, fields: list[Field], looks: dict[str, Format]) -> None:
    """Explain the columns on a sheet of their own."""
    guide.set_column(0, 0, 20)
    guide.set_column(1, 2, 50)
    for column, text in enumerate(("列名", "怎样填", "可选值")):
        guide.write_string(0, column, text, looks["header"])
    for row, field in enumerate(fields, start=1):
        guide.write_string(row, 0, field.header)
        guide.write_string(row, 1, note_of(field))
        guide.write_string(row, 2, "、".join(_values(field)))
    rules = (
        "编号、代码、电话按文本填写，不要用数字格式：超过15位的数字会被表格软件改掉。",
        "不要填写身份证号；不要填写学生姓名，只填人数。",
        "不要改动表头；标题、填写要求和示例行不会被导入。",
    )
    for offset, rule in enumerate(rules, start=2):
        guide.write_string(len(fields) + offset, 0, rule)
