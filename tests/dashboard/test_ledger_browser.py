"""The ledger in a real browser: proposal, entry, clean visits, exit by two people."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from two_communities import OWN
from visits import (
    PHONE,
    WAIT_MS,
    WIDE,
    Visit,
    faults,
    grave_findings,
    sideways_px,
    small_targets,
    visiting,
)

from data.store.tables.records.ledger import LedgerEntry, LedgerEvent
from data.workspace.clock import DEFAULT_ZONE
from governance.access.permissions import Actor, Scope, local_owner
from governance.records.ledger.rules.settings import LedgerRules
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from tests.dashboard.conftest import serving

pytestmark = pytest.mark.browser

LINE = f"DM-{datetime.now(DEFAULT_ZONE).year}-0001"
TARGETS = ":is(.stMain button, .stMain [role=radio]):not([role=tab])"
RULES = LedgerRules(clean_visits=2, clean_people=2, clean_days=3)


@pytest.fixture(scope="module")
def ledger_office(case_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Serve an office where a building was suspected twice, with short ways off the ledger."""
    folder = shutil.copytree(case_folder, tmp_path_factory.mktemp("ledger") / "office")
    office, owner = open_office(folder), local_owner()
    office.demo_accounts.add(
        owner, "demo-planner", name="李调度", role="planner", scope=Scope.whole()
    )
    office.ledger_rules.set_rules(
        owner, RULES.to_mapping(), valid_from=office.clock.today(), why="试行"
    )
    office.close()
    look(folder, "疑似", days_ago=(6, 5))
    with serving(folder) as address:
        yield folder, address


def look(folder: Path, result: str, *, days_ago: tuple[int, ...]) -> None:
    """Record visits of different people, as their telephones send them late."""
    office = open_office(folder)
    for number in days_ago:
        at = office.clock.local().replace(microsecond=0) - timedelta(days=number)
        who = Actor(f"look{number}", "w", ("warden",), Scope.whole())
        visit = NewVisit(key=f"{result}{number}", building_id=OWN[0], result=result, at=at)
        office.visits.record(who, visit)
    office.close()


def let_days_pass(folder: Path, days: int) -> None:
    """Let a building have come on the ledger so many days earlier."""
    office, back = open_office(folder), timedelta(days=days)
    with office._workspace.store.begin() as unit:
        (line,) = unit.ledger.all()
        (event,) = unit.ledger.events([line.id])[line.id]
        told = {"in_on": str(date.fromisoformat(event.facts["in_on"]) - back)}
        unit.session.execute(
            update(LedgerEvent).values(facts=event.facts | told, at=event.at - back)
        )
        unit.session.execute(update(LedgerEntry).values(in_on=line.in_on - back))
        unit.commit()
    office.close()


def accept(visit: Visit, title: str) -> None:
    """Tick the proposal and accept it."""
    visit.open("ledger?part=decide")
    visit.says(title)
    visit.page.locator(".stCheckbox label").first.click(timeout=WAIT_MS)
    visit.settled()
    visit.page.locator(".st-key-ledger_bulk button").first.click(timeout=WAIT_MS)
    visit.page.locator(".st-key-ledger_accept button").click(timeout=WAIT_MS)
    visit.settled()


def test_a_building_comes_on_and_leaves_by_two_people(
    visitors: dict[str, Any], ledger_office: Any
) -> None:
    pytest.importorskip("axe_playwright_python")
    folder, address = ledger_office
    with visiting(visitors, address, role="planner") as visit:
        accept(visit, "建议入账")
        visit.says("采纳：完成 1 件。")
        visit.open(f"ledger?line={LINE}")
        visit.says("疑似多次")
        assert faults(visit.page, (WIDE,)) == []
    let_days_pass(folder, 7)
    look(folder, "未发现异常", days_ago=(3, 1))
    with visiting(visitors, address, role="grid_chief", size=PHONE) as visit:
        accept(visit, "建议出账")
        visit.says("已审批 1/2")
        assert grave_findings(visit.page) == []
        assert sideways_px(visit.page) == 0
        assert small_targets(visit.page, TARGETS) == []
    with visiting(visitors, address, role="office_manager", language="en") as visit:
        visit.open("ledger?part=decide")
        visit.says("approved by 1 of 2")
        visit.page.get_by_role("button", name="Approve its exit").first.click(timeout=WAIT_MS)
        send = visit.page.locator(f".st-key-ledger_way_{LINE}_approve_exit_send button")
        send.click(timeout=WAIT_MS)
        visit.says(f"{LINE}: Approve its exit – saved.")
    office = open_office(folder)
    view = office.ledger.line(local_owner(), LINE)
    office.close()
    assert list(view.history["action"]) == ["enter", "ask_exit", "approve_exit"]
    assert view.facts["status"] == "出账"
