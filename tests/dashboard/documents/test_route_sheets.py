"""Rules of a team's way on paper and in Excel, and of the planner's own workbook."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pandas as pd
import pytest
from fake_patrols import SECRET, TEAMS, made_plan, team_rows

from dashboard.documents.plan_workbook import whole_book
from dashboard.documents.print_page import ROWS_A_PAGE
from dashboard.documents.route_sheets import patrol_book, patrol_pages
from dashboard.i18n import LANGUAGES, translator
from governance.patrols.routing.model.plan import Plan, PlanOptions

HEADS = ("序号", "楼栋", "到达", "重点看什么", "结果", "签字")


@pytest.fixture(scope="module")
def plan() -> Plan:
    options = PlanOptions(first=date(2026, 11, 30), last=date(2026, 12, 6))
    return made_plan(options, TEAMS, plan_id="P1", by="李")


def sheet(plan: Plan, number: int = 0, *, stops: int | None = None) -> pd.DataFrame:
    """Return what a team is told of a shift; with more stops it goes round again."""
    shift: dict[str, Any] = {str(k): v for k, v in plan.shifts.iloc[number].items()}
    mine = plan.stops[plan.stops["shift_id"] == shift["shift_id"]].to_dict("records")
    rows = [{str(k): v for k, v in mine[n % len(mine)].items()} | {"place": n + 1}
            for n in range(len(mine) if stops is None else stops)]  # fmt: skip
    return team_rows(rows, shift)


def cells(book: bytes) -> dict[str, str]:
    """Return everything that each sheet of a workbook says."""
    found = openpyxl.load_workbook(io.BytesIO(book))
    return {
        page.title: " ".join(str(c.value) for row in page.iter_rows() for c in row if c.value)
        for page in found
    }


@pytest.mark.parametrize(("stops", "rows"), [(1, [1]), (25, [25]), (26, [25, 1])])
def test_a_page_has_at_most_25_rows_and_says_which_of_how_many(
    plan: Plan, stops: int, rows: list[int]
) -> None:
    told = patrol_pages([sheet(plan, stops=stops)], office="街道", say=translator("zh"))
    pages = told.split("<section")[1:]
    assert [page.count("<tr>") - 1 for page in pages] == rows
    assert max(rows) <= ROWS_A_PAGE
    numbers = re.findall(r"第 (\d+) 页 / 共 (\d+) 页", told)
    assert numbers == [(str(n), str(len(rows))) for n in range(1, len(rows) + 1)]


def test_every_shift_begins_a_page_of_its_own_with_team_day_hours_and_departments(
    plan: Plan,
) -> None:
    told = patrol_pages([sheet(plan, 0), sheet(plan, 2)], office="街道", say=translator("zh"))
    first, second = told.split("<section")[1:]
    assert "第一队　2026年11月30日 周一　夜查　18:00–19:56" in first
    assert "联检：教育、市场监管" in second
    assert all(f">{head}</th>" in first for head in HEADS)
    assert "size: A4 landscape" in told
    assert "http" not in told


def test_on_an_english_page_everything_is_said_twice_and_rows_are_higher(plan: Plan) -> None:
    told = patrol_pages([sheet(plan, stops=26)], office="街道", say=translator("en"))
    assert all(head in told for head in (*HEADS, "Arrive", "Signature", "page 1 / 2"))
    assert "Cars at dusk" in told
    assert "傍晚接送车" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_neither_paper_nor_a_team_s_workbook_says_why_or_what_chance_drew(
    plan: Plan, language: str
) -> None:
    rows = [sheet(plan, number) for number in range(3)]
    careless = [each.assign(arm="random", reasons="retry", find_chance=0.37) for each in rows]
    told = patrol_pages(careless, office="街道", say=translator(language))
    book = " ".join(cells(patrol_book(careless, office="街道", say=translator(language))).values())
    assert not [word for word in (*SECRET, "chance") if word in told + book]


def test_a_workbook_has_a_sheet_for_each_team_in_the_order_to_walk(plan: Plan) -> None:
    found = cells(
        patrol_book([sheet(plan, n) for n in range(6)], office="街道", say=translator("zh"))
    )
    assert sorted(found) == ["第一队 巡查路线单", "第二队 巡查路线单", "联检队 巡查路线单"]
    first = found["第一队 巡查路线单"]
    assert first.index("18:00") < first.index("19:44")


def test_a_plan_without_stops_still_prints_a_sentence() -> None:
    assert "这份计划没有点位" in patrol_pages([], office="街道", say=translator("zh"))
    assert cells(patrol_book([], office="街道", say=translator("zh")))


def test_the_office_s_own_workbook_gives_reasons_chances_and_what_is_left(plan: Plan) -> None:
    found = cells(whole_book(plan, say=translator("zh")))
    assert list(found) == ["点位", "班次", "没有排上的"]
    assert "约定再访、风险高" in found["点位"]
    assert "随机抽检" in found["点位"]
    assert "要两名执法人员" in found["没有排上的"]
