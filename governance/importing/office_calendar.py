"""The office's calendar: what is known of days, what the office wrote itself, and changing it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import pandas as pd

from data.calendars.calendar import DAY_COLUMNS, OFFICE_FILE, Calendar, calendar_notes
from data.calendars.read import ANNOUNCED, TERM, CalendarError, Span, read_spans
from data.calendars.write import calendar_version, write_office_spans
from data.integrity.file_changes import FileKind
from governance.access.permissions import Action, Actor, require, require_whole
from governance.service import Service
from governance.visits.base import VisitReader

SPAN_COLUMNS: Final = ("first", "last", "kind", "name", "source", "own")
MOST_DAYS: Final = 1_100
_UNNAMED: Final = (ANNOUNCED, TERM)
"""Kinds whose names say nothing of a single day."""


class CalendarService(Service):
    """Services about days: holidays, school breaks, exams."""

    _visit_reader: VisitReader

    def days(self, actor: Actor, first: date, last: date) -> pd.DataFrame:
        """Describe days, both ends included.

        Returns columns `data.calendars.calendar.DAY_COLUMNS` – what nobody has announced is
        ``<NA>``, never no – and ``name``: of the holiday, break or exam, ``""`` where there is
        none.

        Raises `CalendarError` when the span ends before it begins, or is too long; or the office's
        file is wrong.
        """
        require(actor, Action.SEE_PLAN)
        _check_period(first, last)
        calendar = self._visit_reader.calendar
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        names = [_name_of(calendar, day) for day in days]
        described = calendar.day_kinds(days)[list(DAY_COLUMNS)]
        return described.assign(name=pd.Series(names, index=described.index, dtype="str"))

    def gaps(self, actor: Actor, first: date, last: date) -> tuple[str, ...]:
        """Return what is not known of days, as codes.

        ``holidays_unknown_2028`` for each year with days whose holidays are not announced;
        ``school_term_unknown`` where some day is neither in a term nor in a break.
        """
        require(actor, Action.SEE_PLAN)
        _check_period(first, last)
        return tuple(calendar_notes(first, last, self._visit_reader.calendar))

    def spans(self, actor: Actor) -> pd.DataFrame:
        """Return all spans of days, the shipped ones first, in the order in which they hold.

        Returns columns `SPAN_COLUMNS`; ``own`` is true for those that the office wrote. ``attrs``
        has the ``version`` that `save_calendar` takes.

        Raises `CalendarError` when the office's file is wrong, listing every problem.
        """
        require(actor, Action.SEE_PLAN)
        version = calendar_version(self._workspace)
        path = self._workspace.root / OFFICE_FILE
        office_spans = read_spans(path) if path.is_file() else ()
        shipped = Calendar.shipped().spans
        rows = [
            (span.first, span.last, span.kind, span.name, span.source, is_own)
            for spans, is_own in ((shipped, False), (office_spans, True))
            for span in spans
        ]
        frame = pd.DataFrame(rows, columns=list(SPAN_COLUMNS))
        days = {
            name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in ("first", "last")
        }
        spans_frame = frame.assign(**days).astype({"own": bool})
        spans_frame.attrs["version"] = version
        return spans_frame

    def save(self, actor: Actor, spans: Sequence[Span], *, version: str | None = None) -> str:
        """Replace the office's own spans whole; what was shipped stays under them.

        ``spans``: all of the office's, in the order in which they hold.
        ``version``: the state that they were changed from; None overwrites whatever there is.

        Returns the new version.

        Raises `NotAllowedError` when the actor may not make plans, or answers for a part of the
        street.
        Raises `CalendarError`: ``calendar_spans_wrong`` with every problem, ``calendar_changed``.
        Nothing is written then.
        """
        require_whole(actor, Action.MAKE_PLAN)
        with self._file_change(actor, Action.MAKE_PLAN, FileKind.CALENDAR) as announce:
            return write_office_spans(
                self._workspace,
                tuple(spans),
                version=version,
                announce=lambda kept: announce(
                    kept, change="calendar", spans=len(spans), version=kept
                ),
            )


def _check_period(first: date, last: date) -> None:
    if last < first:
        raise CalendarError("period_ends_before_it_begins", since=str(first), until=str(last))
    if (days := (last - first).days + 1) > MOST_DAYS:
        raise CalendarError("period_too_long", seen=days, expected=MOST_DAYS)


def _name_of(calendar: Calendar, day: date) -> str:
    """Return the names of what a day is in, each once."""
    names = [
        span.name
        for span in calendar.spans
        if span.name and span.kind not in _UNNAMED and span.first <= day <= span.last
    ]
    return "、".join(dict.fromkeys(names))
