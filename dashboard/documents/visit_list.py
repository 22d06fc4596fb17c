"""The list of a day on paper and in Excel: where, what to look for, a box to tick, a signature.

A list names buildings, signs and the last visit. It never says why a building is on it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd

from dashboard.documents.html import render
from dashboard.documents.print_page import LONG_NAME, NOTE, TICK_BOXES, fitting, pages_of
from dashboard.documents.workbook import Sheet, workbook
from dashboard.i18n import translator

HEADERS: Final = {
    "number": "序号",
    "building": "楼栋",
    "look": "重点看什么",
    "last": "上次",
    "result": "结果",
    "note": "备注",
    "signature": "签字",
}


def patrol_workbook(rows: pd.DataFrame, *, on: date, name: str, office: str) -> bytes:
    """Write a list as a workbook that prints on A4 landscape.

    ``rows``: rows of ``my_buildings`` in the order to walk them.
    ``on``, ``name``, ``office``: whose list of which day.
    """
    lines = pd.DataFrame(_lines(rows), columns=list(HEADERS)).assign(result=TICK_BOXES)
    note = f"{office}　{name}　{on:%Y年%m月%d日}　{NOTE}"
    return workbook([Sheet(title=_title(on), table=lines, headers=HEADERS, note=note)])


def patrol_sheet(rows: pd.DataFrame, *, on: date, name: str, office: str) -> str:
    """Return a list as a page of HTML that prints on A4 landscape, 25 rows a page.

    It needs nothing from elsewhere: no script, no font; the browser prints it.
    """
    lines = _lines(rows)
    for line in lines:
        line["look"] = fitting(line["looks"])
        line["is_long"] = len(line["building"]) > LONG_NAME
    return render(
        "paper/visit_list.html",
        title=_title(on),
        day=f"{on:%Y年%m月%d日}",
        name=name,
        office=office,
        pages=pages_of(lines),
        boxes=TICK_BOXES,
        note=NOTE,
    )


def _lines(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [_line(number, row) for number, row in enumerate(rows.to_dict("records"), start=1)]


def _line(number: int, row: Mapping[Any, Any]) -> dict[str, Any]:
    say = translator("zh")
    looks = [say.name("look_short", code) for code in row["look_for"]]
    last = "" if pd.isna(row["last_at"]) else f"{row['last_at']:%m-%d} {row['last_result']}"
    return {
        "number": number,
        "building": str(row["name"]),
        "look": "、".join(looks),
        "looks": looks,
        "last": last,
        "result": "",
        "note": "",
        "signature": "",
    }


def _title(on: date) -> str:
    return f"楼栋巡查单（{on.year}年{on.month}月{on.day}日）"
