"""Read from the title of a sheet, its name or that of its file of which year its days are."""

import calendar
import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from data.ingest.batches import CheckOptions, SourceBatch

_DAY: Final = re.compile(
    r"(?<!\d)(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?"
)
_MONTH: Final = re.compile(r"(?<!\d)(20\d{2})\s*[-/.年]\s*(\d{1,2})(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)(20\d{2})\s*(?:年|[-./]\s*\d{1,2}(?!\d))|^\s*(20\d{2})\s*$")


def dated(options: CheckOptions, batch: SourceBatch) -> CheckOptions:
    """Return options with the year of days that name none, or the last day that they can be.

    The first text counts that says anything: title, sheet, file name.
    """
    for text in (batch.heading, batch.sheet, options.file_name):
        year, day = year_named(text), day_named(text)
        if year:
            return replace(options, year=options.year or year)
        if day:
            return replace(options, as_of=min(day, options.now))
    return options


def year_named(text: str) -> int | None:
    """Return the one year that a title names, None for none or several.

    A whole day (填报日期：2025年1月5日) is when the sheet was written; several days are a span,
    whose year is one where both ends are in it.
    """
    named = {int(year or alone) for year, alone in _YEAR.findall(_DAY.sub(" ", text))}
    days = set(_DAY.findall(text))
    if not named and len(days) > 1:
        named = {int(year) for year, _, _ in days}
    return named.pop() if len(named) == 1 else None


def day_named(text: str) -> datetime | None:
    """Return the end of the last day that a title names, of a month or year its last."""
    days = [(*map(int, found), 0)[:3] for found in _DAY.findall(text)]
    days += [(int(year), int(month), 31) for year, month in _MONTH.findall(_DAY.sub(" ", text))]
    days += [(int(year or alone), 12, 31) for year, alone in _YEAR.findall(text) if not days]
    ends = [_end_of(*day) for day in days]
    return max((end for end in ends if end), default=None)


def _end_of(year: int, month: int, day: int) -> datetime | None:
    """Return the last minute of a day, or of its month where that has no such day."""
    if not 1 <= month <= 12:  # noqa: PLR2004 -- months
        return None
    last = calendar.monthrange(year, month)[1]
    return datetime(year, month, min(max(day, 1), last), 23, 59)  # noqa: DTZ001 -- local times
