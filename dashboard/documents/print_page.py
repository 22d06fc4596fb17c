"""What every list on paper shares: A4 landscape, 25 rows a page, boxes to tick, no reasons."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

ROWS_A_PAGE: Final = 25
BOXES: Final = ("未发现异常", "疑似", "属实", "拒不开门", "无人")
"""Results that have a box on paper."""
LONG_NAME: Final = 14
"""Characters that a row takes without wrapping, so that a page holds all its rows."""
LOOK_PLACES: Final = 16
NOTE: Final = "在结果前的□内打√；只记人数，不记姓名；不进入、不处罚，发现情况按流程上报。"
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
@media screen { body { max-width: 277mm; margin: 4mm auto; padding: 0 2mm; }
                section { border-bottom: 1px dashed #888; } }
"""


def pages_of(lines: Sequence[Any], *, most: int = ROWS_A_PAGE) -> list[Sequence[Any]]:
    """Cut lines into pages of so many rows at most; no lines make one empty page."""
    return [lines[at : at + most] for at in range(0, max(len(lines), 1), most)]


def document(*, title: str, sections: str, widths: str) -> str:
    """Return a page of HTML that the browser prints; it needs nothing from elsewhere.

    Parameters
    ----------
    title
        Plain text; it is escaped here.
    sections
        HTML, a ``section`` for each sheet, whose texts the caller has escaped.
    widths
        CSS that gives the columns their widths.
    """
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_CSS}{widths}</style></head>'
        f"<body>{sections}</body></html>"
    )


def fitting(looks: Sequence[str]) -> str:
    """Return the first signs that fit one line of a printed row."""
    told = list(looks[:1])
    for look in looks[1:]:
        if len("、".join([*told, look])) <= LOOK_PLACES:
            told.append(look)
    return "、".join(told)


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings."""
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]
