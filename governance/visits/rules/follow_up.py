"""What comes after a visit, and when: proposed from the result, the hour and the calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from data.calendars.calendar import Calendar
from data.calendars.working_days import WorkingDays
from data.contracts.vocabulary import NextStep, VisitResult
from governance.visits.rules.settings import VisitRules
from risk.config.words import EVENING_FROM_HOUR

_FARTHEST_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What is proposed next, and the local time for it or None."""

    step: NextStep
    retry_at: datetime | None


def propose_next_step(
    result: str, at: datetime, *, rules: VisitRules, calendar: Calendar
) -> FollowUp:
    """Propose what comes after a visit.

    ``result``: one of `VisitResult`.
    ``at``: local time of the visit.
    ``calendar``: tells working days; in a year whose holidays are not announced the weekday
    decides.
    """
    name = VisitResult(result).name.lower()
    step, when = getattr(rules.next_step, name), getattr(rules.retry_when, name)
    if step == NextStep.NONE or when == "never":
        return FollowUp(step, None)
    days: int = getattr(rules.retry_days, name)
    if when == "working_day":
        return FollowUp(step, _at(WorkingDays(calendar).add(at.date(), days), rules.day_hour))
    if when == "other":
        when = _other(at, calendar)
    wanted = _next_evening if when == "evening" else _next_rest_day
    latest = _at(at.date() + timedelta(days=max(days, 1)), at.hour)
    proposed = wanted(at, rules, calendar)
    return FollowUp(step, min(proposed, latest) if proposed > at else latest)


def _other(at: datetime, calendar: Calendar) -> str:
    """Return the other kind of time: whoever was out is perhaps in then."""
    if at.hour >= EVENING_FROM_HOUR and not calendar.is_rest_day(at.date()):
        return "rest_day"
    return "evening"


def _next_evening(at: datetime, rules: VisitRules, calendar: Calendar) -> datetime:
    """Return the evening of this working day, or of the next one."""
    day = at.date()
    if calendar.is_rest_day(day) or at.hour >= rules.evening_hour - 1:
        day = WorkingDays(calendar).add(day, 1)
    return _at(day, rules.evening_hour)


def _next_rest_day(at: datetime, rules: VisitRules, calendar: Calendar) -> datetime:
    days = (at.date() + timedelta(days=n) for n in range(1, _FARTHEST_DAYS))
    return _at(next(day for day in days if calendar.is_rest_day(day)), rules.day_hour)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour))
