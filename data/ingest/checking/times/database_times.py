"""Spell the times that databases print by default, and those with a month's name, as ISO.

SQL Server (``Nov  3 2026  3:20PM``), Oracle (``03-NOV-26 03.20.00.000000 PM``, ``03-11月-26
03.20.00 下午``), Java (``Tue Nov 03 15:20:00 CST 2026``), zones told twice (``+0800 CST``),
seconds or milliseconds since 1970 of the years 2001 to 2030, and what people write with the name of
a month in their language (``03 Nov 2026``, ``November 3, 2026``, ``3 de noviembre de 2026``,
``ngày 3 tháng 11 năm 2026``; `month_names`).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.checking.times.eras import as_gregorian
from data.ingest.checking.times.month_names import months_of_names
from data.ingest.checking.times.spoken_times import as_figures

_MONTH: Final = r"(?P<month>[^\W\d_]{3,12})\.?"
_DAY: Final = r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|o|°)?"
_CLOCK: Final = (
    r"(?P<h>\d{1,2})[:.h](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?:[:.](?P<f>\d{1,9}))?)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?|上午|下午)?(?:\s*(?:Uhr|hrs?|h)\.?)?"
)
_AT: Final = rf"(?:\s*r?\.)?(?:,?\s+(?:[^\W\d_]{{1,6}}\.?\s+){{0,2}}{_CLOCK})?"
"""A clock behind words such as *à*, *a las*, *kl.*; the *r.* is of Polish years."""
_WEEKDAY: Final = r"(?:[^\W\d_]{2,12}(?:-feira)?[.,]*\s+)?"
_YEAR: Final = r"(?P<y>\d{4})"
_FORMS: Final = tuple(
    re.compile(rf"^{form}$", re.IGNORECASE)
    for form in (
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+{_YEAR}{_AT}",
        rf"{_WEEKDAY}{_DAY}[\s./-]+(?:(?:de|di)\s+)?{_MONTH}[\s,/-]+(?:del?\s+)?{_YEAR}{_AT}",
        rf"(?:ngày\s+)?{_DAY}\s+th(?:áng|g)\.?\s+(?P<m>\d{{1,2}})\s*,?\s+(?:năm\s+)?{_YEAR}{_AT}",
        (
            rf"(?P<d>\d{{1,2}})[-/](?:{_MONTH}|(?P<m>\d{{1,2}})月)\s*[-/](?P<y>\d{{2}}|\d{{4}})"
            rf"(?:\s+{_CLOCK})?(?:\s+(?P<z>[+-]\d{{2}}:?\d{{2}}))?"
        ),
        rf"[A-Z][a-z]{{2}}\s+{_MONTH}\s+(?P<d>\d{{1,2}})\s+{_CLOCK}\s+CST\s+{_YEAR}",
    )
)
_TWICE: Final = re.compile(r"^(.*\d\s*[+-]\d{4}) [A-Z]{3,4}$")
_DIGITS_YEAR_LAST: Final = r"^([0-3][0-9])([0-3][0-9])((?:19|20)[0-9]{2})$"  # no year, month, day
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SINCE_1970: Final = re.compile(r"^1[0-8]\d{8}(?:\d{3})?$")
_MAY_BE: Final = r"[A-Za-zÀ-ɏḀ-ỿ]{3}|^\d{1,2}-\d{1,2}月|^1[0-8]\d{8}(?:\d{3})?$"
_HALVES: Final = {"": "", "am": "凌晨", "上午": "凌晨", "pm": "下午", "下午": "下午"}
"""As `data.ingest.checking.times.dates` reads them: 12 AM is midnight."""
_SECONDS_DIGITS: Final = 10
_TURN_OF_CENTURY: Final = 70


def plain_texts(texts: pa.Array, months: Mapping[str, int] | None = None) -> pa.Array:
    """Return texts as the forms are asked of them: in half width, in figures, of this era.

    ``months``: which month each name is; None where the texts are their whole column.
    """
    figures = as_figures(as_iso(in_half_width(texts), months))
    return pc.replace_substring_regex(figures, _DIGITS_YEAR_LAST, r"\1/\2/\3")


def in_half_width(texts: pa.Array) -> pa.Array:
    """Return texts in half width, with the years of other eras as those of this one."""
    return as_gregorian(pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC")))


def as_iso(texts: pa.Array, months: Mapping[str, int] | None = None) -> pa.Array:
    """Return distinct texts with what databases print as ISO; others as they are.

    ``months``: which month each name is; None where the texts are their whole column.
    """
    if not _may_be(texts):
        return texts
    plain = texts.to_pylist()
    parts = [_parts(text or "") for text in plain]
    if months is None:
        months = months_of_names(name for each in parts if (name := each.get("month")))
    spelt = [text and _spelt(text, each, months) for text, each in zip(plain, parts, strict=True)]
    return pa.array(spelt, texts.type)


def names_of_months(texts: pa.Array) -> set[str]:
    """Return what may be names of months in distinct texts."""
    parts = (_parts(text or "") for text in texts.to_pylist()) if _may_be(texts) else ()
    return {name for each in parts if (name := each.get("month"))}


def _may_be(texts: pa.Array) -> bool:
    wanted = pc.any(pc.match_substring_regex(texts, _MAY_BE)).as_py()
    return bool(wanted)


def _parts(text: str) -> dict[str, str | None]:
    found = next((match for form in _FORMS if (match := form.match(text))), None)
    return found.groupdict() if found else {}


def _spelt(text: str, parts: dict[str, str | None], months: Mapping[str, int]) -> str:
    if _SINCE_1970.match(text):
        seconds = int(text) / (1 if len(text) == _SECONDS_DIGITS else 1_000)
        return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f+0000")
    if twice := _TWICE.match(text):
        return twice[1]
    month = parts.get("m") or months.get(parts.get("month") or "")
    return text if month is None else _from_parts(parts, int(month))


def _from_parts(parts: dict[str, str | None], month: int) -> str:
    year = int(parts["y"] or 0)
    if year < 100:  # noqa: PLR2004 -- two digits, as Oracle reads them
        year += 1900 if year >= _TURN_OF_CENTURY else 2000
    day = f"{year:04}-{month:02}-{int(parts['d'] or 0):02}"
    if not parts.get("h"):
        return day
    half = _HALVES[re.sub(r"[.\s]", "", parts["half"] or "").lower()]
    fraction = f".{parts['f']}" if parts["f"] else ""
    clock = f"{half}{parts['h']}:{parts['mi']}:{parts['s'] or '00'}{fraction}"
    return f"{day} {clock}{parts.get('z') or ''}"
