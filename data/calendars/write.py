"""Write the office's calendar: checked whole, moved into place whole, the one before kept beside.

What stood there is never lost: remarks (lines that begin with ``#``) stay, the file before is kept
as ``calendar.csv.before``, and whoever changed the calendar from an older state is told so.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from data.calendars.calendar import OFFICE_FILE, Calendar
from data.calendars.read import (
    ANNOUNCED,
    COLUMNS,
    HOLIDAY,
    KINDS,
    MAKEUP_WORKDAY,
    SCHOOL_BREAK,
    TEMPLATE,
    TERM,
    CalendarError,
    Span,
    text_of,
)
from data.workspace.atomic import write_bytes
from data.workspace.folder import Workspace

BEFORE: Final = f"{OFFICE_FILE}.before"
NO_FILE: Final = ""
"""Version of a calendar that the office has not written."""
LONGEST_DAYS: Final = 400
"""A longer span of one kind is a slip of the pen; that years are announced may be longer."""
LONGEST_TEXT: Final = 100
YEARS: Final = (2000, 2100)
_AGAINST: Final = ((TERM, SCHOOL_BREAK), (HOLIDAY, MAKEUP_WORKDAY))
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_VERSION_DIGITS: Final = 16


def calendar_version(workspace: Workspace) -> str:
    """Return what tells one state of the office's calendar from another."""
    path = workspace.root / OFFICE_FILE
    if not path.is_file():
        return NO_FILE
    return _version_of(path.read_bytes())


def write_office_spans(
    workspace: Workspace,
    spans: Sequence[Span],
    *,
    version: str | None = None,
    announce: Callable[[str], object] | None = None,
) -> str:
    """Replace the office's own spans; remarks stay.

    ``spans``: all of them, in the order in which they hold: a later one overrules an earlier.
    ``version``: the state that they were changed from, as `calendar_version` gave it; None takes
    what there is.
    ``announce``: called with the new version before anything is written; what it raises stops it.

    Returns the new version.

    Raises `CalendarError`: ``calendar_spans_wrong`` listing every problem; ``calendar_changed``
    when somebody else wrote the calendar meanwhile. Nothing is written then.
    """
    if problems := [*span_problems(spans)]:
        raise CalendarError("calendar_spans_wrong", file=OFFICE_FILE, problems=problems)
    path = workspace.root / OFFICE_FILE
    with workspace.lock():
        if version is not None and calendar_version(workspace) != version:
            raise CalendarError("calendar_changed", file=OFFICE_FILE)
        old = path.read_bytes() if path.is_file() else None
        new = _as_file(spans, _remarks(TEMPLATE if old is None else text_of(path)))
        if announce is not None:
            announce(_version_of(new))
        if old is not None:
            write_bytes(path.with_name(BEFORE), old)
        write_bytes(path, new)
        return _version_of(new)


def _version_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_VERSION_DIGITS]


def span_problems(spans: Sequence[Span]) -> Iterator[str]:
    """Say everything that is wrong with the spans that an office wants to keep."""
    for number, span in enumerate(spans, start=1):
        yield from (f"row {number}: {problem}" for problem in _problems_of(span))
    seen: dict[tuple[date, date, str], int] = {}
    for number, span in enumerate(spans, start=1):
        key = span.first, span.last, span.kind
        if key in seen:
            yield f"row {number} repeats row {seen[key]}"
        seen.setdefault(key, number)
    usable = [(number, span) for number, span in enumerate(spans, 1) if span.last >= span.first]
    yield from _contradictions(usable)
    yield from _empty_years(span for _, span in usable)


def _problems_of(span: Span) -> Iterator[str]:
    if span.kind not in KINDS:
        yield f"kind is {span.kind!r}; expected {', '.join(KINDS)}"
    if span.last < span.first:
        yield f"ends on {span.last}, before it begins on {span.first}"
    elif span.kind != ANNOUNCED and (span.last - span.first).days >= LONGEST_DAYS:
        yield f"lasts {(span.last - span.first).days + 1} days; expected {LONGEST_DAYS} at most"
    for day in dict.fromkeys((span.first, span.last)):
        if not YEARS[0] <= day.year <= YEARS[1]:
            yield f"{day} is not within {YEARS[0]} and {YEARS[1]}"
    for name, text in (("name", span.name), ("source", span.source)):
        if len(text) > LONGEST_TEXT:
            yield f"{name} has {len(text)} characters; expected {LONGEST_TEXT} at most"
        if text.startswith(_FORMULA) or not text.isprintable():
            yield f"{name} is {text!r}; expected words"


def _contradictions(spans: Sequence[tuple[int, Span]]) -> Iterator[str]:
    """Say which spans claim of one day what cannot both be."""
    for one, other in _AGAINST:
        for number, span in spans:
            for number_b, other_span in spans:
                if (span.kind, other_span.kind) == (one, other) and (
                    max(span.first, other_span.first) <= min(span.last, other_span.last)
                ):
                    both = max(span.first, other_span.first)
                    yield f"rows {number} and {number_b}: {both} is {one} and {other}"


def _empty_years(spans: Iterator[Span]) -> Iterator[str]:
    """Say which years are said to be announced though no holiday of theirs is in the table."""
    every = [*Calendar.shipped().spans, *spans]
    rest = {year for span in every if span.kind == HOLIDAY for year in _years(span)}
    announced = {year for span in every if span.kind == ANNOUNCED for year in _whole_years(span)}
    for year in sorted(announced - rest):
        yield f"{year} is said to be announced, but no holiday of it is in the table"


def _years(span: Span) -> range:
    return range(span.first.year, span.last.year + 1)


def _whole_years(span: Span) -> list[int]:
    ends = span.last + timedelta(days=1) if span.last < date.max else span.last
    return [
        year
        for year in _years(span)
        if span.first <= date(year, 1, 1) and ends >= date(min(year + 1, date.max.year), 1, 1)
    ]


def _remarks(text: str) -> list[str]:
    """Return the lines that are not read; a quotation mark in one must not swallow what follows."""
    return [line.replace('"', "”") for line in text.splitlines() if line.lstrip().startswith("#")]


def _as_file(spans: Sequence[Span], remarks: Sequence[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(words[0] for words in COLUMNS.values())
    out.writelines(f"{line}\n" for line in remarks)
    for span in spans:
        days = span.first.isoformat(), span.last.isoformat()
        writer.writerow([*days, KINDS[span.kind][0], span.name.strip(), span.source.strip()])
    return out.getvalue().encode("utf-8-sig")  # Excel reads Chinese only with the mark
