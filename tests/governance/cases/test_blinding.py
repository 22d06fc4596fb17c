"""A warden never learns that somebody complained: all that one can get is the same without it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
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


def _with_case(folder: Path, steps: int) -> Office:
    """Return the office with a complaint and its case, so many steps on its way."""
    office = open_office(folder, now=lambda: DURING.replace(tzinfo=DEFAULT_ZONE))
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
def offices(
    filled_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Office, ...]]:
    """Return an office without the complaint, with its open case, and with its closed one."""
    folder = tmp_path_factory.mktemp("without")
    _office(shutil.copytree(filled_folder, folder / "as_is"), swapped=False).close()
    made = [open_office(folder / "as_is", now=lambda: DURING.replace(tzinfo=DEFAULT_ZONE))]
    made += [
        _with_case(shutil.copytree(folder / "as_is", folder / f"at{steps}"), steps)
        for steps in (2, 5)
    ]
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
