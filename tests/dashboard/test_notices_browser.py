"""From a decision to a quarterly exposure and its withdrawal, in a real browser, by three people.

How a find becomes a decision is the journey of `test_cases_browser`.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import case_street
import pytest
from case_steps import WHOLE_WAY
from visits import PHONE, WAIT_MS, WIDE, Visit, faults, visiting

from dashboard.i18n import translator
from data.contracts.vocabulary import VisitResult
from data.workspace.clock import DEFAULT_ZONE
from gridwarden.compose import open_office

pytestmark = pytest.mark.browser

SAY = translator("zh")
TARGETS = ".stMain button:not([role=tab])"
NOTICE = f"TB-{datetime.now(DEFAULT_ZONE).year}-0001"


def looks_well(visit: Visit) -> None:
    """Look at the page on a desk's screen and on a phone's."""
    assert faults(visit.page, (PHONE, WIDE), targets=TARGETS) == []


def tab(visit: Visit, name: str) -> None:
    visit.page.get_by_role("tab", name=name).click(timeout=WAIT_MS)
    visit.settled()


def press(visit: Visit, key: str) -> None:
    visit.page.locator(f".st-key-{key} button").first.click(timeout=WAIT_MS)
    visit.settled()


def step(visit: Visit, action: str, fact: str = "", text: str = "") -> None:
    """Take a step of the open notice, with the fact that it asks for."""
    press(visit, f"notice_step_{action}")
    if fact:
        field = visit.page.locator(f".st-key-notice_form_{action}_{fact} textarea")
        field.fill(text)
        press(visit, f"notice_form_{action}_send")
    visit.says(f"{NOTICE}：{SAY.name('notice_action', action)}，已记录。")
    visit.settled()


def decide(folder: Path) -> None:
    """Take a lead in and let three people bring its case to a decision of today."""
    office = open_office(folder)
    now = office.clock.local()
    case_street.take_in(office, case_street.lead(1, received_at=now))
    (case,) = office.cases.inbox(case_street.MANAGER).rows["case_no"]
    for actor, action, facts in WHOLE_WAY[:6]:
        on = {"decided_on": f"{now:%Y-%m-%d}"} if action == "decide" else {}
        office.cases.act(actor, case, action, facts | on)
    office.close()


def draft(visit: Visit) -> None:
    """Begin the exposure of the quarter from the decided case, filled in."""
    visit.open("bulletins")
    tab(visit, "季度曝光")
    visit.says("尚未曝光")
    looks_well(visit)
    press(visit, "exposure_begin")
    visit.says(f"已生成草稿 {NOTICE}。")
    visit.says("在日常排查中发现")


def spoil_and_mend(visit: Visit) -> None:
    """Write a name and a room into it, be told of both, and take them out again."""
    area = visit.page.locator(".stMain textarea").first
    good = area.input_value()
    area.fill(f"{good}\n当事人雷小明，槐荫花园1单元1001室。")
    visit.press("保存")
    visit.says("送审前需改正")
    said = visit.page.locator(".st-key-notice_card").inner_text()
    assert "雷小明" in said
    assert "1001室" in said
    looks_well(visit)
    assert visit.page.locator(".st-key-notice_step_submit button").count() == 0
    visit.page.locator(".stMain textarea").first.fill(good)
    visit.press("保存")
    visit.says("已保存。")
    step(visit, "submit")


def review(visit: Visit) -> None:
    """Find what waits by the menu's count, look at it masked, and let it go."""
    visit.open("bulletins?part=notices")
    press(visit, f"notices_open_{NOTICE}")
    visit.says("脱敏预览")
    assert visit.page.locator(".st-key-notice_step_approve button").count() == 0
    looks_well(visit)
    step(visit, "preview")
    step(visit, "approve")


def publish(visit: Visit) -> None:
    visit.open(f"bulletins?notice={NOTICE}")
    step(visit, "publish")
    visit.says("已发布")
    with visit.page.expect_download(timeout=WAIT_MS) as download:
        visit.press("下载 Word")
    assert Path(download.value.path()).read_bytes()[:2] == b"PK"
    step(visit, "appeal", "appeal", "当事人认为情形与决定书不符")


def withdraw(visit: Visit) -> None:
    visit.open("bulletins?part=notices")
    press(visit, f"notices_open_{NOTICE}")
    visit.says("异议处理中")
    step(visit, "withdraw", "end_reason", "经核实，决定书载明情形与通报不一致")
    visit.says("已撤回")
    step(visit, "take_down")


def test_a_decision_becomes_an_exposure_that_another_lets_go_and_that_is_withdrawn_after_an_appeal(
    visitors: dict[str, Any], notice_office: Any
) -> None:
    pytest.importorskip("axe_playwright_python")
    folder, desk = notice_office
    building = case_street.lead(1).building_id
    assert building is not None
    case_street.revisit(folder, building, VisitResult.FOUND)
    decide(folder)
    with visiting(visitors, desk, role="office_manager") as visit:
        draft(visit)
        spoil_and_mend(visit)
    with visiting(visitors, desk, role="enforcement_officer") as visit:
        review(visit)
    with visiting(visitors, desk, role="office_manager") as visit:
        publish(visit)
    with visiting(visitors, desk, role="enforcement_officer") as visit:
        withdraw(visit)
    with visiting(visitors, desk, role="office_manager", language="en") as visit:
        visit.open(f"bulletins?notice={NOTICE}")
        visit.says("Withdrawn")
        looks_well(visit)
        for name in ("Notices and reminders", "Blacklist hand-over", "Templates"):
            visit.open("bulletins")
            tab(visit, name)
            looks_well(visit)
