"""What campaigns are made for: breaks and holidays that are known, and those that come anyway.

A break that nobody has entered has no days here: they are unknown, and a person fills them in.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from dashboard.i18n import Translator
from dashboard.i18n.patrol import day_text, short_span
from data.calendars.read import HOLIDAY, SCHOOL_BREAK

BREAK_FLOOR_DAYS: Final = 14
HOLIDAY_FLOOR_DAYS = OTHER_FLOOR_DAYS = 30
OTHER_DAYS: Final = 14
_MOST_KNOWN = 6
_YEAR: Final = timedelta(days=365)
_FIXED_HOLIDAYS: Final = ((1, 1, 3), (5, 1, 5), (10, 1, 7))
"""Month, day and usual number of days of New Year, Labour Day and National Day."""
_SUMMER_AHEAD = range(3, 9)  # months in which the next break is the summer's


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing that campaigns are made for.

    ``label`` is what it is called where one is chosen; ``name`` and ``focus`` what its campaign is
    called and is about, empty for a person to say. It visits a building at least once within
    ``floor_days``, from the ``first`` to the ``last`` day: None where unknown, and supposed rather
    than from the calendar where not ``announced``.
    """

    label: str
    name: str
    focus: str
    floor_days: int
    first: date | None
    last: date | None
    announced: bool = True


def occasions(spans: pd.DataFrame, *, today: date, say: Translator) -> list[Occasion]:
    """Return what a campaign can be made for, the next first; those without days, any days last.

    ``spans``: the calendar's ``first, last, kind, name``.
    ``today``: local day; what is over by then is left out.
    """
    ahead = spans[spans["kind"].isin([SCHOOL_BREAK, HOLIDAY])]
    rows: list[Any] = list(ahead.itertuples(index=False))
    coming = [
        _known(row, today=today, say=say)
        for row in rows
        if _plain_day(row.last) >= today and _plain_day(row.first) <= today + _YEAR
    ]
    known = sorted(coming, key=lambda each: (each.first or today, each.label))[:_MOST_KNOWN]
    every = [*known, *_usual_occasions(rows, today=today, say=say)]
    every.sort(key=lambda each: (each.first is None, each.first or today))
    return [*every, _other(today, say=say)]


def _known(row: Any, *, today: date, say: Translator) -> Occasion:  # noqa: ANN401 -- a row of itertuples
    first, last = max(_plain_day(row.first), today), _plain_day(row.last)
    name = str(row.name) or say.name("day_kind", str(row.kind))
    name = say.name("holiday", name) if say.knows("holiday", name) else name
    label = f"{name} · {short_span(first, last, say=say)}"
    of_school = row.kind == SCHOOL_BREAK
    return _occasion(name, label, of_school=of_school, days=(first, last), announced=True, say=say)


def _occasion(
    name: str,
    label: str,
    *,
    of_school: bool,
    days: tuple[date | None, date | None],
    announced: bool,
    say: Translator,
) -> Occasion:
    """Return a school break or a holiday as campaigns of such days usually are."""
    return Occasion(
        label=label,
        name=say("{occasion} campaign", occasion=name),
        focus=say("Classes held in the break") if of_school else say("Classes held on days off"),
        floor_days=BREAK_FLOOR_DAYS if of_school else HOLIDAY_FLOOR_DAYS,
        first=days[0],
        last=days[1],
        announced=announced,
    )


def _usual_occasions(rows: list[Any], *, today: date, say: Translator) -> list[Occasion]:
    """Return the next school break, and holidays of fixed days, where the calendar lacks them."""
    added = []
    if not any(row.kind == SCHOOL_BREAK and _plain_day(row.last) >= today for row in rows):
        name = say("Summer break") if today.month in _SUMMER_AHEAD else say("Winter break")
        label = say("{occasion} · days not entered", occasion=name)
        added.append(
            _occasion(name, label, of_school=True, days=(None, None), announced=False, say=say)
        )
    names = (say("New Year"), say("Labour Day"), say("National Day"))
    for name, (month, day, length) in zip(names, _FIXED_HOLIDAYS, strict=True):
        first = _next(month, day, today=today)
        if any(_plain_day(row.first) <= first <= _plain_day(row.last) for row in rows):
            continue
        days = (first, first + timedelta(days=length - 1))
        label = say("{occasion} · from {day}, not announced", occasion=name,
                    day=day_text(first, say=say))  # fmt: skip
        added.append(_occasion(name, label, of_school=False, days=days, announced=False, say=say))
    return added


def _other(today: date, *, say: Translator) -> Occasion:
    return Occasion(
        label=say("other days"), name="", focus="", floor_days=OTHER_FLOOR_DAYS,
        first=today + timedelta(days=1), last=today + timedelta(days=OTHER_DAYS),
    )  # fmt: skip


def _next(month: int, day: int, *, today: date) -> date:
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)


def _plain_day(value: Any) -> date:  # noqa: ANN401 -- a day or a time
    day: date = value.date() if hasattr(value, "date") else value
    return day
