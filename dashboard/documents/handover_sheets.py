"""Write hand-overs as a sheet to print and sign, or as a workbook."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from dashboard.documents.html import render
from dashboard.documents.workbook import Sheet, workbook

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
        "paper/handover_sheets.html",
        title=TITLE,
        office=office,
        day=f"{on:%Y-%m-%d}",
        heads=list(ON_PAPER.values()),
        sheets=sheets,
    ).encode()


def write_workbook(frame: pd.DataFrame, *, office: str, on: date) -> bytes:
    """Return a workbook with one row per building and duty."""
    table = pd.DataFrame(_cells(frame, HEADERS), columns=list(HEADERS))
    note = f"{office}　制表日期：{on:%Y-%m-%d}"
    return workbook([Sheet(title=TITLE, table=table, headers=HEADERS, note=note)])


def _cells(frame: pd.DataFrame, headers: Mapping[str, str]) -> list[list[str]]:
    """Return the columns as text: days as ISO text, nothing where nothing is known."""
    days = {
        name: pd.to_datetime(frame[name]).dt.strftime("%Y-%m-%d").fillna("")
        for name in ("valid_from", "last_visit_at")
    }
    open_ = frame["open"].map({True: "需再次上门", False: "无"})
    return frame.assign(**days, open=open_)[list(headers)].astype("str").to_numpy().tolist()
