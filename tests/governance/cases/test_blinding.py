"""A warden never learns that somebody complained: all that one can get is the same without it."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from case_steps import WHOLE_WAY
from service_arguments import decided_apart, services

from data.store.repositories.cases.inbox import InboxQuery
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from tests.governance.patrols.test_blinding import _answers, built_as_is, opened

COMPLAINT = (
    "工单编号,来电时间,事发地址,来电人,联系电话,来源渠道,诉求内容\n"
    "C9,2026-12-28 09:00,示例花园4号楼2单元301,周示例,13800000009,12345热线,有人一对一补课收费\n"
)
ANOTHER = COMPLAINT.splitlines()[1].replace("C9", "C8").replace("4号楼", "7号楼")
PART = Scope(buildings=frozenset({"B1", "B4", "B7"}))
SEEN_BY_BOTH = frozenset({"duties.set_duty", "visits.record", "visits.undo"})
"""Services that change what is compared; each has its own test of what it tells."""


OF_TIERS = sorted(name for name in services() if name.split(".")[0] in {
    "coverage", "risk_map", "scores", "trials", "worklist"})  # fmt: skip
SNAPSHOT = re.compile(r"20261228-[0-9a-f]{12}")


def _with_cases(folder: Path) -> Office:
    """Return the office with two complaints: a warden holds one's case, an officer the other's."""
    office = opened(folder)
    path = folder.parent / "complaints.csv"
    path.write_text(COMPLAINT + ANOTHER, encoding="utf-8")
    office.imports.import_file(local_owner(), "complaints", path)
    office.cases.catch_up(local_owner())
    for ticket, steps in (("C9", 2), ("C8", 5)):
        found = office.cases.inbox(WHOLE_WAY[1][0], InboxQuery(search=ticket)).rows
        for actor, action, facts in WHOLE_WAY[:steps]:
            told = {"holder_id": "W1"} if action == "assign" else facts
            office.cases.act(actor, found["case_no"][0], action, told)
    return office


@pytest.fixture(scope="module")
def as_is(
    built_once: Callable[..., Path], filled_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return an office with a plan and a score and no complaint, closed."""
    folder: Path = tmp_path_factory.mktemp("without") / "as_is"
    return shutil.copytree(built_as_is(built_once, filled_folder), folder)


@pytest.fixture(scope="module")
def offices(as_is: Path) -> Iterator[tuple[Office, Office]]:
    """Return an office without the complaints, and with them."""
    folder = as_is.parent
    without = opened(shutil.copytree(as_is, folder / "without_cases"))
    having = _with_cases(shutil.copytree(as_is, folder / "with_cases"))
    yield without, having
    for office in (without, having):
        office.close()


@pytest.mark.parametrize("name", sorted(set(services()) - SEEN_BY_BOTH))
def test_whatever_a_warden_asks_is_answered_alike_with_and_without_the_complaint(
    offices: tuple[Office, Office], tmp_path: Path, name: str
) -> None:
    for scope in (Scope.whole(), PART):
        roles = ("warden", "building_head")
        asking = (Actor("wang", "王", (role,), scope, person_id="W1") for role in roles)
        for warden in decided_apart(asking):
            without, having = (_answers(office, name, warden, tmp_path) for office in offices)
            assert having == without, warden.roles


def test_who_sees_cases_can_tell_them_apart(offices: tuple[Office, Office]) -> None:
    """So that the test above could fail."""
    manager = replace(local_owner(), roles=("office_manager",))
    totals = [office.cases.inbox(manager).total for office in offices]
    assert totals == [0, 5]
    assert [o.cases.counts(manager)["assigned"] for o in offices] == [0, 1]


@pytest.fixture(scope="module")
def rose(as_is: Path) -> Iterator[tuple[Office, Office]]:
    """Return an office, and one in which a building rose from the lowest tier to the highest."""
    header, row = COMPLAINT.splitlines()
    rows = [
        row.replace("C9,2026-12-28", f"C{day},2026-12-{day}").replace("09,12345", f"{day},12345")
        for day in range(10, 28)
    ]
    path = as_is.parent / "many.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    calm, risen = (opened(shutil.copytree(as_is, as_is.parent / n)) for n in ("calm", "risen"))
    risen.imports.import_file(local_owner(), "complaints", path)
    risen.scores.run(local_owner(), as_of=date(2026, 12, 28))
    yield calm, risen
    for office in (calm, risen):
        office.close()


@pytest.mark.parametrize("name", OF_TIERS)
def test_a_warden_does_not_see_which_building_rose_after_complaints(
    rose: tuple[Office, Office], tmp_path: Path, name: str
) -> None:
    for scope in (Scope.whole(), PART):
        warden = Actor("wang", "王", ("warden",), scope, person_id="W1")
        calm, risen = (_answers(office, name, warden, tmp_path) for office in rose)
        assert [SNAPSHOT.sub("", each) for each in calm] == [
            SNAPSHOT.sub("", each) for each in risen
        ]


def test_who_may_know_reasons_sees_it(rose: tuple[Office, Office]) -> None:
    """So that the test above could fail."""
    tiers = [
        office.risk_map.layer(local_owner(), layer="building").set_index("unit").loc["B4", "tier"]
        for office in rose
    ]
    assert tiers == ["蓝", "红"]
