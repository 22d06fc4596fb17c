"""Rules of a team's way on paper and in Excel, and of the planner's own workbook."""

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from plan_street import PLANNER, WHY, open_street

from dashboard.documents.plan_workbook import workbook_of
from dashboard.documents.print_page import ROWS_A_PAGE
from dashboard.documents.route_sheets import patrol_book, patrol_pages
from dashboard.i18n import LANGUAGES, translator
from governance.office import Office
from governance.patrols.routing.model.plan import Plan

ZH = translator("zh")
HEADS = ("序号", "楼栋", "到达", "重点看什么", "结果", "签字")


@pytest.fixture(scope="module")
def office(planned_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open an office with a plan, only to be read."""
    office = open_street(shutil.copytree(planned_folder, tmp_path_factory.mktemp("read") / "o"))
    yield office
    office.close()


@pytest.fixture(scope="module")
def plan(office: Office) -> Plan:
    return office.plans.get(PLANNER, str(office.plans.all(PLANNER)["plan_id"].iloc[0]))


@pytest.fixture(scope="module")
def sheets(office: Office, plan: Plan) -> list[pd.DataFrame]:
    """Return what each team is told of each of its shifts, by day and team."""
    rows = office.team_routes.sheets(PLANNER, plan.plan_id, plan.shifts["shift_id"].tolist())
    return [part for _, part in rows.groupby("shift_id")]


def with_stops(sheet: pd.DataFrame, stops: int) -> pd.DataFrame:
    """Return a sheet of so many stops; the team goes round again where it has fewer."""
    rows = sheet.iloc[[n % len(sheet) for n in range(stops)]].reset_index(drop=True)
    return rows.assign(place=range(1, stops + 1))


def cells(book: bytes) -> dict[str, str]:
    """Return everything that each sheet of a workbook says."""
    found = openpyxl.load_workbook(io.BytesIO(book))
    return {
        page.title: " ".join(str(c.value) for row in page.iter_rows() for c in row if c.value)
        for page in found
    }


@pytest.mark.parametrize(("stops", "rows"), [(1, [1]), (25, [25]), (26, [25, 1])])
def test_a_page_has_at_most_25_rows_and_says_which_of_how_many(
    sheets: list[pd.DataFrame], stops: int, rows: list[int]
) -> None:
    html = patrol_pages([with_stops(sheets[0], stops)], office="街道", say=ZH)
    pages = html.split("<section")[1:]
    assert [page.count("<tr>") - 1 for page in pages] == rows
    assert max(rows) <= ROWS_A_PAGE
    numbers = re.findall(r"第 (\d+) 页 / 共 (\d+) 页", html)
    assert numbers == [(str(n), str(len(rows))) for n in range(1, len(rows) + 1)]


def test_every_shift_begins_a_page_of_its_own_with_team_day_hours_and_departments(
    sheets: list[pd.DataFrame],
) -> None:
    html = patrol_pages([sheets[0], sheets[4]], office="街道", say=ZH)
    first, second = html.split("<section")[1:]
    end = sheets[0].iloc[-1][["arrive", "minutes"]].sum()
    hours = f"18:00–{end // 60}:{end % 60:02}"
    assert f"第一队　2026年11月24日 周二　夜查　{hours}" in first
    assert "联检：教育" in second
    assert all(f">{head}</th>" in first for head in HEADS)
    assert "size: A4 landscape" in html
    assert "http" not in html


def test_on_an_english_page_everything_is_said_twice_and_rows_are_higher(
    sheets: list[pd.DataFrame],
) -> None:
    html = patrol_pages([with_stops(sheets[0], 26)], office="街道", say=translator("en"))
    assert all(head in html for head in (*HEADS, "Arrive", "Signature", "page 1 / 2"))
    look = sheets[0]["look_for"].iloc[0][0]
    assert all(translator(each).name("look_short", look) in html for each in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_neither_paper_nor_a_team_s_workbook_says_why_or_what_chance_drew(
    sheets: list[pd.DataFrame], language: str
) -> None:
    careless = [each.assign(arm="random", reasons="retry", find_chance=0.37) for each in sheets]
    say = translator(language)
    html = patrol_pages(careless, office="街道", say=say)
    book = " ".join(cells(patrol_book(careless, office="街道", say=say)).values())
    assert not [word for word in (*WHY, "retry", "0.37") if word in html + book]


def test_names_cannot_become_markup(sheets: list[pd.DataFrame]) -> None:
    rows = sheets[0].assign(name="<b>楼", team="<i>队")
    html = patrol_pages([rows], office="<u>街道", say=ZH)
    assert not [tag for tag in ("<b>", "<i>", "<u>街道") if tag in html]


def test_a_workbook_has_a_sheet_for_each_team_in_the_order_to_walk(
    sheets: list[pd.DataFrame],
) -> None:
    pages = cells(patrol_book(sheets, office="街道", say=ZH))
    assert sorted(pages) == ["第一队 巡查路线单", "第二队 巡查路线单", "联检队 巡查路线单"]
    first, last = sheets[0]["name"].iloc[[0, -1]]
    page = pages["第一队 巡查路线单"]
    assert page.index(first) < page.index(last)


def test_a_plan_without_stops_still_prints_a_sentence() -> None:
    assert "这份计划没有点位" in patrol_pages([], office="街道", say=ZH)
    assert cells(patrol_book([], office="街道", say=ZH))


def test_the_office_s_own_workbook_gives_reasons_chances_and_what_is_left(plan: Plan) -> None:
    pages = cells(workbook_of(plan, say=ZH))
    assert list(pages) == ["点位", "班次", "未列入计划"]
    assert "随机抽检" in pages["点位"]
    reasons = {code for each in plan.stops["reasons"] for code in each}
    assert all(ZH.name("plan_reason", code) in pages["点位"] for code in reasons)
    assert "没有坐标" in pages["未列入计划"]
