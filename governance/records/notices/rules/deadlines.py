"""The deadlines of notices by kind and clock: shipped with their sources, and the office's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, Final

from data.calendars.working_days import WorkingDays
from data.contracts.notice_vocabulary import NoticeClock, NoticeKind
from data.workspace.clock import months_on
from governance.cases.rules import deadlines
from governance.cases.rules.deadlines import TimeLimit, TimeLimits

SETTING: Final = "notice_deadlines"
"""Name under which the store keeps the office's own."""
MONTHS: Final = "months"
UNITS: Final = (*deadlines.UNITS, MONTHS)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDeadline(TimeLimit):
    """Within how many days something is to be done with notices, or how long they have to wait.

    ``kind``: of which notices, one of `NoticeKind`; "" of any.
    """

    FILE: ClassVar[Path] = Path(__file__).with_name("deadlines.csv")
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "clock": tuple(NoticeClock), "unit": UNITS, "kind": ("", *NoticeKind)
    }  # fmt: skip
    KEY: ClassVar[tuple[str, ...]] = ("kind", "clock")
    MOST: ClassVar[int] = 4000

    kind: str = ""

    def end(self, start: date, calendar: WorkingDays) -> date:
        """Return the last day of what begins on a day."""
        if self.unit == MONTHS:
            return months_on(start, self.days)
        return super(NoticeDeadline, self).end(start, calendar)  # slots make the class anew


class NoticeDeadlines(TimeLimits[NoticeDeadline]):
    """The deadlines of notices; that of their kind holds before that of any."""

    KIND = NoticeDeadline

    def find(self, clock: str, *, kind: str) -> NoticeDeadline | None:
        """Return the deadline of a clock for notices of a kind; None where there is none."""
        return self._rows.get((kind, clock)) or self._rows.get(("", clock))
