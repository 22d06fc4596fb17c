"""The periods that bulletins are about: ISO weeks, months, quarters, school breaks and holidays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from data.calendars.calendar import Calendar
from data.calendars.read import HOLIDAY, SCHOOL_BREAK, Span
from data.workspace.clock import start_of
from geo.errors import GridwardenError

WEEK, QUARTER_MONTHS, YEAR_MONTHS = timedelta(days=7), 3, 12
MOST_OF_KIND: Final = {"weekly": 26, "monthly": 24, "quarterly": 8, "campaign": 12}
"""So many of each kind are offered."""


class BulletinKind(StrEnum):
    """What sort of bulletin, by its period."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    CAMPAIGN = "campaign"


class CampaignName(StrEnum):
    """Stretches of days in which a street looks more than otherwise."""

    WINTER = "winter_break"
    SUMMER = "summer_break"
    MAY = "may_holiday"
    NATIONAL = "national_holiday"


class PeriodError(GridwardenError):
    """There is no such period, or it has not begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of whole days.

    ``first``, ``last``: both belong to it.
    """

    kind: BulletinKind
    """What sort of bulletin is about it."""
    key: str
    """``2026-W47``, ``2026-11``, ``2026-Q4`` or ``2026-summer_break``."""
    first: date
    last: date

    @property
    def begun(self) -> datetime:
        """Its first moment, local time."""
        return start_of(self.first)

    @property
    def ended(self) -> datetime:
        """The first moment after it, local time."""
        return start_of(self.last + timedelta(days=1))


def period_of(kind: BulletinKind, day: date, calendar: Calendar) -> Period | None:
    """Return the period of a kind that holds a day; None where no campaign does."""
    if kind == BulletinKind.WEEKLY:
        year, week, weekday = day.isocalendar()
        first = day - timedelta(days=weekday - 1)
        return Period(kind=kind, key=f"{year}-W{week:02}", first=first,
                      last=first + WEEK - timedelta(days=1))  # fmt: skip
    if kind == BulletinKind.CAMPAIGN:
        held = (each for each in campaigns(calendar) if each.first <= day <= each.last)
        return next(held, None)
    size = 1 if kind == BulletinKind.MONTHLY else QUARTER_MONTHS
    month = (day.month - 1) // size * size + 1
    first = date(day.year, month, 1)
    key = f"{day.year}-{month:02}" if size == 1 else f"{day.year}-Q{(month + 2) // QUARTER_MONTHS}"
    last = _months_later(first, size) - timedelta(days=1)
    return Period(kind=kind, key=key, first=first, last=last)


def read_period(kind: BulletinKind, key: str, calendar: Calendar) -> Period:
    """Return a period by its key.

    Raises `PeriodError`: ``period_unknown``.
    """
    try:
        day = _first_day(kind, key)
    except ValueError:
        day = None
    known = campaigns(calendar) if kind == BulletinKind.CAMPAIGN else ()
    found = [each for each in known if each.key == key]
    found += [each for each in [day and period_of(kind, day, calendar)] if each and each.key == key]
    if not found:
        raise PeriodError("period_unknown", kind=kind.value, seen=key, expected=EXAMPLES[kind])
    return found[0]


EXAMPLES: Final = {
    BulletinKind.WEEKLY: "2026-W47",
    BulletinKind.MONTHLY: "2026-11",
    BulletinKind.QUARTERLY: "2026-Q4",
    BulletinKind.CAMPAIGN: "2026-summer_break",
}


def period_before(period: Period, calendar: Calendar) -> Period:
    """Return the period just before; before a campaign lie as many days as it has."""
    eve = period.first - timedelta(days=1)
    if period.kind != BulletinKind.CAMPAIGN:
        found = period_of(period.kind, eve, calendar)
        if found is not None:
            return found
    length = period.last - period.first
    return Period(kind=period.kind, key="", first=eve - length, last=eve)


def period_of_last_year(period: Period, calendar: Calendar) -> Period | None:
    """Return the same period of the year before; None where no such one is known.

    The week of the same ISO number, the last one of a year that has fewer.
    """
    if period.kind == BulletinKind.CAMPAIGN:
        same = f"{period.last.year - 1}{period.key[4:]}"
        return next((each for each in campaigns(calendar) if each.key == same), None)
    if period.kind == BulletinKind.WEEKLY:
        year, week, _ = period.first.isocalendar()
        last_week = date(year - 1, 12, 28).isocalendar().week
        day = date.fromisocalendar(year - 1, min(week, last_week), 1)
    else:
        day = _months_later(period.first, -YEAR_MONTHS)
    return period_of(period.kind, day, calendar)


def periods_until(kind: BulletinKind, today: date, calendar: Calendar) -> list[Period]:
    """Return the periods of a kind that have begun, newest first."""
    most = MOST_OF_KIND[kind]
    if kind == BulletinKind.CAMPAIGN:
        begun = [each for each in campaigns(calendar) if each.first <= today]
        return sorted(begun, key=lambda each: each.first, reverse=True)[:most]
    found = [period_of(kind, today, calendar)]
    while len(found) < most and (period := found[-1]) is not None:
        found.append(period_before(period, calendar))
    return [each for each in found if each is not None]


def campaigns(calendar: Calendar) -> list[Period]:
    """Return every school break and every May and National holiday that the calendar knows.

    Each stands once, under the year in which it ends; of two spans the later written one holds.
    """
    named = {f"{span.last.year}-{name.value}": span for name, span in _campaign_spans(calendar)}
    return [
        Period(kind=BulletinKind.CAMPAIGN, key=key, first=span.first, last=span.last)
        for key, span in named.items()
    ]


def _campaign_spans(calendar: Calendar) -> Iterator[tuple[CampaignName, Span]]:
    for span in calendar.spans:
        if span.kind == SCHOOL_BREAK:
            winter = span.first.month in {12, 1, 2}
            yield (CampaignName.WINTER if winter else CampaignName.SUMMER), span
        elif span.kind == HOLIDAY:
            for name, month in ((CampaignName.MAY, 5), (CampaignName.NATIONAL, 10)):
                if span.first <= date(span.last.year, month, 1) <= span.last:
                    yield name, span


def _first_day(kind: BulletinKind, key: str) -> date | None:
    if kind == BulletinKind.WEEKLY:
        return date.fromisocalendar(int(key[:4]), int(key[6:]), 1)
    if kind == BulletinKind.MONTHLY:
        return date(int(key[:4]), int(key[5:]), 1)
    if kind == BulletinKind.QUARTERLY:
        return date(int(key[:4]), int(key[6:]) * QUARTER_MONTHS - 2, 1)
    return None


def _months_later(first: date, months: int) -> date:
    count = first.year * YEAR_MONTHS + first.month - 1 + months
    return date(count // YEAR_MONTHS, count % YEAR_MONTHS + 1, 1)
