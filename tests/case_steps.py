"""Leads, people and steps for tests of cases."""

from datetime import datetime
from pathlib import Path

from actors import person
from imported import copied_office

from governance.access.permissions import Actor
from governance.cases.intake import IntakeResult, LeadIntake, NewLead
from governance.cases.rules.state import CaseState
from governance.office import Office

AT = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 -- local times throughout
NO, SECOND = "XS-2026-0001", "XS-2026-0002"
SOON = datetime(2026, 11, 27, 18, 0)  # noqa: DTZ001 -- local times throughout
LATER = datetime(2026, 12, 8, 18, 0)  # noqa: DTZ001
OWN = datetime(2026, 11, 30, 23, 59)  # noqa: DTZ001
"""Five working days after `AT`."""
ANSWER = {"reply_by": "电话", "reply": "已移送处理"}


def lead(key: str = "T1", **facts: object) -> NewLead:
    usual = {"channel": "12345热线", "origin_table": "reports", "received_at": AT,
             "title": "反映小区补课扰民", "address": "示例花园3号楼", "ticket_no": key}  # fmt: skip
    return NewLead(origin_key=key, **(usual | facts))  # type: ignore[arg-type]


def take_in(office: Office, *leads: NewLead) -> IntakeResult:
    intake, actor = office._resources.part(LeadIntake), person("office_manager", "taker")
    with office._workspace.store.begin() as unit:
        result = intake.take_in(unit, leads, actor)
        unit.commit()
    return result


CLERK, MANAGER, CHIEF, OFFICER = map(
    person, ("hotline_clerk", "office_manager", "grid_chief", "enforcement_officer")
)
WHOLE_WAY: tuple[tuple[Actor, str, dict[str, str]], ...] = (
    (CLERK, "accept", {}),
    (MANAGER, "assign", {"holder_id": "P3"}),
    (CHIEF, "verify", {"finding": "属实"}),
    (CHIEF, "refer", {"referral": "移送", "sent_to": "区教育和体育局"}),
    (OFFICER, "take_over", {"receipt_no": "回执1"}),
    (OFFICER, "decide", {"outcome": "罚款", "decision_no": "示教罚字〔2026〕第9号",
                         "decided_on": "2026-11-24"}),
    (CLERK, "reply", {"reply_by": "电话", "reply": "已依法查处", "satisfaction": "满意"}),
    (MANAGER, "close", {}),
)  # fmt: skip


def clock(office: Office, case_no: str = NO) -> tuple[str | None, datetime | None]:
    facts = office.cases.case(MANAGER, case_no).facts
    return facts["clock"], facts["due_at"]


def go(office: Office, steps: int, case_no: str = "XS-2026-0001") -> CaseState:
    state = CaseState()
    for actor, action, facts in WHOLE_WAY[:steps]:
        state = office.cases.act(actor, case_no, action, facts)
    return state


def folder_with_case(base: Path, to: Path, *, steps: int, now: datetime, **facts: object) -> Path:
    """Return a copy of an office in which one case came in and went so many steps of its way.

    ``to``: where its folder is made. ``facts``: of its lead.
    """
    with copied_office(base, to, now=now) as office:
        take_in(office, lead(**facts))
        go(office, steps)
        return office._workspace.root
