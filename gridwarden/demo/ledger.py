"""The ledger of the demonstration city: some tens of lines, proposals, and an exit that waits."""

from contextlib import closing
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

from data.contracts.ledger_vocabulary import InReason, KeyList, LedgerKind, ProposalKind
from data.store.repositories.records.ledger_lists import LedgerQuery
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.records.ledger.key_lists import NewKeySubject
from governance.records.ledger.line_entry import NewLine
from gridwarden.compose import open_office
from gridwarden.demo.patrols import Clock, no_later

DAYS, LINES, LEFT_OPEN = 150, 24, 12
"""So many days ago the office began its ledger, with so many lines; proposals left to decide."""
NOON: Final = time(12, 0)
MANAGER, PLANNER, CHIEF = (
    Actor(f"demo-{role.replace('_', '-')}", role, (role,), Scope.whole())
    for role in ("office_manager", "planner", "grid_chief")
)
SUBJECTS: Final = (
    (KeyList.CONVERTED, "启明文化培训中心", "学科类转为素质拓展，需防回流"),
    (KeyList.CONVERTED, "育才教育咨询部", "转为家庭教育指导"),
    (KeyList.AFTER_SCHOOL_CARE, "小太阳托管班", "暑期曾有作业辅导收费"),
    (KeyList.AFTER_SCHOOL_CARE, "阳光晚托", "家长反映晚托讲课"),
    (KeyList.COMPETITION, "智星思维工作室", "以竞赛名义招生"),
    (KeyList.ADMISSION_ADVICE, "前程志愿填报", "高考后设点咨询"),
    (KeyList.LAID_OFF, "刘晓明", "原培训机构数学教师，租住于此"),
    (KeyList.SERVING_TEACHER, "周文静", "教育部门转来，反映有偿补课"),
)
"""Invented names."""


def add_demo_ledger(folder: Path, *, now: datetime) -> int:
    """Keep a ledger as an office would; return how many lines it has.

    ``folder``: the workspace of a demonstration, with its people and cases.
    ``now``: local time, on the day the city's records end; nothing is later.
    """
    last = no_later(now, NOON)
    clock = Clock(last - timedelta(days=DAYS))
    with closing(open_office(folder, now=clock)) as office:
        _accept(office, LINES)
        clock.put(last - timedelta(days=40))
        _accept(office, LINES // 3)
        clock.put(last)
        _add_by_hand(office)
        office.ledger.catch_up(MANAGER)
        _exit_lines(office)
        _decline_proposals(office)
        return office.ledger.lines(MANAGER).total


def _accept(office: Office, count: int) -> None:
    office.ledger.catch_up(MANAGER)
    kinds = (ProposalKind.ENTER, ProposalKind.REOPEN)
    found = office.ledger_proposals.open(PLANNER, kinds, limit=count).rows
    office.ledger_proposals.accept(PLANNER, found["proposal_id"].tolist())


def _add_by_hand(office: Office) -> None:
    listed = office.ledger.lines(MANAGER, LedgerQuery(limit=len(SUBJECTS), sort="oldest")).rows
    register = office._engine.table("buildings").select("building_id").limit(200)  # noqa: SLF001
    known = set(listed["building_id"])
    free = [each for each in register.to_pyarrow()["building_id"].to_pylist() if each not in known]
    for (key_list, name, note), building in zip(SUBJECTS, free, strict=False):
        office.key_lists.add(
            MANAGER,
            NewKeySubject(key_list=key_list, name=name, note=note, building_id=str(building)),
        )
    if len(free) > len(SUBJECTS):
        office.ledger.enter(
            MANAGER,
            NewLine(kind=LedgerKind.INSTITUTION, reason=InReason.ORDERED, name="晨光学习中心",
                    building_id=str(free[len(SUBJECTS)]), note="区双减办督办单第12号"),
        )  # fmt: skip


def _exit_lines(office: Office) -> None:
    """Let a line leave by two people, and have the exit of another wait for the second."""
    found = office.ledger_proposals.open(CHIEF, (ProposalKind.EXIT,), limit=2).rows
    answers = office.ledger_proposals.accept(CHIEF, found["proposal_id"].tolist())
    leaving = [each.number for each in answers if each.error is None]
    rows = office.ledger.lines(MANAGER, LedgerQuery(sort="oldest", limit=4)).rows
    for number in rows["ledger_no"][: 2 - len(leaving)]:
        if number not in leaving:
            office.ledger.act(
                CHIEF, number, "ask_exit", {"out_reason": "经营者已搬离，连续巡查无异常"}
            )
            leaving.append(number)
    if leaving:
        office.ledger.act(MANAGER, leaving[0], "approve_exit")


def _decline_proposals(office: Office) -> None:
    """Decide on what nobody would leave for so long, so that a page of proposals is left."""
    kinds = (ProposalKind.ENTER, ProposalKind.REOPEN)
    found = office.ledger_proposals.open(PLANNER, kinds, limit=500).rows
    over = found["proposal_id"].tolist()[LEFT_OPEN:]
    office.ledger_proposals.decline(PLANNER, over, note="已由社区走访，情况不突出，暂不入账")
