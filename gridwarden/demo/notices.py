"""Notices of the demonstration city: an exposure out, one in review, one withdrawn, reminders.

Each step is taken through the office's own services, on a clock that is put back to its day.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from data.contracts.notice_vocabulary import NoticeAction, NoticeKind
from governance.access.permissions import Actor, Scope
from governance.office import Office
from governance.records.notices.texts import quarter_of
from gridwarden.compose import open_office
from gridwarden.demo.patrols import Clock, no_later

MORNING: Final = time(9, 30)
WRITER, REVIEWER = (
    Actor(f"demo-{role.replace('_', '-')}", role, (role,), Scope.whole())
    for role in ("planner", "office_manager")
)
EXPOSED, REMINDERS = 2, 3
"""So many cases are told in an exposure, where there are enough; so many people are reminded."""
APPEAL: Final = "当事人对通报所列情形提出异议，认为与决定书载明的不一致。"
WHY: Final = "经核实，通报所列情形与决定书不完全一致，予以撤回。"


def add_demo_notices(folder: Path, *, now: datetime) -> int:
    """Write, review and publish notices up to a day; return how many there are.

    ``folder``: the workspace of a demonstration, with its people and its decided cases.
    ``now``: local time, on the day the city's records end; nothing is later.
    """
    last, today = no_later(now, MORNING), now.date()
    clock = Clock(last)
    with closing(open_office(folder, now=clock)) as office:

        def on(days_ago: int) -> None:
            clock.put(last - timedelta(days=days_ago))

        on(6)
        _publish(office, office.notices.draft(WRITER, NoticeKind.LETTER, period="寒假前"))
        _remind(office)
        on(4)
        found = office.notice_lists.candidates(WRITER, NoticeKind.EXPOSURE)
        ready = list(found.loc[found["why_not"] == "", "case_no"])
        exposed = EXPOSED if len(ready) > EXPOSED + 1 else 1
        before = _quarter_before(today)
        if ready:
            _publish(office, _exposure(office, ready[:exposed], before))
        if contested := ready[exposed : exposed + 1]:
            number = _exposure(office, contested, before)
            _publish(office, number)
            on(2)
            office.notices.act(WRITER, number, NoticeAction.APPEAL, {"appeal": APPEAL})
            on(1)
            office.notices.act(REVIEWER, number, NoticeAction.WITHDRAW, {"end_reason": WHY})
            office.notices.act(WRITER, number, NoticeAction.TAKE_DOWN)
        on(0)
        _leave_one_in_review(office, quarter_of(today))
        return office.notice_lists.page(WRITER).total


def _quarter_before(today: date) -> str:
    begun = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return quarter_of(begun - timedelta(days=1))


def _exposure(office: Office, cases: Sequence[str], period: str) -> str:
    return office.notices.draft(WRITER, NoticeKind.EXPOSURE, case_nos=cases, period=period)


def _leave_one_in_review(office: Office, period: str) -> None:
    """Submit an exposure of cases that none tells of yet, where there are any."""
    found = office.notice_lists.candidates(WRITER, NoticeKind.EXPOSURE)
    new = found[(found["why_not"] == "") & (found["notice_no"] == "")]
    if len(new):
        number = _exposure(office, list(new["case_no"].head(EXPOSED)), period)
        office.notices.act(WRITER, number, NoticeAction.SUBMIT)


def _publish(office: Office, number: str) -> None:
    """Submit a notice, and have the other look at it, approve and publish it."""
    state = office.notices.act(WRITER, number, NoticeAction.SUBMIT)
    seen = {"seen": state.content_hash()}
    for action in (NoticeAction.PREVIEW, NoticeAction.APPROVE):
        office.notices.act(REVIEWER, number, action, seen)
    office.notices.act(WRITER, number, NoticeAction.PUBLISH)


def _remind(office: Office) -> None:
    """Remind some owners and managers; the first is sent, the others wait for review."""
    owing = office.notice_lists.owing(WRITER).head(REMINDERS)
    for place, row in enumerate(owing.itertuples()):
        number = office.notices.draft(
            WRITER, NoticeKind.REMINDER, building_id=str(row.building_id), duty=str(row.duty)
        )
        if place == 0:
            _publish(office, number)
        else:
            office.notices.act(WRITER, number, NoticeAction.SUBMIT)
