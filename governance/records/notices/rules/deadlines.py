"""The deadlines of notices by kind and clock: shipped with their sources, and the office's own."""

import csv
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from data.contracts.notice_vocabulary import NoticeClock, NoticeKind
from geo.errors import GridwardenError
from governance.cases.rules.clocks import WorkingDays

SHIPPED: Final = Path(__file__).with_name("deadlines.csv")
SETTING: Final = "notice_deadlines"
"""Name under which the store keeps the office's own."""
WORKING_DAYS, DAYS, MONTHS = UNITS = ("working_days", "days", "months")
MOST: Final = 4000
_MONTHS_A_YEAR: Final = 12


class NoticeDeadlineError(GridwardenError):
    """A deadline is none that could hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDeadline:
    """Within how many days something is to be done with notices, or how long they have to wait.

    Parameters
    ----------
    clock
        One of `NoticeClock`.
    kind
        Of which notices, one of `NoticeKind`; "" of any.
    days, unit
        How many, and of what (`UNITS`).
    source, since
        Who says so, and since which day.
    own
        Whether the office wrote it.
    """

    clock: str
    days: int
    kind: str = ""
    unit: str = WORKING_DAYS
    source: str = ""
    since: str = ""
    own: bool = False

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises
        ------
        NoticeDeadlineError
            Naming the field, the value and what would do.
        """
        expected: dict[str, tuple[str, ...]] = {
            "clock": tuple(NoticeClock), "unit": UNITS, "kind": ("", *NoticeKind)
        }  # fmt: skip
        for name, words in expected.items():
            if getattr(self, name) not in words:
                raise NoticeDeadlineError("deadline_word", field=name, seen=getattr(self, name),
                                          expected=", ".join(filter(None, words)))  # fmt: skip
        if not 0 <= self.days <= MOST:
            raise NoticeDeadlineError("deadline_days", field="days", seen=self.days,
                                      expected=f"0–{MOST}")  # fmt: skip

    def end(self, start: date, calendar: WorkingDays) -> date:
        """Return the last day of what begins on a day."""
        if self.unit == WORKING_DAYS:
            return calendar.add(start, self.days)
        return start + timedelta(days=self.days) if self.unit == DAYS else _months_on(start, self)


class NoticeDeadlines:
    """Which deadline holds: the shipped ones, and the office's own in place of some."""

    def __init__(self, own: Iterable[Mapping[str, Any]] = ()) -> None:
        self._rows = {_key(each): each for each in shipped_deadlines()}
        self._rows |= {_key(each): each for each in (NoticeDeadline(**row) for row in own)}

    @property
    def rows(self) -> tuple[NoticeDeadline, ...]:
        """Every deadline that holds, in order of the clocks."""
        order = list(NoticeClock)
        return tuple(
            sorted(self._rows.values(), key=lambda e: (order.index(NoticeClock(e.clock)), e.kind))
        )

    def find(self, clock: str, *, kind: str) -> NoticeDeadline | None:
        """Return the deadline of a clock for notices of a kind; None where there is none."""
        return self._rows.get((kind, clock)) or self._rows.get(("", clock))

    def with_own(self, changed: NoticeDeadline) -> Self:
        """Return the table with a deadline of the office's."""
        own = {_key(each): each for each in self.rows if each.own}
        own[_key(changed)] = replace(changed, own=True)
        return type(self)(asdict(each) for each in own.values())

    def own(self) -> list[dict[str, Any]]:
        """Return the office's own, for the store."""
        return [asdict(each) for each in self.rows if each.own]


@cache
def shipped_deadlines() -> tuple[NoticeDeadline, ...]:
    """Return the deadlines that are shipped."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return tuple(_read(row) for row in csv.DictReader(file))


def _read(row: Mapping[str, str]) -> NoticeDeadline:
    told: dict[str, Any] = {**row, "days": int(row["days"])}
    return NoticeDeadline(**told)


def _key(each: NoticeDeadline) -> tuple[str, str]:
    return each.kind, each.clock


def _months_on(start: date, each: NoticeDeadline) -> date:
    """Return the same day some months later, the month's last where it has no such day."""
    months = start.month - 1 + each.days
    year, month = start.year + months // _MONTHS_A_YEAR, months % _MONTHS_A_YEAR + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
