"""One clock and one time zone of the office.

The store keeps naive UTC times, the lake naive local times: both are turned into each other here
and nowhere else, by the zone of the office (``[office] time_zone``) and never by the machine's.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_ZONE_NAME: Final = "Asia/Shanghai"
DEFAULT_ZONE: Final = ZoneInfo(DEFAULT_ZONE_NAME)


def utc_naive(aware: datetime) -> datetime:
    """Return an aware time as naive UTC, as the store keeps it."""
    return aware.astimezone(UTC).replace(tzinfo=None)


def local_naive(aware: datetime, zone: tzinfo) -> datetime:
    """Return an aware time as naive wall-clock time in a zone, as the lake keeps it."""
    return aware.astimezone(zone).replace(tzinfo=None)


def start_of(day: date) -> datetime:
    """Return the first moment of a day, local as the day."""
    return datetime.combine(day, time.min)


def local_times(utc: pd.Series, zone: tzinfo) -> pd.Series:
    """Return naive UTC times as naive wall-clock times in a zone, in microseconds."""
    local = utc.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    times: pd.Series = local.astype("datetime64[us]")
    return times


@dataclass(frozen=True, slots=True)
class Clock:
    """What tells the time of an office."""

    now: Callable[[], datetime]
    """Gives the moment, aware."""
    zone: tzinfo = DEFAULT_ZONE
    """Time zone of the office."""

    def utc(self) -> datetime:
        """Return the moment as naive UTC."""
        return utc_naive(self.now())

    def local(self) -> datetime:
        """Return the moment as naive wall-clock time of the office."""
        return local_naive(self.now(), self.zone)

    def today(self) -> date:
        """Return the day that the office has."""
        return self.local().date()

    def to_local(self, utc: datetime) -> datetime:
        """Return a time (naive UTC, or aware) as naive wall-clock time of the office."""
        aware = utc if utc.tzinfo else utc.replace(tzinfo=UTC)
        return local_naive(aware, self.zone)

    def to_utc(self, local: datetime) -> datetime:
        """Return a time (naive wall-clock time of the office, or aware) as naive UTC.

        Of an hour that comes twice when the clocks go back, the first is meant.
        """
        return utc_naive(local if local.tzinfo else local.replace(tzinfo=self.zone))


def months_on(start: date, count: int) -> date:
    """Return the same day some months later, the month's last where it has no such day.

    ``count``: of months; earlier where it is negative.
    """
    years, month = divmod(start.month - 1 + count, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
