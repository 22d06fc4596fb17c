"""Working days: when a clock runs out, how long it has left, and its card."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from data.calendars.calendar import Calendar

END_OF_DAY: Final = time(23, 59)


class Card(StrEnum):
    """How urgent a clock is; the value is the card that inspectors show."""

    NONE = ""
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a clock shows on a day."""

    days_left: int
    """Working days after today until it runs out; never below 0."""
    overdue_days: int
    """Working days since it ran out, 0 while it runs."""

    @property
    def balance(self) -> int:
        """Working days that are left, below 0 where it has run out."""
        return self.days_left - self.overdue_days

    @property
    def card(self) -> Card:
        """Red from the first working day overdue, yellow from one working day before it is due."""
        if self.overdue_days:
            return Card.RED
        return Card.YELLOW if self.days_left <= 1 else Card.NONE


class WorkingDays:
    """Counts working days by a calendar; in a year without announced holidays by weekday."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: dict[date, bool] = {}

    def works_on(self, day: date) -> bool:
        """Say whether offices work on a day."""
        if day not in self._known:
            self._known[day] = not self._calendar.is_rest_day(day)
        return self._known[day]

    def add(self, start: date, count: int) -> date:
        """Return the day so many working days after another, or before it; itself for 0."""
        day = start
        while count > 0:
            day += timedelta(days=1)
            count -= self.works_on(day)
        while count < 0:
            count += self.works_on(day)
            day -= timedelta(days=1)
        return day

    def between(self, start: date, end: date) -> int:
        """Count the working days after a day up to another; 0 where it is not later."""
        return sum(
            self.works_on(start + timedelta(days=n)) for n in range(1, (end - start).days + 1)
        )

    def read(self, due_at: datetime, today: date) -> ClockReading:
        """Return what a clock that runs out at a time shows on a day."""
        due = due_at.date()
        return ClockReading(self.between(today, due), self.between(due, today))

    def card_borders(self, today: date) -> tuple[date, date]:
        """Return the days before which a due day has the red card, and at least the yellow one."""
        latest = today
        while not self.works_on(latest):
            latest -= timedelta(days=1)
        return latest, self.add(today, 2)


def end_of(day: date) -> datetime:
    """Return the time at which what is due on a day runs out."""
    return datetime.combine(day, END_OF_DAY)
