"""Leads and cases in a real browser: from hand to hand."""

import re
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import case_street
import pytest
from case_street import case_no
from visits import PHONE, WAIT_MS, WIDE, Visit, faults, visiting

from dashboard.i18n import translator
from data.contracts.vocabulary import VisitResult
from data.workspace.clock import DEFAULT_ZONE
from governance.access.permissions import local_owner
from gridwarden.compose import open_office

pytestmark = pytest.mark.browser

SAY = translator("zh")
TARGETS = ":is(.stMain button, .stMain [role=radio], .gw-inbox-tick):not([role=tab])"
NOW = datetime.now(DEFAULT_ZONE)
FIRST = case_no(1, NOW.year)
YESTERDAY = NOW.date() - timedelta(days=1)
"""At whatever hour the test is run, no ticket of this day is from the future."""
TICKET = "261123090000000001"


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


def choose(visit: Visit, action: str, fact: str, word: str) -> None:
    """Choose one of the few words that a form offers for a fact."""
    words = visit.page.locator(f".st-key-case_form_{FIRST}_{action}_{fact}")
    words.get_by_text(word, exact=True).click(timeout=WAIT_MS)


def write(visit: Visit, action: str, fact: str, text: str) -> None:
    field = visit.page.locator(f".st-key-case_form_{FIRST}_{action}_{fact}")
    field.locator("input, textarea").first.fill(text)


def import_and_accept(visit: Visit, file: Path) -> None:
    """Bring a hotline's file in, and accept two of its leads by keyboard."""
    visit.open("import")
    visit.page.locator("input[type=file]").first.set_input_files(str(file))
    visit.settled()
    visit.press("导入")
    visit.says("新线索：3 条 · 打开收件箱").click()
    row(visit, FIRST).wait_for(timeout=WAIT_MS)
    visit.settled()
    for _ in range(2):
        visit.page.keyboard.press("j")
        visit.page.keyboard.press("x")
    visit.says("已选 2 件")
    visit.settled()
    visit.press(SAY("{action}: {count}", action="受理", count=2))
    visit.press("确认，全部办理")
    visit.says("受理：完成 2 件。")


def verify_and_refer(visit: Visit) -> None:
    """Open a case on a phone: four touches from the list to the finding."""
    visit.open("cases")
    row(visit, FIRST).click(timeout=WAIT_MS)
    step(visit, "verify")
    assert faults(visit.page, (PHONE,), targets=TARGETS) == []
    choose(visit, "verify", "finding", "属实")
    send(visit, "verify")
    step(visit, "refer")
    choose(visit, "refer", "referral", "移送")
    write(visit, "refer", "sent_to", "区教育和体育局")
    send(visit, "refer")


def take_over_and_decide(folder: Path) -> None:
    """Take the case over and decide it, which pages without a browser do in `views`."""
    decided = {"outcome": "停办", "decision_no": "示教罚字〔2026〕第9号",
               "decided_on": str(NOW.date())}  # fmt: skip
    with closing(open_office(folder)) as office:
        office.cases.act(case_street.OFFICER, FIRST, "take_over", {"receipt_no": "回执1号"})
        office.cases.act(case_street.OFFICER, FIRST, "decide", decided)


def reply(visit: Visit) -> None:
    visit.open(f"cases?case={FIRST}")
    step(visit, "reply")
    choose(visit, "reply", "reply_by", "电话")
    write(visit, "reply", "reply", "已责令停办")
    send(visit, "reply")


def close(visit: Visit) -> None:
    """Come from the start page's count to the case, and close it."""
    visit.open("start")
    visit.page.get_by_role("link", name="for your next step").click(timeout=WAIT_MS)
    row(visit, FIRST).click(timeout=WAIT_MS)
    step(visit, "close")
    assert faults(visit.page, (WIDE, PHONE), targets=TARGETS) == []
    visit.page.locator(f".st-key-case_form_{FIRST}_close_send button").click(timeout=WAIT_MS)
    visit.says("Re-visits to come")


def test_a_case_goes_from_hand_to_hand_until_another_closes_it_and_a_revisit_opens_it_again(
    visitors: dict[str, Any], case_office: Any, tmp_path: Path
) -> None:
    pytest.importorskip("axe_playwright_python")
    desk = case_office.address
    file = case_street.ticket_file(tmp_path, day=YESTERDAY, count=3)
    with visiting(visitors, desk, role="hotline_clerk") as visit:
        import_and_accept(visit, file)
    with visiting(visitors, desk, role="grid_chief", size=PHONE) as visit:
        verify_and_refer(visit)
    take_over_and_decide(case_office.folder)
    with visiting(visitors, desk, role="hotline_clerk") as visit:
        visit.open("cases")
        row(visit, FIRST).wait_for(timeout=WAIT_MS)
        visit.page.emulate_media(media="print")
        assert FIRST in row(visit, FIRST).inner_text()
        assert row(visit, FIRST).is_visible(), "the inbox on paper has its cases"
        visit.page.emulate_media(media="null")
        reply(visit)
        visit.settled()
        visit.page.emulate_media(media="print")
        assert not row(visit, FIRST).is_visible(), "an open case is alone on paper"
        card, main = (visit.page.locator(each).bounding_box()
                      for each in (".st-key-case_card", ".st-key-cases_split"))  # fmt: skip
        assert card["width"] > 0.95 * main["width"]
        visit.page.emulate_media(media="null")
    with visiting(visitors, desk, role="office_manager", language="en") as visit:
        close(visit)
    building = case_street.lead(1).building_id
    assert building is not None
    case_street.revisit(case_office.folder, building, VisitResult.SUSPECTED)
    with visiting(visitors, desk, role="grid_chief", size=PHONE) as visit:
        visit.open("cases")
        row(visit, FIRST).click(timeout=WAIT_MS)
        visit.says("重新办理")


def proposals(visit: Visit, at: int) -> int:
    """Return how many proposals the page shows, once it shows the so-and-so-manyth."""
    shown = visit.says(re.compile(rf"第 {at} 组，共 \d+ 组"))
    return int(re.findall(r"\d+", shown.inner_text())[1])


def test_one_event_or_several_or_the_next_is_said_by_y_n_and_j_on_the_keyboard(
    visitors: dict[str, Any], case_office: Any, tmp_path: Path
) -> None:
    file = case_street.twice_told_file(tmp_path, day=YESTERDAY, events=3)
    with visiting(visitors, case_office.address, role="hotline_clerk") as visit:
        visit.open("import")
        visit.page.locator("input[type=file]").first.set_input_files(str(file))
        visit.settled()
        visit.press("导入")
        visit.says("打开收件箱")
        visit.open("leads")
        visit.settled()
        visit.page.get_by_text(SAY("One event"), exact=True).first.click(timeout=WAIT_MS)
        count = proposals(visit, 1)
        assert count >= 3
        for key, at, left in (("j", 2, count), ("n", 2, count - 1), ("y", 2, count - 2)):
            visit.settled()
            visit.page.keyboard.press(key)
            visit.settled()
            assert proposals(visit, min(at, left)) == left
    with closing(open_office(case_office.folder)) as office:
        newest, before = office.lead_merging.decisions(local_owner(), limit=2)
    assert newest.into
    assert not before.into
