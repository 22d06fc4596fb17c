"""A hand-over is drawn as a page to sign and as a workbook, and never names a complaint."""

import io
from datetime import date, datetime

import openpyxl
import pandas as pd

from dashboard.documents.handover_sheets import HEADERS, TITLE, write_html, write_workbook

DAY = date(2026, 11, 24)


def frame(*, count: int = 2, name: str = "花园") -> pd.DataFrame:
    """Return rows as `HandoverService.sheet` gives them; the first never had a visit."""
    visits = [pd.NaT, *[datetime(2026, 11, 2, 19)] * (count - 1)]  # noqa: DTZ001 -- local time
    return pd.DataFrame(
        {
            "duty": "网格员", "name": [f"{name}{n}" for n in range(count)], "from_person": "丙",
            "to_person": "", "valid_from": pd.Timestamp(DAY), "tier": "橙",
            "last_visit_at": pd.to_datetime(visits[:count]), "last_result": "疑似",
            "visits_90d": 1, "open": [n == 0 for n in range(count)],
        }
    )  # fmt: skip


def test_a_page_names_both_sides_and_leaves_lines_to_sign() -> None:
    page = write_html(frame(), office="示例街道", on=DAY).decode()
    assert "移交人：丙" in page
    assert "接收人：（空缺）" in page
    assert page.count("移交人签字") == 1
    assert "投诉" not in page


def test_without_rows_the_page_says_so() -> None:
    page = write_html(frame().iloc[:0], office="示例街道", on=DAY).decode()
    assert "没有需要交接的楼栋" in page


def test_a_workbook_has_a_row_for_each_building_and_no_formula() -> None:
    content = write_workbook(frame(name="=1+1"), office="示例街道", on=DAY)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    title, note, heads, *rows = sheet.iter_rows(values_only=True)
    assert (title[0], note[0]) == (TITLE, "示例街道　制表日期：2026-11-24")
    assert heads == tuple(HEADERS.values())
    assert [row[6] for row in rows] == ["", "2026-11-02"]
    assert sheet["B4"].data_type == "s"
