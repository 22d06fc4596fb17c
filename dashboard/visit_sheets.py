"""The list of a day on paper and in Excel: where, what to look for, a box to tick, a signature.

A list names buildings, signs and the last visit. It never says why a building is on it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.exports import Sheet, workbook
from dashboard.words import words

if TYPE_CHECKING:
    from datetime import date

ROWS_A_PAGE: Final = 25
BOXES: Final = ("未发现异常", "疑似", "属实", "拒不开门", "无人")
"""Results that have a box on paper."""
LOOK_PLACES: Final = 16
LONG_NAME: Final = 14
"""Characters that a row takes without wrapping, so that a page holds all its rows."""
HEADERS: Final = {
    "number": "序号",
    "building": "楼栋",
    "tier": "等级",
    "look": "重点看什么",
    "last": "上次",
    "result": "结果",
    "note": "备注",
    "signature": "签字",
}
_NOTE: Final = "在结果前的□内打√；只记人数，不记姓名；不进入、不处罚，发现情况按流程上报。"
_CSS: Final = """\
@page { size: A4 landscape; margin: 8mm 10mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; background: #fff;
       font: 12pt/1.25 "仿宋", FangSong, STFangsong, "宋体", SimSun, "Noto Serif CJK SC", serif; }
section { break-after: page; padding: 2mm 0; }
section:last-of-type { break-after: auto; }
h1 { font: bold 18pt/1.2 "黑体", SimHei, "Noto Sans CJK SC", sans-serif; margin: 0;
     text-align: center; }
p { margin: 1mm 0; font-size: 11pt; display: flex; justify-content: space-between; gap: 8mm; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 0.3mm solid #000; padding: 0 1.5mm; height: 6.1mm; overflow: hidden;
         text-align: left; vertical-align: middle; overflow-wrap: anywhere; }
th { text-align: center; font-weight: bold; white-space: nowrap; padding: 0; }
td.n { text-align: center; }
td.l, td.r { font-size: 10pt; white-space: nowrap; }
td.long { font-size: 8.5pt; line-height: 1; }
.n { width: 11mm; } .b { width: 63mm; } .l { width: 63mm; } .r { width: 98mm; }
@media screen { body { max-width: 277mm; margin: 4mm auto; padding: 0 2mm; }
                section { border-bottom: 1px dashed #888; } }
"""


def patrol_workbook(rows: pd.DataFrame, *, on: date, name: str, office: str) -> bytes:
    """Write a list as a workbook that prints on A4 landscape.

    Parameters
    ----------
    rows
        Rows of ``my_buildings`` in the order to walk them.
    on, name, office
        Whose list of which day.
    """
    lines = pd.DataFrame([_line(n, row) for n, row in enumerate(_records(rows), start=1)],
                         columns=list(HEADERS))  # fmt: skip
    lines["result"] = " ".join(f"□{box}" for box in BOXES)
    note = f"{office}　{name}　{on:%Y年%m月%d日}　{_NOTE}"
    return workbook([Sheet(title=_title(on), table=lines, headers=HEADERS, note=note)])


def patrol_sheet(rows: pd.DataFrame, *, on: date, name: str, office: str) -> str:
    """Return a list as a page of HTML that prints on A4 landscape, 25 rows a page.

    It needs nothing from elsewhere: no script, no font; the browser prints it.
    """
    lines = [_line(n, row) for n, row in enumerate(_records(rows), start=1)]
    pages = [lines[at : at + ROWS_A_PAGE] for at in range(0, max(len(lines), 1), ROWS_A_PAGE)]
    sections = [
        _page(page, number=n, of=len(pages), on=on, name=name, office=office)
        for n, page in enumerate(pages, start=1)
    ]
    title = escape(f"{_title(on)} {name}")
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_CSS}</style></head><body>'
        f"{''.join(sections)}</body></html>"
    )


def _page(
    lines: list[dict[str, Any]], *, number: int, of: int, on: date, name: str, office: str
) -> str:
    told = "".join(_row(line) for line in lines)
    empty = "" if lines else '<tr><td colspan="5">今日没有到期的楼栋。</td></tr>'
    return (
        f"<section><h1>{escape(_title(on))}</h1>"
        f"<p><span>{escape(office)}　{escape(name)}　{on:%Y年%m月%d日}</span>"
        f"<span>第 {number} 页 / 共 {of} 页</span></p>"
        '<table><thead><tr><th class="n">序号</th><th class="b">楼栋</th>'
        '<th class="l">重点看什么</th><th class="r">结果</th><th>签字</th></tr></thead>'
        f"<tbody>{told}{empty}</tbody></table><p><span>{_NOTE}</span></p></section>"
    )


def _row(line: dict[str, Any]) -> str:
    boxes = " ".join(f"□{box}" for box in BOXES)
    long = "long" if len(line["building"]) > LONG_NAME else ""
    return (
        f'<tr><td class="n">{line["number"]}</td><td class="{long}">{escape(line["building"])}</td>'
        f'<td class="l">{escape(_short(line["looks"]))}</td>'
        f'<td class="r">{boxes} □<u>　　　　</u></td><td></td></tr>'
    )


def _line(number: int, row: dict[str, Any]) -> dict[str, Any]:
    say = words("zh")
    looks = [say.name("look_short", code) for code in row["look_for"]]
    last = "" if pd.isna(row["last_at"]) else f"{row['last_at']:%m-%d} {row['last_result']}"
    return {
        "number": number,
        "building": str(row["name"]),
        "tier": str(row["tier"]),
        "look": "、".join(looks),
        "looks": looks,
        "last": last,
        "result": "",
        "note": "",
        "signature": "",
    }


def _short(looks: list[str]) -> str:
    """Return the first signs that fit one line of a printed row."""
    told = looks[:1]
    for look in looks[1:]:
        if len("、".join([*told, look])) <= LOOK_PLACES:
            told.append(look)
    return "、".join(told)


def _title(on: date) -> str:
    return f"楼栋巡查单（{on.year}年{on.month}月{on.day}日）"


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
