"""A building that was pulled down, in a real browser: told, found, listed and taken back."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from imported import import_text
from two_communities import OWN
from visits import WAIT_MS, WIDE, Visit, faults, grave_findings, sideways_px, visiting

from governance.access.permissions import Scope, local_owner
from gridwarden.compose import open_office
from tests.dashboard.conftest import serving

pytestmark = pytest.mark.browser

BUILDING = OWN[0]
NAME = "槐荫花园1号楼"
NARROW = (320, 640)
"""A page of 1280 px at four times its size, in which everything is still to be read."""


@pytest.fixture(scope="module")
def address(case_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an office that was told of a building's end and has a ticket of after it."""
    folder = shutil.copytree(case_folder, tmp_path_factory.mktemp("ended") / "office")
    office, owner = open_office(folder), local_owner()
    office.demo_accounts.add(
        owner, "demo-planner", name="李调度", role="planner", scope=Scope.whole()
    )
    today = office.clock.today()
    office.building_ends.end(owner, [BUILDING], ended_on=today - timedelta(days=3), reason="旧改")
    ticket = f"工单编号,来电时间,事发地址\n250912101108119999,{today - timedelta(days=2)},{NAME}\n"
    import_text(office, "complaints", ticket)
    office.scores.run(owner, as_of=today)
    office.close()
    with serving(folder) as served:
        yield served


def look(visit: Visit, path: str, *told: str) -> None:
    visit.open(path)
    for text in told:
        visit.says(text)
    visit.settled()
    assert grave_findings(visit.page) == []
    assert sideways_px(visit.page) == 0
    links = visit.page.locator("[data-testid=stPageLink-NavLink] span")
    assert links.evaluate_all("all => all.filter((e) => e.scrollWidth > e.clientWidth).length") == 0


def test_it_is_listed_found_and_taken_back_once_its_consequence_was_read(
    visitors: dict[str, Any], address: str
) -> None:
    pytest.importorskip("axe_playwright_python")
    with visiting(visitors, address, language="en", role="office_manager", size=NARROW) as visit:
        look(visit, "", "row tells of a building on a day after it was pulled down")
        look(visit, "import?part=ended", "Rows since tell of a day after the end")
        look(visit, f"building?unit={BUILDING}", "Pulled down since", "It still stands")
    with visiting(visitors, address, role="planner", language="en") as visit:
        visit.open("building")
        search = visit.page.locator(".st-key-building_search input")
        search.fill(NAME, timeout=WAIT_MS)
        search.press("Enter")
        visit.says("Pulled down since")
        visit.settled()
        assert faults(visit.page, (WIDE,)) == []
        visit.page.get_by_role("button", name="It still stands").click(timeout=WAIT_MS)
        visit.says("From now on it is on plans and lists again")
        visit.page.locator(f".st-key-building_stands_{BUILDING} button").click(timeout=WAIT_MS)
        visit.says("Taken back: the building stands.")
        visit.says("in no score of this day")
