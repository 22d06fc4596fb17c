"""Decided cases, people and steps for tests of notices."""

from case_steps import WHOLE_WAY, lead, person, take_in

from data.contracts.notice_vocabulary import NoticeAction
from governance.access.permissions import Actor
from governance.office import Office
from governance.records.notices.rules.state import NoticeState

WRITER, REVIEWER, OTHER = (
    person("planner", "writer"), person("office_manager", "reviewer"),
    person("enforcement_officer", "other"),
)  # fmt: skip
EXPOSURE, BLACKLIST = "典型案例曝光", "黑名单移交"
LONG_AGO = "2026-03-02"
"""A day on which a decision was made that can be fought no more."""


def decided_case(office: Office, key: str = "T1", *, on: str = LONG_AGO, **facts: str) -> str:
    """Bring a case up to its decision and return its number."""
    before = set(office.cases.inbox(REVIEWER).rows["case_no"])
    take_in(office, lead(key))
    (number,) = set(office.cases.inbox(REVIEWER).rows["case_no"]) - before
    for actor, action, told in WHOLE_WAY[:6]:
        own = {"decision_no": f"示教罚字〔2026〕第{key}号", "decided_on": on, **facts}
        changed = {name: own.get(name, value) for name, value in told.items()}
        office.cases.act(actor, number, action, changed)
    return number


def let_go(office: Office, notice_no: str, reviewer: Actor = REVIEWER) -> NoticeState:
    """Submit a notice, have it previewed and approved, and publish it."""
    office.notices.act(WRITER, notice_no, NoticeAction.SUBMIT)
    approve(office, notice_no, reviewer)
    return office.notices.act(WRITER, notice_no, NoticeAction.PUBLISH)


def approve(office: Office, notice_no: str, reviewer: Actor = REVIEWER) -> NoticeState:
    """Have somebody look at a notice and approve it."""
    seen = {"seen": office.notice_desk.notice(reviewer, notice_no).seen}
    office.notices.act(reviewer, notice_no, NoticeAction.PREVIEW, seen)
    return office.notices.act(reviewer, notice_no, NoticeAction.APPROVE, seen)


def exposure(office: Office, key: str = "T1") -> str:
    """Draft an exposure of a case of its own and return its number."""
    return office.notices.draft(WRITER, EXPOSURE, case_nos=[decided_case(office, key)])
