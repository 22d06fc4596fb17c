"""Leads and cases in a real browser: from hand to hand, and nothing of it for a warden."""

from typing import Any

import pytest
from case_street import case_no
from visits import PHONE, WAIT_MS, Visit, faults, visiting

from dashboard.i18n import translator

pytestmark = pytest.mark.browser

SAY = translator("zh")
TARGETS = ".stMain button, .stMain [role=radio], .gw-inbox button, .gw-inbox-tick"
FIRST, SECOND = case_no(1), case_no(2)


def row(visit: Visit, case: str) -> Any:
    return visit.page.locator(f'.gw-inbox button[data-case="{case}"]')


def step(visit: Visit, action: str) -> None:
    """Press the button of a step, so that its form opens."""
    visit.page.locator(f".st-key-case_step_{action} button").click(timeout=WAIT_MS)
    visit.page.locator(f".st-key-case_form_{FIRST}_{action}_send").wait_for(timeout=WAIT_MS)


def send(visit: Visit, action: str) -> None:
    """Send the open form, and wait until the case says that it is written down."""
    visit.page.locator(f".st-key-case_form_{FIRST}_{action}_send button").click(timeout=WAIT_MS)
    visit.says(f"{FIRST}：{SAY.name('case_action', action)}，已记录。")
    visit.settled()


def choose(visit: Visit, word: str) -> None:
    visit.page.get_by_role("radio", name=word, exact=True).or_(
        visit.page.get_by_role("button", name=word, exact=True)
    ).first.click(timeout=WAIT_MS)


def write(visit: Visit, action: str, fact: str, text: str) -> None:
    field = visit.page.locator(f".st-key-case_form_{FIRST}_{action}_{fact}")
    field.locator("input, textarea").first.fill(text)


def test_a_case_goes_from_hand_to_hand_until_another_closes_it_and_is_opened_again(
    visitors: dict[str, Any], case_server: str
) -> None:
    pytest.importorskip("axe_playwright_python")
    with visiting(visitors, case_server, role="hotline_clerk") as visit:
        visit.open("cases")
        row(visit, FIRST).wait_for(timeout=WAIT_MS)
        visit.settled()
        for _ in range(2):  # walked and ticked by keyboard alone
            visit.page.keyboard.press("j")
            visit.page.keyboard.press("x")
        visit.says("已选 2 件")
        visit.settled()
        visit.press(SAY("{action}: {count}", action="受理", count=2))
        visit.press("确认，全部办理")
        visit.says("受理：完成 2 件。")
    with visiting(visitors, case_server, role="grid_chief", size=PHONE) as visit:
        visit.open("cases")
        row(visit, FIRST).click(timeout=WAIT_MS)
        step(visit, "verify")
        assert faults(visit.page, (PHONE,), targets=TARGETS) == []
        choose(visit, "属实")
        send(visit, "verify")
        step(visit, "refer")
        choose(visit, "移送")
        write(visit, "refer", "sent_to", "区教育和体育局")
        send(visit, "refer")
