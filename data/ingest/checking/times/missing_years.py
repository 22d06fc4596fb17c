"""Tell the year of days that are written without one (3月5日, 3.05) by the other days of a column.

A clerk writes the year once and leaves it out below, and goes on in January as if it were said. So
a day has the year of the one above that has any, turned by one where days in order pass New Year.
Between two days with their years it must lie between them; a lone year out of order is a slip, or
an entry that came late, and says nothing about the days below it. What a title says of the year
holds unless most cells say another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contracts.model import Kind, TableContract
from data.ingest.batches import (
    GUESSED_YEARS,
    CheckedBatch,
    CheckOptions,
    SourceBatch,
    YearsOfRows,
)
from data.ingest.checking.times.database_times import plain_texts
from data.ingest.checking.times.dates import (
    LACKING,
    NO_YEAR,
    NO_YEAR_DOTTED,
    read_dates,
)
from data.ingest.checking.times.title_years import dated
from data.ingest.checking.times.year_order import (
    MONTH,
    Days,
    Numbers,
    segments_of,
    without_repeats,
    years_by_order,
)
from data.ingest.reading.cells import clean, text_of
from data.lake.schema import SOURCE_ROW

_FAR_YEARS: Final = 30
_NO_DAYS: Final = Days(*(np.zeros(0, np.int64) for _ in range(3)))


class MissingYears:
    """Tells the years of days without one, of some columns of a file read from its first row on.

    ``fields``: names of the fields in whose columns such days may be.
    ``options``: of the whole file, with what was decided of its columns.
    """

    def __init__(
        self, contract: TableContract, fields: Sequence[str], options: CheckOptions
    ) -> None:
        self._contract, self._fields, self._options = contract, fields, options
        self._dates = [f.name for f in contract.fields if f.kind in {Kind.DATE, Kind.DATETIME}]
        self._found: dict[str, dict[str, list[Days]]] = {}
        self._titles: dict[str, int | None] = {}

    def add(self, batch: SourceBatch, mapping: Mapping[str, str]) -> None:
        """Read the days of a batch."""
        self._titles[batch.sheet] = dated(self._options, batch).year
        for name in self._dates:
            text = text_of(batch, mapping.get(name))
            if text is not None:
                found = days_of(text, batch.source_row, self._options, (batch.sheet, name))
                self._found.setdefault(name, {}).setdefault(batch.sheet, []).append(found)

    def decide(self) -> dict[tuple[str, str], YearsOfRows]:
        """Return from which row on which year holds, by sheet and field; of those that tell."""
        joined = {
            name: {sheet: without_repeats(_joined(days)) for sheet, days in sheets.items()}
            for name, sheets in self._found.items()
        }
        decided = {}
        for name in self._fields:
            sheets = joined.get(name, {})
            by_file, at = self._years(_joined(sheets.values()) if sheets else _NO_DAYS), 0
            for sheet, found in sheets.items():
                part = None if by_file is None else by_file[at : at + len(found.rows)]
                at += len(found.rows)
                title = self._titles[sheet]
                years = self._years(found, title=title)
                if years is None and title is None:
                    others = {n: each[sheet] for n, each in joined.items() if sheet in each}
                    years = self._years(self._with_years_of_row(name, found, others))
                    years = part if years is None else years
                if years is not None and len(years):
                    decided[sheet, name] = segments_of(found.rows, years)
        return decided

    def _years(self, found: Days, *, title: int | None = None) -> Numbers | None:
        now = self._options.now
        limit = now.year, (now.month - 1) * MONTH + now.day
        return years_by_order(found, title=title, limit=limit) if len(found.rows) else None

    def _with_years_of_row(self, name: str, found: Days, others: Mapping[str, Days]) -> Days:
        """Return days with the years that the field tells which most often stands in their row."""
        known = {each: _with_year(days) for each, days in others.items() if each != name}
        best = max(known, key=lambda each: len(known[each].rows), default="")
        if not best or any((np.diff(days.rows) <= 0).any() for days in (found, known[best])):
            return found
        _, own_rows, other_rows = np.intersect1d(found.rows, known[best].rows, return_indices=True)
        gap = found.days[own_rows] - known[best].days[other_rows]
        years = np.zeros_like(found.years)
        years[own_rows] = known[best].years[other_rows] + self._years_apart(name, best, gap)
        return found._replace(years=years)

    def _years_apart(self, name: str, other: str, gap: Numbers) -> Numbers:
        """Return how many years later a day of a field is than one of another in its row.

        ``gap``: how many days later it is in its year. It is near where the contract does not say
        which comes first.
        """
        ordered = self._contract.ordered
        if (other, name) in ordered:
            return (gap < 0).astype(np.int64)
        if (name, other) in ordered:
            return -(gap > 0).astype(np.int64)
        return (gap < -6 * MONTH).astype(np.int64) - (gap > 6 * MONTH)


def _with_year(found: Days) -> Days:
    return Days(*(part[found.years > 0] for part in found))


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
    batch: SourceBatch,
    mapping: Mapping[str, str],
    options: CheckOptions,
    values: Mapping[str, pa.Array],
) -> Numbers:
    """Return of each row of a batch the year of a day that neither its cell nor a title says, or 0.

    ``values``: the fields as they were read.
    """
    guessed = np.zeros(len(batch), np.int64)
    for (sheet, name), counted in options.decided.over_12.items():
        text = text_of(batch, mapping.get(name))
        if sheet == batch.sheet and counted[LACKING] and text is not None:
            years = options.years_of_rows.get(name, options.year)
            is_guess = lack_years(text) & (years != options.year if options.year else True)
            read = pc.fill_null(pc.year(values[name]), 0).to_numpy(zero_copy_only=False)
            guessed = np.where(is_guess & (guessed == 0), read, guessed)
    return guessed


@dataclass(slots=True)
class GuessedYears:
    """How many rows had which year guessed, counted batch by batch."""

    _rows: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    def add(self, batch: SourceBatch, checked: CheckedBatch) -> None:
        """Count the accepted rows of a batch."""
        numbers = checked.accepted[SOURCE_ROW].to_numpy()
        for year in np.unique(checked.guessed_years[checked.guessed_years > 0]).tolist():
            of_year = numbers[checked.guessed_years == year]
            count, first, _ = self._rows.get((batch.sheet, year), (0, int(of_year[0]), 0))
            self._rows[batch.sheet, year] = [count + len(of_year), first, int(of_year[-1])]

    def notes(self) -> dict[str, list[str]]:
        """Return the note on them, year after year of each sheet: 2024 × 2 (5–7)."""
        notes = []
        for (sheet, year), (count, first, last) in self._rows.items():
            rows = str(first) if first == last else f"{first}–{last}"
            notes.append(f"{year} × {count} ({f'{sheet}!' if sheet else ''}{rows})")
        return {GUESSED_YEARS: notes} if notes else {}


def days_of(texts: pa.Array, rows: Numbers, options: CheckOptions, column: tuple[str, str]) -> Days:
    """Return the days of a column; of the same day in rows one after the other the first.

    ``texts``: as sent.
    ``rows``: their numbers.
    ``column``: its sheet and field.
    """
    month, day = _month_and_day(texts)
    stated = pc.if_else(pa.array(month > 0), None, texts)
    read = read_dates(
        stated,
        now=options.now,
        zone=options.zone,
        over_12=options.decided.over_12.get(column),
        months=options.decided.months.get(column[1]),
    ).values
    year, its_month, its_day = (
        pc.fill_null(part(read), 0).to_numpy(zero_copy_only=False)
        for part in (pc.year, pc.month, pc.day)
    )
    is_likely = np.abs(year - options.now.year) <= _FAR_YEARS
    days = np.where(month > 0, (month - 1) * MONTH + day, (its_month - 1) * MONTH + its_day)
    found = Days(rows, np.where(is_likely, year, 0), days)
    return without_repeats(Days(*(part[(month > 0) | is_likely] for part in found)))


def _joined(parts: Iterable[Days]) -> Days:
    return Days(*(np.concatenate(each) for each in zip(*parts, strict=True)))


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
