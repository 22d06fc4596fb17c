"""Tell the year of days that are written without one (3月5日, 3.05) by the other days of a column.

A clerk writes the year once and leaves it out below, and goes on in January as if it were said. So
a day has the year of the one above that has any, turned by one where days in order pass New Year.
Between two days with their years it must lie between them; a lone year out of order is a slip, or
an entry that came late, and says nothing about the days below it. What a title says of the year
holds unless most cells say another.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.ingest.batches import CheckOptions, SourceBatch, YearsOfRows
from data.ingest.checking.times.dates import (
    LACKING,
    NO_YEAR,
    NO_YEAR_DOTTED,
    plain_texts,
    read_dates,
)
from data.ingest.checking.times.title_years import dated
from data.ingest.reading.cells import clean, text_of

Numbers = NDArray[np.int64]
_MONTH: Final = 31
_YEAR: Final = 12 * _MONTH
_HALF: Final = _YEAR // 2
"""Days are counted as if all months had 31: only their order and large gaps matter."""
_NEAR: Final = 15
"""So few days around New Year a ledger may go back into the year before."""
_ORDERED: Final = 3
"""So many times more steps go one way than the other in a column that is in order."""
_FAR_YEARS: Final = 30


class Days(NamedTuple):
    """The days of a column from top to bottom: row, year (0 where none is written), day in it."""

    rows: Numbers
    years: Numbers
    days: Numbers


class MissingYears:
    """Tells the years of days without one, of some columns of a file read from its first row on.

    ``fields``: names of the fields in whose columns such days may be.
    ``options``: of the whole file, with what was decided of its columns.
    """

    def __init__(self, fields: Sequence[str], options: CheckOptions) -> None:
        self._fields, self._options = fields, options
        self._found: dict[str, dict[str, list[Days]]] = {name: {} for name in fields}
        self._titles: dict[str, int | None] = {}

    def add(self, batch: SourceBatch, mapping: Mapping[str, str]) -> None:
        """Read the days of a batch."""
        self._titles[batch.sheet] = dated(self._options, batch).year
        for name in self._fields:
            text = text_of(batch, mapping.get(name))
            if text is not None:
                over_12 = self._options.decided.over_12.get((batch.sheet, name))
                found = days_of(text, batch.source_row, self._options, over_12)
                self._found[name].setdefault(batch.sheet, []).append(found)

    def decide(self) -> dict[tuple[str, str], YearsOfRows]:
        """Return from which row on which year holds, by sheet and field; of those that tell."""
        decided = {}
        for name, sheets in self._found.items():
            joined = {sheet: _without_repeats(_joined(days)) for sheet, days in sheets.items()}
            by_file, at = self._years(_joined(joined.values()), title=None), 0
            for sheet, found in joined.items():
                part = None if by_file is None else by_file[at : at + len(found.rows)]
                at += len(found.rows)
                title = self._titles[sheet]
                years = self._years(found, title=title)
                years = part if years is None and title is None else years
                if years is not None:
                    decided[sheet, name] = segments_of(found.rows, years)
        return decided

    def _years(self, found: Days, *, title: int | None) -> Numbers | None:
        now = self._options.now
        limit = now.year, (now.month - 1) * _MONTH + now.day
        return years_by_order(found, title=title, limit=limit) if len(found.rows) else None


def lack_years(texts: pa.Array) -> NDArray[np.bool_]:
    """Say which texts are a day without a year."""
    return _month_and_day(texts)[0] > 0


def with_years(texts: pa.Array, years: Numbers) -> pa.Array:
    """Return texts with the years written before the days that have none; 0 is no year."""
    lacking = lack_years(texts) & (years > 0) if years.any() else years > 0
    if not lacking.any():
        return texts
    signs = (pa.scalar(sign, texts.type) for sign in ("年", "."))
    signed = pc.if_else(pc.match_substring(texts, "月"), *signs)
    written, plain = pc.cast(pa.array(years), texts.type), pc.utf8_trim_whitespace(texts)
    dated = pc.binary_join_element_wise(written, signed, plain, pa.scalar("", texts.type))
    return pc.if_else(pa.array(lacking), dated, texts)


def guessed_years(
    batch: SourceBatch, mapping: Mapping[str, str], options: CheckOptions
) -> NDArray[np.bool_]:
    """Say which rows of a batch have a day whose year neither its cell nor a title says."""
    guessed = np.zeros(len(batch), bool)
    for (sheet, name), counted in options.decided.over_12.items():
        text = text_of(batch, mapping.get(name))
        if sheet == batch.sheet and counted[LACKING] and text is not None:
            years = options.years_of_rows.get(name, options.year)
            guessed |= lack_years(text) & (years != options.year if options.year else True)
    return guessed


def days_of(
    texts: pa.Array, rows: Numbers, options: CheckOptions, over_12: tuple[int, ...] | None
) -> Days:
    """Return the days of a column; of the same day in rows one after the other the first.

    ``texts``: as sent.
    ``rows``: their numbers.
    ``over_12``: as `read_dates` takes it.
    """
    month, day = _month_and_day(texts)
    stated = pc.if_else(pa.array(month > 0), None, texts)
    read = read_dates(stated, now=options.now, zone=options.zone, over_12=over_12).values
    year, its_month, its_day = (
        pc.fill_null(part(read), 0).to_numpy(zero_copy_only=False)
        for part in (pc.year, pc.month, pc.day)
    )
    is_likely = np.abs(year - options.now.year) <= _FAR_YEARS
    days = np.where(month > 0, (month - 1) * _MONTH + day, (its_month - 1) * _MONTH + its_day)
    found = Days(rows, np.where(is_likely, year, 0), days)
    return _without_repeats(Days(*(part[(month > 0) | is_likely] for part in found)))


def _joined(parts: Iterable[Days]) -> Days:
    return Days(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _without_repeats(found: Days) -> Days:
    """Return days without those that are equal to the one above."""
    changed = np.ones(len(found.rows), bool)
    changed[1:] = (np.diff(found.years) != 0) | (np.diff(found.days) != 0)
    return Days(*(part[changed] for part in found))


def years_by_order(found: Days, *, title: int | None, limit: tuple[int, int]) -> Numbers | None:
    """Return the year of each day, None where nothing tells it.

    ``title``: the year that the title of the sheet names.
    ``limit``: year and day in it of the last day that can have been.
    """
    direction = _direction(found)
    turns = _turns(found.days, direction)
    known = _is_in_order(found.years)
    last = max(_number(*limit), _number(found.years, found.days)[known].max(initial=0))
    if title is not None and 2 * (known & (found.years != title)).sum() < len(turns):
        of_title, counts = np.unique(turns, return_counts=True)
        years = min(title, limit[0]) + turns - of_title[counts.argmax()]
    elif known.any():
        years = _between_known(found, turns, np.flatnonzero(known))
    else:
        return None
    in_future = _number(years, found.days) > last
    held: Numbers = years - in_future
    return held


def segments_of(rows: Numbers, years: Numbers) -> YearsOfRows:
    """Return from which row on which year holds; where rows do not rise, the commonest alone."""
    if (np.diff(rows) <= 0).any():
        values, counts = np.unique(years, return_counts=True)
        return YearsOfRows(rows[:1], values[[counts.argmax()]])
    changed = np.ones(len(rows), bool)
    changed[1:] = np.diff(years) != 0
    return YearsOfRows(rows[changed], years[changed])


def _number(years: Numbers | int, days: Numbers | int) -> Numbers:
    return np.asarray(years * _YEAR + days)


def _month_and_day(texts: pa.Array) -> tuple[Numbers, Numbers]:
    """Return month and day of the texts that have no year, 0 for others."""
    coded = clean(texts).dictionary_encode()
    plain = plain_texts(coded.dictionary)
    found = [pc.extract_regex(plain, form) for form in (NO_YEAR, NO_YEAR_DOTTED)]
    parts = (
        pc.cast(pc.coalesce(*(pc.struct_field(each, name) for each in found)), pa.int64())
        for name in ("m", "d")
    )
    month, day = (
        pc.fill_null(part.take(coded.indices), 0).to_numpy(zero_copy_only=False) for part in parts
    )
    return month, day


def _direction(found: Days) -> int:
    """Return 1 where days rise from row to row, -1 where they fall, 0 where they do neither.

    Years tell where they differ, else the days of the year.
    """
    known = found.years[found.years > 0]
    steps = np.diff(known if len(np.unique(known)) > 1 else found.days)
    small = np.abs(steps) <= _HALF
    up, down = int((small & (steps > 0)).sum()), int((small & (steps < 0)).sum())
    if max(up, down) < _ORDERED * min(up, down):
        return 0
    return -1 if down > up else 1


def _turns(days: Numbers, direction: int) -> Numbers:
    """Return how many years later than the first day each is, as far as their order tells.

    A day half a year back begins a year. Where days follow closely, one alone that is half a year
    off, and after which they go on as before, came late: it is of their year, or of the one before.
    """
    steps = np.diff(days) * direction
    back, ahead = steps < -_HALF, steps > _HALF
    small = np.abs(steps[(steps != 0) & ~back & ~ahead])
    before = steps > _YEAR - _NEAR
    if len(small) and np.median(small) <= _MONTH:
        goes_on = steps[:-1] + steps[1:] >= 0
        late = back[:-1] & ahead[1:] & ~before[1:] & goes_on
        before[:-1] |= ahead[:-1] & back[1:] & goes_on
        back[:-1] &= ~late
    turned = np.cumsum(back.astype(np.int64) - before) * direction
    return np.concatenate([np.zeros(1, np.int64), turned])


def _is_in_order(years: Numbers) -> NDArray[np.bool_]:
    """Say which days have a year that is none between two others that it does not fit."""
    known = years > 0
    some = years[known]
    if len(some) > 2:  # noqa: PLR2004 -- one between two
        low, high = np.minimum(some[:-2], some[2:]), np.maximum(some[:-2], some[2:])
        fits = np.ones(len(some), bool)
        fits[1:-1] = (low <= some[1:-1]) & (some[1:-1] <= high)
        known[np.flatnonzero(known)[~fits]] = False
    return known


def _between_known(found: Days, turns: Numbers, known: Numbers) -> Numbers:
    """Return years counted from the known day above, or from the one below where that fits it."""
    at = np.arange(len(turns))
    place = np.searchsorted(known, at, side="right") - 1
    above, below = known[np.maximum(place, 0)], known[np.minimum(place + 1, len(known) - 1)]
    down = found.years[above] + turns - turns[above]
    up = found.years[below] + turns - turns[below]
    ends = [_number(found.years[end], found.days[end]) for end in (above, below)]
    low, high = np.minimum(*ends), np.maximum(*ends)
    fits_down, fits_up = (
        (low <= number) & (number <= high)
        for number in (_number(years, found.days) for years in (down, up))
    )
    from_below = (place < 0) | (fits_up & ~fits_down)
    return np.where(from_below, up, down)
