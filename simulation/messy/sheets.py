"""Write Excel sheets as offices do: merged title, unit line, two-level header, total, footer.

And text files, in the encodings that office programs choose.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, zip_longest
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter
from numpy.typing import NDArray

from simulation.answers import AnswerBook

WORKBOOK_ROWS = 10_000
"""More rows than this of one kind go to a text file, as no clerk would open such a workbook."""

FIXED_CREATION = datetime(2026, 1, 1)  # noqa: DTZ001 -- a constant in the file, so that bytes repeat


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet to write: `cells` hold text, numbers, datetimes or None, one column per header.

    `answers` are of its rows. `groups` are the headers above others, one per column, where there
    are two levels; a group of '' makes a header one level tall. `merge_down` names headers whose
    equal neighbours become one merged cell. `hidden` are positions of rows.
    """

    name: str
    cells: pd.DataFrame
    answers: pd.DataFrame
    groups: tuple[str, ...] = ()
    title: str = ""
    note: str = ""
    merge_down: tuple[str, ...] = ()
    hidden: tuple[int, ...] = ()
    total: bool = False
    footer: str = ""

    @property
    def first_row(self) -> int:
        """Return the spreadsheet's number of the first data row."""
        return 2 + bool(self.title) + bool(self.note) + bool(self.groups)


def write_workbook(path: Path, sheets: Sequence[Sheet], answers: AnswerBook, *, table: str) -> None:
    """Write `sheets` to `path` and note their answers; the same sheets give the same bytes."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy/m/d hh:mm"}) as book:
        book.set_properties({"author": "示例", "created": FIXED_CREATION})
        styles = {
            "title": book.add_format({"bold": True, "align": "center", "font_size": 16}),
            "head": book.add_format({"bold": True, "align": "center", "border": 1}),
            "day": book.add_format({"num_format": "yyyy/m/d"}),
        }
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, styles)
            answers.note(
                sheet.answers, file=path.name, table=table, sheet=sheet.name,
                first_row=sheet.first_row,
            )  # fmt: skip


def _write_sheet(
    ws: xlsxwriter.worksheet.Worksheet, sheet: Sheet, styles: dict[str, object]
) -> None:
    width, row = sheet.cells.shape[1], 0
    if sheet.title:
        ws.merge_range(row, 0, row, width - 1, sheet.title, styles["title"])
        row += 1
    if sheet.note:
        ws.write_string(row, 0, sheet.note)
        row += 1
    _write_headers(ws, sheet, row, styles["head"])
    first = sheet.first_row - 1
    for column, header in enumerate(sheet.cells):
        _write_column(ws, sheet.cells[header].to_numpy(dtype=object), first, column, styles["day"])
    for header in sheet.merge_down:
        _merge_equal(ws, sheet, header, first)
    for position in sheet.hidden:
        ws.set_row(first + position, options={"hidden": True})
    after = first + len(sheet.cells)
    if sheet.total:
        ws.write_string(after, 0, "合计")
        ws.write_number(after, 1, len(sheet.cells))
        after += 1
    if sheet.footer:
        ws.write_string(after, 0, sheet.footer)


def _write_headers(
    ws: xlsxwriter.worksheet.Worksheet, sheet: Sheet, row: int, style: object
) -> None:
    for column, (header, group) in enumerate(zip_longest(sheet.cells, sheet.groups)):
        if group == "":
            ws.merge_range(row, column, row + 1, column, header, style)
        else:
            ws.write_string(row + bool(sheet.groups), column, header, style)
    for start, end in _runs(sheet.groups):
        if end > start:
            ws.merge_range(row, start, row, end, sheet.groups[start], style)
        else:
            ws.write_string(row, start, sheet.groups[start], style)


def _write_column(
    ws: xlsxwriter.worksheet.Worksheet,
    values: NDArray[np.object_],
    first: int,
    column: int,
    day_style: object,
) -> None:
    for row, value in enumerate(values, start=first):
        if isinstance(value, str):
            if value:
                ws.write_string(row, column, value)
        elif isinstance(value, datetime):
            midnight = value.hour == value.minute == 0
            ws.write_datetime(row, column, value, day_style if midnight else None)
        elif isinstance(value, date):
            ws.write_datetime(row, column, value, day_style)
        elif value is not None:
            ws.write_number(row, column, float(value))


def _merge_equal(ws: xlsxwriter.worksheet.Worksheet, sheet: Sheet, header: str, first: int) -> None:
    """Merge runs of equal text in one column, as clerks do to make a list look tidy."""
    column, values = sheet.cells.columns.get_loc(header), list(sheet.cells[header])
    for start, end in _runs(values):
        if end > start:
            ws.merge_range(first + start, column, first + end, column, values[start])


def _runs(values: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Give the first and last position of each run of equal values that are not empty."""
    for value, run in groupby(enumerate(values), key=lambda pair: pair[1]):
        positions = [position for position, _ in run]
        if value:
            yield positions[0], positions[-1]


def write_text_table(
    path: Path, cells: pd.DataFrame, answers: pd.DataFrame, book: AnswerBook,
    *, table: str, encoding: str,
) -> None:  # fmt: skip
    """Write `cells` as CSV with CRLF and note the answers of its rows.

    What an encoding lacks becomes a question mark.

    `encoding` is ``gbk``, ``utf-8`` or ``utf-8-sig`` (with a byte-order mark, as Excel writes).
    Moments are written as a spreadsheet shows them.
    """
    cells.map(_as_shown).to_csv(
        path, index=False, encoding=encoding, errors="replace", lineterminator="\r\n"
    )
    book.note(answers, file=path.name, table=table)


def _as_shown(value: object) -> object:
    return value.strftime("%Y/%m/%d %H:%M") if isinstance(value, datetime) else value
