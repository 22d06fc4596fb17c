"""A day's work in a real browser, over the real office and the demonstration's data."""

import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from visits import Visit, visiting

from governance.access.permissions import local_owner
from gridwarden.compose import open_office

pytestmark = pytest.mark.browser

DAY = "2026-11-25"
GOOD, BAD, TWICE = 30, 2, 1


def write_complaints(path: Path, folder: Path) -> None:
    """Write what a hotline sends: GBK, Chinese headers, two unreadable dates, one row twice."""
    office = open_office(folder)
    places = office.risk_map.layer(local_owner(), layer="building").head(GOOD)
    office.close()
    rows = [
        {
            "工单编号": f"29{number:016d}",
            "来电时间": "某天" if number < BAD else "2026-11-20 10:00",
            "诉求地址": address,
            "诉求内容": "周末有人在家里补课",
        }
        for number, address in enumerate([*places["std_address"], *places["std_address"][:BAD]])
    ]
    pd.DataFrame([*rows, rows[-1]]).to_csv(path, index=False, encoding="gbk")


def test_a_day_s_work_from_a_file_to_a_score_that_adds_up(
    visitors: dict[str, Any], workplace: Any, tmp_path: Path
) -> None:
    file = tmp_path / "十一月工单.csv"
    write_complaints(file, workplace.folder)
    with visiting(visitors, workplace.address) as visit:
        import_and_take_back(visit, file, tmp_path)
        decide_an_address(visit)
        score(visit)
        score_of_a_building_adds_up(visit, tmp_path)


def import_and_take_back(visit: Visit, file: Path, folder: Path) -> None:
    visit.open("import")
    visit.says("演示数据")
    visit.says("2. 选择文件（原样即可）")
    visit.page.locator("input[type=file]").first.set_input_files(file)
    visit.says("3. 识别结果")
    visit.press("导入")
    visit.says("已导入。")
    visit.says(f"{GOOD + BAD + TWICE} = {GOOD} + {BAD} + {TWICE}")
    kept = openpyxl.load_workbook(visit.take("下载待改记录", folder / "kept.xlsx")).worksheets[0]
    assert sum("某天" in map(str, row) for row in kept.iter_rows(values_only=True)) == BAD
    visit.page.get_by_role("tab", name="导入记录").click()
    visit.press("撤销这次导入")
    visit.says(f"“{file.name}”的 {GOOD} 条记录将被移除")
    visit.press("确认撤销")
    visit.says(f"已撤销：{file.name}")


def decide_an_address(visit: Visit) -> None:
    tab = visit.page.get_by_role("tab", name="待定地址")
    tab.click()
    visit.settled()  # until then the headline may be that of before the import was taken back
    waiting = re.compile(r"^(\d+) 个地址待确认")
    before = int(waiting.match(visit.says(waiting).inner_text())[1])
    visit.page.locator(".st-key-review_none button").click()
    visit.says(re.compile(rf"^{before - 1} 个地址待确认"))
    assert tab.get_attribute("aria-selected") == "true", "one stays at the queue"


def score(visit: Visit) -> None:
    visit.page.get_by_role("tab", name="得分").click()
    panel = visit.page.get_by_role("tabpanel").filter(visible=True)
    day = panel.locator("[data-testid=stDateInput] input").first
    day.fill(DAY)
    day.press("Enter")
    day.press("Escape")
    visit.press("计算得分")
    visit.says(f"已计算（截至 {DAY}）")
    visit.go_to("map")
    visit.ready()
    visit.says(f"截至 {DAY}")


def score_of_a_building_adds_up(visit: Visit, folder: Path) -> None:
    street_map = visit.ready()
    visit.settled()
    street_map.focus()
    visit.page.keyboard.press("Home")
    visit.page.keyboard.press("Enter")
    visit.press("打开楼栋页")
    visit.says("为什么：各项分值相加即为得分")
    shown = visit.page.locator(".gw-facts").inner_text()
    score = float(re.search(r"得分\s+([\d,.]+)", shown)[1].replace(",", ""))
    sheet = openpyxl.load_workbook(visit.take("下载 Excel", folder / "building.xlsx")).worksheets[0]
    points = [row[1] for row in sheet.iter_rows(min_row=4, values_only=True)]
    *parts, total = points
    assert round(sum(parts), 2) == total
    assert round(total, 1) == score
