"""Workbooks that leave: they open in Excel and WPS, print on A4 and hold text as text."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any

import pandas as pd
import xlsxwriter

from data.export.writers import SHEET_ROWS, ExportError

_FONT = "宋体"
_PLAIN_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
_A4 = 9
_LONGEST_CELL = 32_767  # of a text; a longer one would be left out
_WIDEST = 48
_NARROWEST = 6
_LONGEST_NAME = 31
_NUMBERS = ("#,##0", "#,##0.0", "#,##0.00", "#,##0.000")
"""By places after the point: all of a column have as many; ``0.##`` would show 69 as "69."."""
_FIRST_WIDE = 0x2E80  # where the CJK blocks begin
_FIRST_ROW = 3  # below title, note and headers
_MOST_ROWS = SHEET_ROWS + 1 - _FIRST_ROW
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook."""

    title: str
    """Title in the first row and name of the sheet."""
    table: pd.DataFrame
    """The rows; never changed."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Column name to header; a column without one keeps its name."""
    note: str = ""
    """A line under the title: date, snapshot, what the numbers are."""
    percents: frozenset[str] = frozenset()
    """Columns of shares from 0 to 1, which read as percentages."""


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Write sheets into one xlsx file.

    Every text is written as text, so a ticket number keeps its last digits and a cell that
    begins with ``=`` stays what it was. A4 landscape, one page wide, header repeated.

    Raises `ExportError`: ``export_too_long`` where a sheet does not hold all rows.
    """
    if any(len(sheet.table) > _MOST_ROWS for sheet in sheets):
        raise ExportError("export_too_long", expected=_MOST_ROWS, what_to_do="Use .csv.")
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, _PLAIN_TEXT) as book:
        styles = _styles(book)
        for number, sheet in enumerate(sheets, start=1):
            name = sheet.title.translate(_FORBIDDEN).strip()[:_LONGEST_NAME] or f"Sheet{number}"
            _write(book.add_worksheet(name), sheet, styles)
    return target.getvalue()


def _styles(book: Any) -> dict[str, Any]:  # noqa: ANN401 -- xlsxwriter ships no types
    edge = {"font_name": _FONT, "border": 1, "valign": "vcenter", "font_size": 11}
    return {
        "title": book.add_format({"font_name": "黑体", "font_size": 16, "align": "center"}),
        "note": book.add_format({"font_name": _FONT, "font_size": 10, "font_color": "#4a5563"}),
        "header": book.add_format(
            {**edge, "bold": True, "bg_color": "#e8eef3", "align": "center", "text_wrap": True}
        ),
        "text": book.add_format({**edge, "text_wrap": True, "num_format": "@", "indent": 1}),
        **{
            f"number{digits}": book.add_format({**edge, "num_format": form})
            for digits, form in enumerate(_NUMBERS)
        },
        "percent": book.add_format({**edge, "num_format": "0.0%"}),
        "day": book.add_format({**edge, "num_format": "yyyy-mm-dd"}),
        "time": book.add_format({**edge, "num_format": "yyyy-mm-dd hh:mm"}),
    }


def _write(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:  # noqa: ANN401 -- as above
    columns = [str(name) for name in sheet.table.columns]
    last = max(len(columns) - 1, 0)
    page.set_row(0, 28)
    if last:
        page.merge_range(0, 0, 0, last, sheet.title, styles["title"])
    else:
        page.write_string(0, 0, sheet.title, styles["title"])
    page.write_string(1, 0, sheet.note, styles["note"])
    for place, name in enumerate(columns):
        header = sheet.headers.get(name, name)
        page.write_string(2, place, header, styles["header"])
        values = sheet.table[sheet.table.columns[place]].tolist()
        kind = "percent" if name in sheet.percents else f"number{_places(values)}"
        shown = {**styles, "number": styles[kind]}
        for row, value in enumerate(values, start=_FIRST_ROW):
            _write_cell(page, row, place, value, shown)
        page.set_column(place, place, _width([header, *map(str, values[:200])]))
    page.freeze_panes(_FIRST_ROW, 0)
    page.autofilter(2, 0, 2 + max(len(sheet.table), 1), last)
    page.set_paper(_A4)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
    page.set_footer("&C&P / &N")


def _write_cell(
    page: Any,  # noqa: ANN401 -- as above
    row: int,
    place: int,
    value: object,
    styles: dict[str, Any],
) -> None:
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        page.write_blank(row, place, None, styles["text"])
    elif isinstance(value, bool):
        page.write_string(row, place, "是" if value else "否", styles["text"])
    elif isinstance(value, int | float):
        page.write_number(row, place, value, styles["number"])
    elif isinstance(value, datetime):
        page.write_datetime(row, place, value, styles["time"])
    elif isinstance(value, date):
        page.write_datetime(row, place, value, styles["day"])
    else:
        page.write_string(row, place, str(value)[:_LONGEST_CELL], styles["text"])


def _places(values: Sequence[object]) -> int:
    """Return how many places after the point the numbers of a column need, as many as are shown."""
    most = len(_NUMBERS) - 1
    parts = [each for each in values if isinstance(each, float) and isfinite(each)]
    texts = {f"{each:.{most}f}".rstrip("0").partition(".")[2] for each in parts}
    return max(map(len, texts), default=0)


def _width(texts: Sequence[str]) -> float:
    """Return a column width; a Chinese character takes two places."""
    longest = max((sum(2 if ord(c) >= _FIRST_WIDE else 1 for c in t) for t in texts), default=0)
    return min(max(longest + 2, _NARROWEST), _WIDEST)
