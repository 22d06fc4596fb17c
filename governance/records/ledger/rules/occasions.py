"""Enrolment, holidays and exams: when key institutions and people are followed up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from data.calendars.read import EXAM, HOLIDAY, SCHOOL_BREAK, TERM, Span
from geo.errors import GridwardenError

ENROLMENT_DAYS: Final = 14
"""Enrolment is so many days before and after a term begins."""
EXAM_DAYS: Final = 21
"""Before an exam is so many days before it, to its end."""
LONG_HOLIDAY_DAYS: Final = 3
"""Public holidays that are shorter are no occasion of their own."""
AHEAD_DAYS: Final = 60
"""Occasions that begin so many days from now at most are told."""
MOST_DAYS: Final = 120


class OccasionError(GridwardenError):
    """An occasion is none that could be."""


class OccasionKind(StrEnum):
    """What happens then."""

    ENROLMENT = "enrolment"
    HOLIDAY = "holiday"
    EXAM = "exam"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Occasion:
    """A stretch of days in which everybody on a key list is looked at once.

    ``own`` says whether the office wrote it, or it follows from the calendar.
    """

    first: date
    last: date
    kind: str
    name: str = ""
    own: bool = False

    def __post_init__(self) -> None:
        """Check the days and the kind.

        Raises `OccasionError` naming the field, the value and what would do.
        """
        if self.kind not in set(OccasionKind):
            raise OccasionError("occasion_wrong", field="kind", seen=self.kind,
                                expected=", ".join(OccasionKind))  # fmt: skip
        if not 0 <= (self.last - self.first).days <= MOST_DAYS:
            raise OccasionError("occasion_wrong", field="last", seen=str(self.last),
                                expected=f"{self.first} – +{MOST_DAYS}")  # fmt: skip


def occasions_of(
    spans: Iterable[Span], office_occasions: Iterable[Occasion], *, since: date, until: date
) -> tuple[Occasion, ...]:
    """Return the occasions that touch a stretch of days, the earliest first.

    Terms give enrolment, breaks and long public holidays themselves, exams the weeks before them;
    a break that begins while another occasion of the same kind lasts is one of its own.
    """
    occasions = {*office_occasions, *(each for span in spans for each in _of_span(span))}
    return tuple(sorted(each for each in occasions if each.first <= until and each.last >= since))


def _of_span(span: Span) -> list[Occasion]:
    if span.kind == TERM:
        around = timedelta(days=ENROLMENT_DAYS)
        return [Occasion(first=span.first - around, last=span.first + around,
                         kind=OccasionKind.ENROLMENT, name=span.name)]  # fmt: skip
    if span.kind == EXAM:
        ahead = timedelta(days=EXAM_DAYS)
        return [Occasion(first=span.first - ahead, last=span.last, kind=OccasionKind.EXAM,
                         name=span.name)]  # fmt: skip
    days = (span.last - span.first).days + 1
    if span.kind == SCHOOL_BREAK or (span.kind == HOLIDAY and days >= LONG_HOLIDAY_DAYS):
        last = min(span.last, span.first + timedelta(days=MOST_DAYS))
        return [Occasion(first=span.first, last=last, kind=OccasionKind.HOLIDAY, name=span.name)]
    return []


def follow_up_due(
    occasions: Iterable[Occasion], seen: Iterable[date], *, since: date, today: date, until: date
) -> Occasion | None:
    """Return the occasion in which somebody on a list is still to be looked at by a day.

    ``since``: when they came on the list: what was over before is nobody's omission.
    ``today``, ``until``: only occasions that are not over yet, and begin by the second of these.
    """
    looked = sorted(seen)
    for each in sorted(occasions):
        open_now = each.last >= max(today, since) and each.first <= until
        if open_now and not any(each.first <= day <= each.last for day in looked):
            return each
    return None
