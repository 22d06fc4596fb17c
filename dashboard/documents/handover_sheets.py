"""Write hand-overs as a sheet to print and sign, or as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from io import BytesIO

import pandas as pd
import xlsxwriter

from dashboard.documents.html import render

TITLE = "责任交接单"
HEADERS = {
    "duty": "责任类型",
    "name": "楼栋",
    "from_person": "移交人",
    "to_person": "接收人",
    "valid_from": "生效日期",
    "tier": "风险等级",
    "last_visit_at": "最近巡查",
    "last_result": "巡查结果",
    "visits_90d": "近90天巡查次数",
    "open": "未了事项",
}
ON_PAPER = {name: header for name, header in HEADERS.items() if not name.endswith("_person")}
"""Columns of a printed sheet, whose heading names the two people."""


def write_html(frame: pd.DataFrame, *, office: str, on: date) -> bytes:
    """Return a page for A4: one sheet for each pair of people, with lines to sign on."""
    sheets = [
        {"giver": str(giver), "taker": str(taker), "rows": _cells(part, ON_PAPER)}
        for (giver, taker), part in frame.groupby(["from_person", "to_person"], sort=False)
    ]
    return render(
        "handover_sheets.html",
        title=TITLE,
        office=office,
        day=f"{on:%Y-%m-%d}",
        heads=list(ON_PAPER.values()),
        sheets=sheets,
    ).encode()


def write_workbook(frame: pd.DataFrame, *, office: str, on: date) -> bytes:
    """Return a workbook with one row per building and duty."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False,
                                        "strings_to_urls": False})  # fmt: skip
    sheet = book.add_worksheet(TITLE)
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.write_string(0, 0, f"{office}{TITLE}　制表日期：{on:%Y-%m-%d}")
    for column, header in enumerate(HEADERS.values()):
        sheet.write_string(1, column, header, bold)
    for number, cells in enumerate(_cells(frame, HEADERS), start=2):
        for column, cell in enumerate(cells):
            sheet.write_string(number, column, cell)
    sheet.set_column(0, len(HEADERS) - 1, 14)
    sheet.freeze_panes(2, 0)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    book.close()
    return target.getvalue()


def _cells(frame: pd.DataFrame, headers: Mapping[str, str]) -> list[list[str]]:
    days = {
        name: frame[name].dt.strftime("%Y-%m-%d").fillna("")
        if len(frame) and hasattr(frame[name], "dt")
        else frame[name].astype("str")
        for name in ("valid_from", "last_visit_at")
    }
    shown = frame.assign(**days, open=["需再次上门" if each else "无" for each in frame["open"]])
    return shown[list(headers)].astype("str").to_numpy().tolist()
