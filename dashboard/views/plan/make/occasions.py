"""What campaigns are made for: breaks and holidays that are known, and those that come anyway.

A break that nobody has entered has no days here: they are unknown, and a person fills them in.
"""

from __future__ import annotations

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
_LABOUR_DAY, _LABOUR_DAYS = (5, 1), 5
_SUMMER_AHEAD = range(3, 9)  # months in which the next break is the summer's


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing that campaigns are made for.

    Parameters
    ----------
    label
        What it is called where one is chosen.
    name, focus
        What its campaign is called and is about; empty for a person to say.
    floor_days
        Within how many days it visits a building at least once.
    first, last
        Its days; None where they are unknown.
    announced
        Whether the days are from the calendar rather than supposed.
    """

    label: str
    name: str
    focus: str
    floor_days: int
    first: date | None
    last: date | None
    announced: bool = True


def occasions(spans: pd.DataFrame, *, today: date, say: Translator) -> list[Occasion]:
    """Return what a campaign can be made for: the next known days first, any other days last.

    Parameters
    ----------
    spans
        The calendar's ``first, last, kind, name``.
    today
        Local day; what is over by then is left out.
    say
        Wording.
    """
    ahead = spans[spans["kind"].isin([SCHOOL_BREAK, HOLIDAY])]
    rows: list[Any] = list(ahead.itertuples(index=False))
    found = [_known(row, today=today, say=say) for row in rows if _plain_day(row.last) >= today]
    known = sorted(found, key=lambda each: (each.first or today, each.label))[:_MOST_KNOWN]
    return [*known, *_coming_anyway(rows, today=today, say=say), _other(today, say=say)]


def _known(row: Any, *, today: date, say: Translator) -> Occasion:  # noqa: ANN401 -- a row of itertuples
    first, last = max(_plain_day(row.first), today), _plain_day(row.last)
    name = str(row.name) or say.name("day_kind", str(row.kind))
    of_school = row.kind == SCHOOL_BREAK
    return Occasion(
        label=f"{name} · {short_span(first, last, say=say)}",
        name=say("{occasion} campaign", occasion=name),
        focus=_focus(of_school=of_school, say=say),
        floor_days=BREAK_FLOOR_DAYS if of_school else HOLIDAY_FLOOR_DAYS,
        first=first, last=last,
    )  # fmt: skip


def _coming_anyway(rows: list[Any], *, today: date, say: Translator) -> list[Occasion]:
    """Return the next school break and the next Labour Day where the calendar lacks them."""
    added = []
    if not any(row.kind == SCHOOL_BREAK and _plain_day(row.last) >= today for row in rows):
        name = say("Summer break") if today.month in _SUMMER_AHEAD else say("Winter break")
        added.append(
            Occasion(
                label=say("{occasion} · days not entered", occasion=name),
                name=say("{occasion} campaign", occasion=name),
                focus=_focus(of_school=True, say=say), floor_days=BREAK_FLOOR_DAYS,
                first=None, last=None, announced=False,
            )
        )  # fmt: skip
    first = _next_labour_day(today)
    if not any(_plain_day(row.first) <= first <= _plain_day(row.last) for row in rows):
        last = first + timedelta(days=_LABOUR_DAYS - 1)
        name = say("Labour Day")
        added.append(
            Occasion(
                label=say("{occasion} · from {day}, not announced", occasion=name,
                          day=day_text(first, say=say)),
                name=say("{occasion} campaign", occasion=name),
                focus=_focus(of_school=False, say=say), floor_days=HOLIDAY_FLOOR_DAYS,
                first=first, last=last, announced=False,
            )
        )  # fmt: skip
    return added


def _other(today: date, *, say: Translator) -> Occasion:
    return Occasion(
        label=say("other days"), name="", focus="", floor_days=OTHER_FLOOR_DAYS,
        first=today + timedelta(days=1), last=today + timedelta(days=OTHER_DAYS),
    )  # fmt: skip


def _focus(*, of_school: bool, say: Translator) -> str:
    return say("Classes held in the break") if of_school else say("Classes held on days off")


def _next_labour_day(today: date) -> date:
    this = date(today.year, *_LABOUR_DAY)
    return this if this >= today else date(today.year + 1, *_LABOUR_DAY)


def _plain_day(value: Any) -> date:  # noqa: ANN401 -- a day or a time
    found: date = value.date() if hasattr(value, "date") else value
    return found
