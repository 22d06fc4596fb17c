"""Tables of deadlines: shipped with their sources, and the office's own in place of some."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

from data.calendars.working_days import WorkingDays, end_of
from data.contracts.case_vocabulary import Channel, ClockKind
from geo.errors import GridwardenError

SETTING: Final = "case_deadlines"
"""Name under which the store keeps the office's own."""
WORKING_DAYS, DAYS = UNITS = ("working_days", "days")
MOST_DAYS: Final = 400


class DeadlineError(GridwardenError):
    """A deadline is none that could hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimit:
    """Within how much time something is to be done; what of, the subclass says.

    ``days``, ``unit``: how many, and of what.
    ``source``, ``since``: who says so, and since which day.
    """

    FILE: ClassVar[Path]
    """Those that are shipped, as CSV."""
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]]
    """Field → the values that will do."""
    COUNTS: ClassVar[tuple[str, ...]] = ("days",)
    KEY: ClassVar[tuple[str, ...]]
    """The fields that say which deadline it is."""
    MOST: ClassVar[int] = MOST_DAYS

    clock: str
    """One of the subclass's `WORDS`."""
    days: int
    unit: str = WORKING_DAYS
    source: str = ""
    since: str = ""
    own: bool = False
    """Whether the office wrote it."""

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises `DeadlineError` naming the field, the value and what would do.
        """
        for name, words in self.WORDS.items():
            if getattr(self, name) not in words:
                raise DeadlineError("deadline_word", field=name, seen=getattr(self, name),
                                    expected=", ".join(filter(None, words)))  # fmt: skip
        for name in self.COUNTS:
            if not 0 <= getattr(self, name) <= self.MOST:
                raise DeadlineError("deadline_days", field=name, seen=getattr(self, name),
                                    expected=f"0–{self.MOST}")  # fmt: skip

    @classmethod
    def shipped(cls) -> tuple[Self, ...]:
        """Return those that are shipped."""
        return tuple(cls(**_counted(row, cls.COUNTS)) for row in _rows_of(cls.FILE))

    @property
    def key(self) -> tuple[str, ...]:
        """Which deadline it is."""
        return tuple(getattr(self, name) for name in self.KEY)

    def end(self, start: date, calendar: WorkingDays) -> date:
        """Return the last day of what begins on a day."""
        if self.unit == WORKING_DAYS:
            return calendar.add(start, self.days)
        return start + timedelta(days=self.days)


@cache
def _rows_of(file: Path) -> tuple[dict[str, str], ...]:
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(csv.DictReader(rows))


def _counted(row: Mapping[str, str], counts: Iterable[str]) -> dict[str, Any]:
    return {**row, **{name: int(row[name]) for name in counts}}


Limit = TypeVar("Limit", bound=TimeLimit)


class TimeLimits(Generic[Limit]):
    """All deadlines of a kind.

    ``rows``: the office's, each as `asdict` gives it: they hold before those that were shipped.
    """

    KIND: type[Limit]

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        self._rows = {each.key: each for each in self.KIND.shipped()}
        self._rows |= {each.key: each for each in (self.KIND(**one) for one in rows)}

    @property
    def rows(self) -> tuple[Limit, ...]:
        """The deadlines, in order of the clocks, then of what else says which they are."""
        clocks = self.KIND.WORDS["clock"]
        return tuple(
            sorted(self._rows.values(), key=lambda each: (clocks.index(each.clock), each.key))
        )

    def with_own(self, changed: Limit) -> Self:
        """Return the table with a deadline of the office's."""
        rows_by_key = {each.key: each for each in self.rows if each.own}
        rows_by_key[changed.key] = replace(changed, own=True)
        return type(self)(asdict(each) for each in rows_by_key.values())

    def changed_rows(self) -> list[dict[str, Any]]:
        """Return the office's own, for the store."""
        return [asdict(each) for each in self.rows if each.own]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(TimeLimit):
    """Within how many days something is to be done with a case.

    ``channel``, ``nature``: of which leads; "" of any.
    """

    FILE: ClassVar[Path] = Path(__file__).with_name("deadlines.csv")
    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "clock": tuple(ClockKind), "unit": UNITS, "channel": ("", *Channel)
    }  # fmt: skip
    COUNTS: ClassVar[tuple[str, ...]] = ("days", "extend_days")
    KEY: ClassVar[tuple[str, ...]] = ("channel", "nature", "clock")

    channel: str = ""
    nature: str = ""
    extend_days: int = 0
    """By how many of its days it may be extended, all told."""

    def due(self, start: date, calendar: WorkingDays) -> datetime:
        """Return when a clock that begins on a day runs out: at the end of its last day."""
        return end_of(self.end(start, calendar))

    def extended(self, due_at: datetime, days: int, calendar: WorkingDays) -> datetime:
        """Return when it runs out after an extension, in its own unit."""
        later = replace(self, days=days).end(due_at.date(), calendar)
        return datetime.combine(later, due_at.time())


class DeadlineTable(TimeLimits[Deadline]):
    """The deadlines of cases; of several that fit, the most special one holds."""

    KIND = Deadline

    def of(self, clock: str, *, channel: str, nature: str) -> Deadline:
        """Return the deadline of a clock for leads of a channel and a nature."""
        for place in ((channel, nature), (channel, ""), ("", nature), ("", "")):
            if found := self._rows.get((*place, clock)):
                return found
        raise DeadlineError("deadline_word", field="clock", seen=clock,
                            expected=", ".join(ClockKind))  # fmt: skip
