"""A manager shares the buildings out, in a real browser over the real office."""

import re
from pathlib import Path
from typing import Any

import pytest
from visits import READY, WAIT_MS, Visit, visiting

from governance.access.permissions import local_owner
from governance.responsibility.assignment.build_problem import AssignmentOptions
from gridwarden.compose import open_office

pytestmark = pytest.mark.browser

EVENLY = 0.0


def a_building_that_moves(folder: Path) -> dict[str, Any]:
    """Return a building of the first community that changes hands where the slider will stand."""
    office = open_office(folder)
    options = AssignmentOptions(stickiness=EVENLY, curve=False)
    rows = office.assignment.preview(local_owner(), options=options).rows
    office.close()
    moved = rows[rows["changed"] & rows["from_id"].ne("") & rows["to_id"].ne("")]
    found: dict[str, Any] = moved.sort_values("community_code").iloc[0].to_dict()
    return found


def test_a_manager_proposes_approves_one_community_and_undoes_it(
    visitors: dict[str, Any], workplace: Any, tmp_path: Path
) -> None:
    building = a_building_that_moves(workplace.folder)
    with visiting(visitors, workplace.address, role="office_manager") as visit:
        answers_for(visit, building, building["from_person"])
        slide_and_propose(visit)
        approve_community(visit)
        answers_for(visit, building, building["to_person"])
        sheet = hand_over(visit, tmp_path)
        assert building["name"] in sheet
        undo(visit)
        answers_for(visit, building, building["from_person"])


def answers_for(visit: Visit, building: dict[str, Any], person: str) -> None:
    """Open a building's chain and see who its warden is."""
    visit.open(f"responsibility?part=chain&unit={building['building_id']}")
    warden = visit.page.locator(".gw-chain li").filter(has_text=re.compile("^网格员"))
    warden.locator(".v").get_by_text(person, exact=True).wait_for(timeout=WAIT_MS)


def slide_and_propose(visit: Visit) -> None:
    """Slide to few changes and to an even load, which the figures follow; then propose that."""
    visit.open("responsibility?part=assign")
    visit.page.wait_for_selector(READY, timeout=WAIT_MS)
    visit.page.get_by_role("slider").first.focus()
    for key in ("End", "Home"):
        visit.settled()
        before = figures(visit)
        visit.page.keyboard.press(key)
        visit.page.wait_for_function(
            "was => ![was, undefined].includes(document.querySelector("
            "'.st-key-figures_assign')?.innerText)",  # none while they are worked out
            arg=before,
            timeout=WAIT_MS,
        )
    visit.settled()
    visit.press("提交此方案")
    visit.says("方案已保存，待审批。")


def figures(visit: Visit) -> str:
    return str(visit.page.locator(".st-key-figures_assign").inner_text())


def approve_community(visit: Visit) -> None:
    """Approve the first community of the list, in the manager's name."""
    visit.says("审批人：")
    visit.press("批准该社区")
    visit.says("已批准，责任自方案生效日起变更")


def hand_over(visit: Visit, folder: Path) -> str:
    visit.open("responsibility?part=handover")
    visit.says("打印交接单（A4）")
    return visit.take("打印交接单（A4）", folder / "sheet.html").read_text("utf-8")


def undo(visit: Visit) -> None:
    visit.open("responsibility?part=assign")
    visit.press("撤销已批准的")
    visit.press("确认撤销")
    visit.says("恢复原网格员")
