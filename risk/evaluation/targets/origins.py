"""Origins of a backtest and the evaluation window after each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Self

import pandas as pd

from geo.errors import GridwardenError

_SPAN: Final = re.compile(r"(?P<count>\d{1,4})\s*(?P<unit>d|days?|w|weeks?|mo?|months?)?")
_DAYS_PER_WEEK: Final = 7
_ORIGIN_PARTS: Final = 3
MOST_ORIGINS: Final = 500
USUAL_ORIGINS: Final = 8
HISTORY_DAYS: Final = 270
"""History before the first origin: a burn-in of five months and two windows to learn from."""


class SplitError(GridwardenError):
    """The origins or horizons asked for make no backtest."""


@dataclass(frozen=True, order=True)
class Span:
    """A length of time in days or in calendar months.

    ``days``, ``months``: one of them is above 0, the other 0.
    """

    days: int = 0
    months: int = 0

    def __post_init__(self) -> None:
        """Check that exactly one is positive."""
        if min(self.days, self.months) != 0 or max(self.days, self.months) <= 0:
            raise SplitError("span_unreadable", seen=str(self), expected="90d, 8w or 2mo")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``90d``, ``8w`` or ``2mo``; a bare number counts days.

        Raises `SplitError` when the text is no such span.
        """
        match = _SPAN.fullmatch(text.strip().lower())
        if match is None or int(match["count"]) == 0:
            raise SplitError("span_unreadable", seen=text, expected="90d, 8w or 2mo")
        count, unit = int(match["count"]), (match["unit"] or "d")[0]
        if unit == "m":
            return cls(months=count)
        return cls(days=count * (_DAYS_PER_WEEK if unit == "w" else 1))

    def after(self, moment: datetime) -> datetime:
        """Return the moment this much later; a month's last day stands in for a missing one."""
        return self._moved(moment, 1)

    def before(self, moment: datetime) -> datetime:
        """Return the moment this much earlier."""
        return self._moved(moment, -1)

    def _moved(self, moment: datetime, direction: int) -> datetime:
        step = pd.DateOffset(days=direction * self.days, months=direction * self.months)
        return (pd.Timestamp(moment) + step).to_pydatetime()

    def __str__(self) -> str:
        """Write the span as it is read."""
        return f"{self.months}mo" if self.months else f"{self.days}d"


@dataclass(frozen=True, kw_only=True)
class Split:
    """One origin of a backtest: what came before it is known, what comes until ``end`` is asked."""

    origin: datetime
    """First moment of the window, naive local time; what was learnt or happened at it is unknown.
    """
    end: datetime
    """First moment after the window."""

    @property
    def horizon_days(self) -> int:
        """Length of the window in days."""
        return (self.end - self.origin).days


def read_origins(text: str) -> tuple[list[datetime], Span]:
    """Read ``FROM:TO:EVERY``, such as ``2013-01-01:2014-07-01:2mo``; TO is the last origin.

    The result: local midnights in order; both ends included where the steps meet them.

    Raises `SplitError` when a part is unreadable, TO lies before FROM, or there are more than
    `MOST_ORIGINS`.
    """
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != _ORIGIN_PARTS:
        raise SplitError("origins_unreadable", seen=text, expected="FROM:TO:EVERY")
    first, last = (_read_day(part) for part in parts[:2])
    every = Span.parse(parts[2])
    origins = [first]
    while len(origins) <= MOST_ORIGINS and (following := _nth(first, every, len(origins))) <= last:
        origins.append(following)
    if first > last or len(origins) > MOST_ORIGINS:
        raise SplitError("origins_out_of_number", seen=text, expected=MOST_ORIGINS)
    return origins, every


def choose_origins(first: datetime, end: datetime, horizon: Span) -> list[datetime]:
    """Choose the last origins with a full window each, a horizon apart, in order.

    ``first``: earliest visit; no origin lies within `HISTORY_DAYS` of it. ``end``: first midnight
    after the data.

    The result: at most `USUAL_ORIGINS`.

    Raises `SplitError` when there is no room for a single one.
    """
    earliest = first + timedelta(days=HISTORY_DAYS)
    origins: list[datetime] = []
    origin = horizon.before(end)
    while origin >= earliest and len(origins) < USUAL_ORIGINS:
        origins.append(origin)
        origin = horizon.before(origin)
    if not origins:
        raise SplitError(
            "history_too_short",
            seen=(end - first).days,
            expected=HISTORY_DAYS,
            horizon=str(horizon),
        )
    return origins[::-1]


def split_at(origins: Sequence[datetime], horizon: Span) -> list[Split]:
    """Make one split per origin, each looking one horizon ahead."""
    return [Split(origin=origin, end=horizon.after(origin)) for origin in origins]


def _nth(first: datetime, every: Span, count: int) -> datetime:
    """Step from the first day, so that a short month does not shift every later origin."""
    return Span(days=every.days * count, months=every.months * count).after(first)


def _read_day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time.min)
    except ValueError as error:
        raise SplitError("origins_unreadable", seen=text, expected="YYYY-MM-DD") from error
