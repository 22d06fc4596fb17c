"""Read a span of time, in one cell (2024.3.1-2025.2.28) or its ends in two (2024年5月).

A month stands for its first day where a span begins, and for its last where it ends. An end
without a year is the first such day after the beginning. 2024.3.1起一年 ends a day short of a year
later; 长期 has no end.
"""

import calendar
import re
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.ingest.checking.times.spoken_times import as_figures
from data.ingest.reading.cells import clean, known_or_null, mask_of

_OPEN: Final = r"(?:长期|无固定期限|不定期|至今|今)"
_DATE: Final = (
    r"(?:[0-9]{4}\s*[-/.年]\s*[0-9]{1,2}(?:\s*[-/.月]\s*[0-9]{1,2}\s*[日号]?|\s*月)?"
    r"|[0-9]{2}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*[日号]?|20[0-9]{6})"
)
_DAY: Final = r"[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*[日号]?"
_LENGTH: Final = (
    r"[(,;]?\s*(?:共|租期|为期|期限)?\s*(?P<count>[0-9]{1,2})\s*(?P<unit>年|个?月)\s*\)?"
)
_SPAN: Final = re.compile(
    rf"(?:自|从|由)?\s*(?P<start>{_DATE})\s*(?:起|开始)?\s*(?:"
    rf"(?:至|到|~+|—+|–+|-+|\n|\s)\s*(?P<end>{_DATE}|{_DAY}|{_OPEN})\s*(?:为?止)?\s*(?:[(,;].*)?"
    rf"|{_LENGTH})"
)
_PARTS: Final = re.compile(r"[0-9]+")
_NUMERALS: Final = str.maketrans("一二两三四五六七八九", "1223456789")
_MONTHS: Final = 12
_CENTURY: Final = 2000


class Span(NamedTuple):
    """The ends of spans, and which texts are none."""

    start: pa.Array
    end: pa.Array
    unreadable: NDArray[np.bool_]


def read_spans(texts: pa.Array) -> Span:
    """Read both ends of spans that stand in one cell; `timestamp[us]`, null where there is none."""
    given = known_or_null(clean(texts))
    coded = given.dictionary_encode()
    plain = as_figures(pc.utf8_normalize(coded.dictionary, form="NFKC"))
    spans = [_span(text.translate(_NUMERALS).strip()) for text in plain.to_pylist()]
    start, end = (
        pa.array([span and span[at] for span in spans], pa.date32())
        .cast(pa.timestamp("us"))
        .take(coded.indices)
        for at in (0, 1)
    )
    return Span(start, end, mask_of(given.is_valid()) & mask_of(start.is_null()))


def ends_of_span(texts: pa.Array, *, last: bool) -> pa.Array:
    """Return the texts of one end of spans as days; null where there is no end.

    ``last``: whether it is the end, and not the beginning.
    """
    is_open = pc.match_substring_regex(texts, rf"^\s*{_OPEN}\s*$")
    days = pc.if_else(is_open, None, texts) if last else texts
    return _with_whole_months(days, last=last)


def _with_whole_months(texts: pa.Array, *, last: bool) -> pa.Array:
    """Return texts with the first day of a month for the month, or the last of it."""
    form = r"^\s*((?:19|20)[0-9]{2})\s*[-/.年]\s*([0-9]{1,2})\s*月?\s*$"
    months = mask_of(pc.match_substring_regex(texts, form))
    if not months.any():
        return texts
    some = texts.filter(pa.array(months)).to_pylist()
    read = (_day(_PARTS.findall(text), last=last) for text in some)
    days = [day.isoformat() if day else text for day, text in zip(read, some, strict=True)]
    return pc.replace_with_mask(texts, pa.array(months), pa.array(days, texts.type))


def _span(text: str) -> tuple[date, date | None] | None:
    found = _SPAN.fullmatch(text)
    start = _day(_PARTS.findall(found["start"]), last=False) if found else None
    if found is None or start is None:
        return None
    if found["count"]:
        count = int(found["count"]) * (_MONTHS if found["unit"] == "年" else 1)
        return start, _months_later(start, count) - timedelta(days=1)
    numbers = _PARTS.findall(found["end"])
    if not numbers:
        return start, None
    is_day = re.fullmatch(_DAY, found["end"])
    end = _end_after(start, numbers) if is_day else _day(numbers, last=True)
    return None if end is None else (start, end)


def _day(numbers: list[str], *, last: bool) -> date | None:
    """Return the day of year, month and day, or the first or last of a year and a month."""
    if len(numbers) == 1:  # 20240301
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    year, month, *day = map(int, numbers)
    year += _CENTURY if year < 100 else 0  # noqa: PLR2004 -- two figures
    try:
        of_month = calendar.monthrange(year, month)[1] if last else 1
        return date(year, month, *(day or [of_month]))
    except ValueError:
        return None


def _end_after(start: date, numbers: list[str]) -> date | None:
    year = start.year + ((int(numbers[0]), int(numbers[1])) < (start.month, start.day))
    return _day([str(year), *numbers], last=True)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
