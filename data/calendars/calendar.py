"""Which days are holidays, made-up working days, school breaks and days before exams.

China's public holidays and the weekends worked in exchange (调休) are announced year by year; those
announced when this was shipped are in ``calendars/china.csv``. School breaks, terms and exams are
set locally and are the office's to write, in ``calendar.csv`` of its workspace, where it can also
add a year that was announced since. What nobody has announced is unknown, and says so: never "no".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Final, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.calendars.read import (
    ANNOUNCED,
    EXAM,
    HOLIDAY,
    KINDS,
    MAKEUP_WORKDAY,
    SCHOOL_BREAK,
    TERM,
    CalendarError,
    Span,
    read_spans,
)
from data.workspace.folder import Workspace

SHIPPED_FILE: Final = Path(__file__).with_name("china.csv")
OFFICE_FILE: Final = "calendar.csv"

SCHOOL_TERM_UNKNOWN, HOLIDAYS_UNKNOWN = "school_term_unknown", "holidays_unknown"

SATURDAY: Final = 5
BEFORE_EXAM_DAYS: Final = 21
_KEPT: Final = 4
DAY_COLUMNS: Final = (
    *("day", "weekday", "is_holiday", "is_makeup_workday", "is_rest_day"),
    *("school_break", "before_exam"),
)


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What is known about days."""

    spans: tuple[Span, ...]
    """In order: where two say holiday and made-up working day of one day, the later one holds."""
    before_exam_days: int = BEFORE_EXAM_DAYS
    """How many days before the first day of an exam count as "before the exam"."""

    @classmethod
    @cache
    def shipped(cls) -> Self:
        """Return China's public holidays as announced when this was shipped."""
        return cls(spans=read_spans(SHIPPED_FILE))

    @classmethod
    def read(cls, workspace: Workspace) -> Self:
        """Return what was shipped with what the office has written over it.

        Raises `CalendarError` listing every row of the office's file that cannot be used.
        """
        path = workspace.root / OFFICE_FILE
        return cls._of(cls.shipped().spans + (read_spans(path) if path.is_file() else ()))

    @classmethod
    @lru_cache(maxsize=_KEPT)
    def _of(cls, spans: tuple[Span, ...]) -> Self:
        """Return the calendar of some spans, with what was worked out of it before."""
        return cls(spans=spans)

    def day_kinds(self, days: Sequence[date] | NDArray[np.datetime64]) -> pd.DataFrame:
        """Describe days.

        ``days``: local days or times, shape (n,).

        Returns columns `DAY_COLUMNS`, rows as given: ``weekday`` 1 (Monday) to 7, the rest true,
        false or unknown (``<NA>``). A rest day is a holiday, or a weekend that is not worked.
        Before an exam is known from ``before_exam_days`` before the first exam of the table to the
        end of the last one.
        """
        day = np.asarray(days, dtype="datetime64[D]")
        weekday = (day.astype(np.int64) + 3) % 7  # day 0 of 1970 was a Thursday
        holiday, makeup = (_inside(day, self._days[kind]) for kind in (HOLIDAY, MAKEUP_WORKDAY))
        announced = _inside(day, self._days[ANNOUNCED])
        resting = holiday | ((weekday >= SATURDAY) & ~makeup)
        school = self._days[SCHOOL_BREAK], self._days[TERM]
        on_break = _inside(day, school[0])
        return pd.DataFrame(
            {
                "day": day.astype("datetime64[us]"),
                "weekday": weekday + 1,
                "is_holiday": _known(holiday, announced),
                "is_makeup_workday": _known(makeup, announced),
                "is_rest_day": _known(resting, announced),
                "school_break": _known(on_break, on_break | _inside(day, school[1])),
                "before_exam": _known(*self._exams(day)),
            }
        )

    def is_working_day(self, day: date) -> bool:
        """Say whether offices work on a day.

        Raises `CalendarError` when the holidays of its year are not announced.
        """
        if day not in self._announced:
            raise CalendarError(
                "calendar_year_unknown",
                year=day.year,
                what_to_do=f"Write the announced holidays and make-up days into {OFFICE_FILE}.",
            )
        return day in self._working_days

    def is_rest_day(self, day: date) -> bool:
        """Say whether offices rest on a day; by its weekday where the year is not announced."""
        try:
            return not self.is_working_day(day)
        except CalendarError:
            return day.weekday() >= SATURDAY

    def unknown_years(self, first: int, last: int) -> list[int]:
        """List the years from ``first`` to ``last`` with days whose holidays are not announced."""
        return [year for year in range(first, last + 1) if not _days_of(year) <= self._announced]

    @cached_property
    def _days(self) -> dict[str, NDArray[np.datetime64]]:
        """Days of each kind, sorted; a later span overrules an earlier one on work or rest."""
        days: dict[str, set[date]] = {kind: set() for kind in KINDS}
        for span in self.spans:
            in_span = set(_days_in(span))
            days[span.kind] |= in_span
            if span.kind == HOLIDAY:
                days[MAKEUP_WORKDAY] -= in_span
            if span.kind == MAKEUP_WORKDAY:
                days[HOLIDAY] -= in_span
        return {kind: np.array(sorted(d), dtype="datetime64[D]") for kind, d in days.items()}

    @cached_property
    def _announced(self) -> frozenset[date]:
        return frozenset(self._days[ANNOUNCED].tolist())

    @cached_property
    def _working_days(self) -> frozenset[date]:
        announced = self._days[ANNOUNCED]
        rest = self.day_kinds(announced)["is_rest_day"].to_numpy(bool)
        return frozenset(announced[~rest].tolist())

    def _exams(self, day: NDArray[np.datetime64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which days are before an exam, and for which days that is known."""
        exams = [span for span in self.spans if span.kind == EXAM]
        before, ahead = np.zeros(len(day), dtype=bool), np.timedelta64(self.before_exam_days, "D")
        if not exams:
            return before, before
        firsts = np.array([span.first for span in exams], dtype="datetime64[D]")
        for first in firsts:
            before |= (day >= first - ahead) & (day < first)
        last = np.datetime64(max(span.last for span in exams), "D")
        return before, (day >= firsts.min() - ahead) & (day <= last)


def calendar_notes(first: date, last: date, calendar: Calendar) -> list[str]:
    """Return what the calendar does not know of these days, as codes.

    ``holidays_unknown_2028``: holidays of that year are not announced, weekdays decided;
    ``school_term_unknown``: some of the days are neither in a term nor in a break.
    """
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    kinds = calendar.day_kinds(days)
    years = sorted(set(kinds.loc[kinds["is_rest_day"].isna(), "day"].dt.year))
    unknown = [SCHOOL_TERM_UNKNOWN] if kinds["school_break"].isna().any() else []
    return [f"{HOLIDAYS_UNKNOWN}_{year}" for year in years] + unknown


def _days_in(span: Span) -> Iterable[date]:
    return (span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1))


def _days_of(year: int) -> set[date]:
    return set(_days_in(Span(first=date(year, 1, 1), last=date(year, 12, 31), kind=ANNOUNCED)))


def _inside(day: NDArray[np.datetime64], days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    return np.isin(day, days)


def _known(value: NDArray[np.bool_], known: NDArray[np.bool_]) -> pd.arrays.BooleanArray:
    return pd.arrays.BooleanArray(value, ~known)
