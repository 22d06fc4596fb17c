"""A warden never learns that somebody complained: all that one can get is the same without it."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from case_steps import WHOLE_WAY
from service_arguments import decided_apart, services

from data.store.repositories.cases.inbox import InboxQuery
from data.workspace.clock import DEFAULT_ZONE
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from gridwarden.compose import open_office
from tests.governance.patrols.test_blinding import DURING, _answers, _office

COMPLAINT = (
    "工单编号,来电时间,事发地址,来电人,联系电话,来源渠道,诉求内容\n"
    "C9,2026-12-28 09:00,示例花园4号楼2单元301,周示例,13800000009,12345热线,有人一对一补课收费\n"
)
PART = Scope(buildings=frozenset({"B1", "B4", "B7"}))
SEEN_BY_BOTH = frozenset({"duties.set_duty", "visits.record", "visits.undo"})
"""Services that change what is compared; each has its own test of what it tells."""


OF_TIERS = sorted(name for name in services() if name.split(".")[0] in {
    "coverage", "risk_map", "scores", "trials", "worklist"})  # fmt: skip
SNAPSHOT = re.compile(r"20261228-[0-9a-f]{12}")


def _with_case(folder: Path, steps: int) -> Office:
    """Return the office with a complaint and its case, so many steps on its way."""
    office = _opened(folder)
    path = folder.parent / f"complaint{steps}.csv"
    path.write_text(COMPLAINT, encoding="utf-8")
    office.imports.import_file(local_owner(), "complaints", path)
    office.cases.catch_up(local_owner())
    case_no = office.cases.inbox(WHOLE_WAY[1][0], InboxQuery(search="C9")).rows["case_no"][0]
    for actor, action, facts in WHOLE_WAY[:steps]:
        told = {"holder_id": "W1"} if action == "assign" else facts
        office.cases.act(actor, case_no, action, told)
    return office


@pytest.fixture(scope="module")
def as_is(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an office with a plan and a score and no complaint, closed."""
    folder: Path = tmp_path_factory.mktemp("without") / "as_is"
    _office(shutil.copytree(filled_folder, folder), swapped=False).close()
    return folder


def _opened(folder: Path) -> Office:
    return open_office(folder, now=lambda: DURING.replace(tzinfo=DEFAULT_ZONE))


@pytest.fixture(scope="module")
def offices(as_is: Path) -> Iterator[tuple[Office, ...]]:
    """Return an office without the complaint, with its open case, and with its closed one."""
    folder = as_is.parent
    made = [_opened(shutil.copytree(as_is, folder / "at0"))]
    made += [_with_case(shutil.copytree(as_is, folder / f"at{steps}"), steps) for steps in (2, 5)]
    yield tuple(made)
    for office in made:
        office.close()


@pytest.mark.parametrize("name", sorted(set(services()) - SEEN_BY_BOTH))
def test_whatever_a_warden_asks_is_answered_alike_with_and_without_the_complaint(
    offices: tuple[Office, ...], tmp_path: Path, name: str
) -> None:
    for scope in (Scope.whole(), PART):
        roles = ("warden", "building_head")
        asking = (Actor("wang", "王", (role,), scope, person_id="W1") for role in roles)
        for warden in decided_apart(asking):
            without, *others = (_answers(office, name, warden, tmp_path) for office in offices)
            for told in others:
                assert told == without, warden.roles


def test_who_sees_cases_can_tell_them_apart(offices: tuple[Office, ...]) -> None:
    """So that the test above could fail."""
    manager = replace(local_owner(), roles=("office_manager",))
    totals = [office.cases.inbox(manager).total for office in offices]
    assert totals == [0, 4, 4]
    assert [o.cases.counts(manager)["assigned"] for o in offices] == [0, 1, 0]


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
    calm, risen = (_opened(shutil.copytree(as_is, as_is.parent / n)) for n in ("calm", "risen"))
    risen.imports.import_file(local_owner(), "complaints", path)
    for office in (calm, risen):
        office.scores.run(local_owner(), as_of=date(2026, 12, 28))
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
