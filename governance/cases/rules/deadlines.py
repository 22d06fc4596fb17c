"""The deadlines by channel, nature and clock: shipped with their sources, and the office's own."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from data.contracts.case_vocabulary import Channel, ClockKind
from geo.errors import GridwardenError
from governance.cases.rules.clocks import WorkingDays, end_of

SHIPPED: Final = Path(__file__).with_name("deadlines.csv")
SETTING: Final = "case_deadlines"
"""Name under which the store keeps the office's own."""
WORKING_DAYS: Final = "working_days"
UNITS: Final = (WORKING_DAYS, "days")
MOST_DAYS: Final = 400


class DeadlineError(GridwardenError):
    """A deadline is none that could hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Within how many days something is to be done.

    Parameters
    ----------
    channel, nature
        Of which leads; "" of any.
    clock
        One of `ClockKind`.
    days, unit
        How many, and whether working days or all (`UNITS`).
    extend_days
        By how many of them it may be extended, all told.
    source, since
        Who says so, and since which day.
    own
        Whether the office wrote it.
    """

    clock: str
    days: int
    channel: str = ""
    nature: str = ""
    unit: str = WORKING_DAYS
    extend_days: int = 0
    source: str = ""
    since: str = ""
    own: bool = False

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises
        ------
        DeadlineError
            Naming the field, the value and what would do.
        """
        expected: dict[str, tuple[str, ...]] = {
            "clock": tuple(ClockKind), "unit": UNITS, "channel": ("", *Channel)
        }  # fmt: skip
        for name, words in expected.items():
            if getattr(self, name) not in words:
                raise DeadlineError("deadline_word", field=name, seen=getattr(self, name),
                                    expected=", ".join(filter(None, words)))  # fmt: skip
        for name in ("days", "extend_days"):
            if not 0 <= getattr(self, name) <= MOST_DAYS:
                raise DeadlineError("deadline_days", field=name, seen=getattr(self, name),
                                    expected=f"0–{MOST_DAYS}")  # fmt: skip

    def due(self, start: date, calendar: WorkingDays) -> datetime:
        """Return when a clock that begins on a day runs out: at the end of its last day."""
        if self.unit == WORKING_DAYS:
            return end_of(calendar.add(start, self.days))
        return end_of(start + timedelta(days=self.days))

    def extended(self, due_at: datetime, days: int, calendar: WorkingDays) -> datetime:
        """Return when it runs out after an extension, in its own unit."""
        if self.unit == WORKING_DAYS:
            return datetime.combine(calendar.add(due_at.date(), days), due_at.time())
        return due_at + timedelta(days=days)


class DeadlineTable:
    """All deadlines; of several that fit, the most special one holds.

    Parameters
    ----------
    own
        The office's, each as `asdict` gives it: they hold before those that were shipped.
    """

    def __init__(self, own: Iterable[Mapping[str, Any]] = ()) -> None:
        rows = {_key(each): each for each in shipped_deadlines()}
        rows |= {_key(each): each for each in (Deadline(**one) for one in own)}
        self._rows = rows

    @property
    def rows(self) -> tuple[Deadline, ...]:
        """The deadlines, by clock, channel and nature."""
        order = list(ClockKind)
        return tuple(
            sorted(
                self._rows.values(),
                key=lambda each: (order.index(ClockKind(each.clock)), each.channel, each.nature),
            )
        )

    def of(self, clock: str, *, channel: str, nature: str) -> Deadline:
        """Return the deadline of a clock for leads of a channel and a nature."""
        for place in ((channel, nature), (channel, ""), ("", nature), ("", "")):
            if found := self._rows.get((*place, clock)):
                return found
        raise DeadlineError("deadline_word", field="clock", seen=clock,
                            expected=", ".join(ClockKind))  # fmt: skip

    def with_own(self, changed: Deadline) -> Self:
        """Return the table with a deadline of the office's."""
        own = {_key(each): each for each in self.rows if each.own}
        own[_key(changed)] = replace(changed, own=True)
        return type(self)(asdict(each) for each in own.values())

    def own(self) -> list[dict[str, Any]]:
        """Return the office's own, for the store."""
        return [asdict(each) for each in self.rows if each.own]


@cache
def shipped_deadlines() -> tuple[Deadline, ...]:
    """Return the deadlines that are shipped."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return tuple(Deadline(**_read_row(row)) for row in csv.DictReader(file))


def _read_row(row: Mapping[str, str]) -> dict[str, Any]:
    return {**row, "days": int(row["days"]), "extend_days": int(row["extend_days"])}


def _key(each: Deadline) -> tuple[str, str, str]:
    return each.channel, each.nature, each.clock
