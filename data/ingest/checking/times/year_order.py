"""Tell the years of the days of a column by their order, and by the years that some have."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.ingest.batches import YearsOfRows

Numbers = NDArray[np.int64]
MONTH: Final = 31
_YEAR: Final = 12 * MONTH
_HALF: Final = _YEAR // 2
"""Days are counted as if all months had 31: only their order and large gaps matter."""
_NEAR: Final = 15
"""So few days around New Year a ledger may go back into the year before."""
_ORDERED: Final = 3
"""So many times more steps go one way than the other in a column that is in order."""


class Days(NamedTuple):
    """The days of a column from top to bottom: row, year (0 where none is written), day in it."""

    rows: Numbers
    years: Numbers
    days: Numbers


def without_repeats(found: Days) -> Days:
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
    if len(small) and np.median(small) <= MONTH:
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
