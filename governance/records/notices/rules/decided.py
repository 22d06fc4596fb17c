"""Whether a case may be told of: only one with a decision that stands and can be fought no more."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from data.calendars.working_days import WorkingDays
from data.contracts.case_vocabulary import CONFIRMED, PENALTIES, Stage
from data.contracts.notice_vocabulary import NoticeClock
from governance.records.notices.rules.deadlines import NoticeDeadlines

DECIDED_STAGES: Final = frozenset({Stage.DECIDED, Stage.REPLIED, Stage.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedCase:
    """What a notice can tell of a case; "" and None where nobody knows.

    ``estate`` and ``community_name`` are all that it says of the place; ``party`` is masked.
    """

    case_no: str
    stage: str
    channel: str
    finding: str | None = None
    outcome: str | None = None
    decision_no: str | None = None
    decided_on: date | None = None
    served_on: date | None = None
    decided_by: str = ""
    found_on: date | None = None
    building_id: str | None = None
    community: str = ""
    grid: str = ""
    community_name: str = ""
    estate: str = ""
    place_kind: str = ""
    party: str = ""
    party_kind: str = ""
    form: str = ""
    disguise: str = ""
    subjects: str = ""
    pupils: int | None = None
    teachers: int | None = None

    @property
    def known_from(self) -> date | None:
        """The day on which the party knew: of service, of the decision where nobody noted that."""
        return self.served_on or self.decided_on


def why_not(
    case: DecidedCase, *, kind: str, today: date, deadlines: NoticeDeadlines, calendar: WorkingDays
) -> str:
    """Return the code of what keeps a case out of a notice; "" where nothing does.

    ``not_decided``, ``not_confirmed``, ``no_number``, ``no_penalty`` or ``too_early``.
    """
    if case.stage not in DECIDED_STAGES or case.known_from is None:
        return "not_decided"
    if case.finding not in CONFIRMED:
        return "not_confirmed"
    if case.outcome not in PENALTIES:
        return "no_penalty"
    if not case.decision_no:
        return "no_number"
    free = free_from(case.known_from, kind=kind, deadlines=deadlines, calendar=calendar)
    return "too_early" if today < free else ""


def free_from(
    known_from: date, *, kind: str, deadlines: NoticeDeadlines, calendar: WorkingDays
) -> date:
    """Return the first day on which a decision may be told: the day after the wait is over.

    A wait whose last day is no working day ends with the next one, as time limits of the law do.

    ``known_from``: the day on which the party knew of it.
    """
    wait = deadlines.find(NoticeClock.WAIT, kind=kind)
    if wait is None or wait.days == 0:
        return known_from
    last = wait.end(known_from, calendar)
    while not calendar.works_on(last):
        last += timedelta(days=1)
    return last + timedelta(days=1)
