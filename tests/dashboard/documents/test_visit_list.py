"""Rules of the list of a day on paper and in Excel."""

import io
import re
from datetime import date, datetime
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest

from dashboard.documents.print_page import ROWS_A_PAGE
from dashboard.documents.visit_list import patrol_sheet, patrol_workbook
from dashboard.i18n import translator
from data.contracts.vocabulary import NextStep, VisitResult, VisitSign
from governance.visits.rules.checklist import CHECKLIST
from governance.visits.rules.daily_list import WHY
from governance.visits.rules.visit_kind import KINDS

ON = date(2026, 11, 24)


def rows(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "building_id": [f"B{n}" for n in range(count)],
            "name": [f"示例<花园>{n}号楼" for n in range(count)],
            "tier": ["红"] * count,
            "why": ["retry"] * count,
            "look_for": [("curtains", "cars_at_dusk")] * count,
            "last_at": [datetime(2026, 11, 1, 10)] * count,  # noqa: DTZ001 -- local times
            "last_result": ["拒不开门"] * count,
            "score": [987.5] * count,
            "complaints": ["群众投诉"] * count,
        }
    ).astype({"last_at": "datetime64[us]"})


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sections: list[int] = []
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self.sections.append(-1)  # the header is no building
        if tag == "tr":
            self.sections[-1] += 1
        if tag in {"script", "link", "img", "iframe"}:
            self.outside.append(tag)


@pytest.mark.parametrize(
    ("count", "pages"), [(0, [1]), (1, [1]), (25, [25]), (26, [25, 1]), (60, [25, 25, 10])]
)
def test_a_page_has_at_most_25_rows_and_says_which_of_how_many(
    count: int, pages: list[int]
) -> None:
    told = patrol_sheet(rows(count), on=ON, name="王网格员", office="示例街道")
    reader = Reader()
    reader.feed(told)
    assert reader.sections == pages
    assert max(pages) <= ROWS_A_PAGE
    numbers = re.findall(r"第 (\d+) 页 / 共 (\d+) 页", told)
    assert numbers == [(str(n), str(len(pages))) for n in range(1, len(pages) + 1)]


def test_a_sheet_needs_nothing_from_elsewhere_and_prints_landscape() -> None:
    told = patrol_sheet(rows(3), on=ON, name="王<b>", office="示例街道")
    reader = Reader()
    reader.feed(told)
    assert reader.outside == []
    assert "http" not in told
    assert "size: A4 landscape" in told
    assert "王&lt;b&gt;" in told
    assert "示例&lt;花园&gt;0号楼" in told
    assert all(
        word in told for word in ("序号", "楼栋", "重点看什么", "结果", "签字", "□未发现异常")
    )


def test_neither_paper_nor_workbook_says_why() -> None:
    sheet = patrol_sheet(rows(3), on=ON, name="王", office="街道")
    book = openpyxl.load_workbook(
        io.BytesIO(patrol_workbook(rows(3), on=ON, name="王", office="街道"))
    )
    cells = " ".join(str(c.value) for row in book.active.iter_rows() for c in row if c.value)
    for told in (sheet, cells):
        assert not any(word in told for word in ("987", "投诉", "retry", "约定", "得分"))
        assert "窗帘紧闭" in told
    assert "11-01 拒不开门" in cells
    assert book.active.page_setup.orientation == "landscape"


def test_everything_about_a_visit_has_a_name() -> None:
    say = translator("zh")
    wanted = {
        "visit_result": tuple(VisitResult),
        "sign": tuple(VisitSign),
        "next_step": tuple(NextStep),
        "visit_kind": KINDS,
        "visit_why": WHY,
        "look": [look.code for look in CHECKLIST],
        "look_short": [look.code for look in CHECKLIST],
    }
    nameless = [f"{k}.{c}" for k, codes in wanted.items() for c in codes if not say.knows(k, c)]
    assert nameless == []
