"""Spell the times that databases print by default, and those with a month's name, as ISO.

SQL Server (``Nov  3 2026  3:20PM``), Oracle (``03-NOV-26 03.20.00.000000 PM``, ``03-11月-26
03.20.00 下午``), Java (``Tue Nov 03 15:20:00 CST 2026``), zones told twice (``+0800 CST``),
seconds or milliseconds since 1970 of the years 2001 to 2030, and what English writers put
(``03 Nov 2026``, ``November 3, 2026``).
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_MONTH: Final = r"(?P<month>[A-Za-z]{3,9})\.?"
_DAY: Final = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_CLOCK: Final = (
    r"(?P<h>\d{1,2})[:.](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?:[:.](?P<f>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp][Mm]|上午|下午)?"
)
_FORMS: Final = tuple(
    re.compile(rf"^{form}$")
    for form in (
        rf"(?:[A-Z][a-z]{{2,8}},?\s+)?{_MONTH}\s+{_DAY},?\s+(?P<y>\d{{4}})(?:,?\s+{_CLOCK})?",
        rf"(?:[A-Z][a-z]{{2,8}},?\s+)?{_DAY}[\s.]+{_MONTH},?\s+(?P<y>\d{{4}})(?:,?\s+{_CLOCK})?",
        (
            rf"(?P<d>\d{{1,2}})-(?:{_MONTH}|(?P<m>\d{{1,2}})月)\s*-(?P<y>\d{{2}}|\d{{4}})"
            rf"(?:\s+{_CLOCK})?(?:\s+(?P<z>[+-]\d{{2}}:?\d{{2}}))?"
        ),
        rf"[A-Z][a-z]{{2}}\s+{_MONTH}\s+(?P<d>\d{{1,2}})\s+{_CLOCK}\s+CST\s+(?P<y>\d{{4}})",
    )
)
_TWICE: Final = re.compile(r"^(.*\d\s*[+-]\d{4}) [A-Z]{3,4}$")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SINCE_1970: Final = re.compile(r"^1[0-8]\d{8}(?:\d{3})?$")
_MAY_BE: Final = r"[A-Za-z]{3}|^\d{1,2}-\d{1,2}月|^1[0-8]\d{8}(?:\d{3})?$"
_HALVES: Final = {"": "", "am": "凌晨", "上午": "凌晨", "pm": "下午", "下午": "下午"}
"""As `data.ingest.checking.times.dates` reads them: 12 AM is midnight."""
_SECONDS_DIGITS: Final = 10
_TURN_OF_CENTURY: Final = 70


def as_iso(texts: pa.Array) -> pa.Array:
    """Return distinct texts with what databases print as ISO; others as they are."""
    wanted = pc.fill_null(pc.match_substring_regex(texts, _MAY_BE), fill_value=False)
    if not pc.any(wanted).as_py():
        return texts
    spelt = [text if text is None else _spelt(text) for text in texts.to_pylist()]
    return pa.array(spelt, texts.type)


def _spelt(text: str) -> str:
    if _SINCE_1970.match(text):
        seconds = int(text) / (1 if len(text) == _SECONDS_DIGITS else 1_000)
        return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f+0000")
    if twice := _TWICE.match(text):
        return twice[1]
    found = next((match for form in _FORMS if (match := form.match(text))), None)
    return text if found is None else _from_parts(found.groupdict(), text)


def _from_parts(parts: dict[str, str | None], text: str) -> str:
    name = (parts.get("month") or "").lower()
    named = (number for number, whole in enumerate(_MONTHS, 1) if name and whole.startswith(name))
    month = parts.get("m") or next(named, None)
    if month is None:
        return text
    year = int(parts["y"] or 0)
    if year < 100:  # noqa: PLR2004 -- two digits, as Oracle reads them
        year += 1900 if year >= _TURN_OF_CENTURY else 2000
    day = f"{year:04}-{int(month):02}-{int(parts['d'] or 0):02}"
    if not parts.get("h"):
        return day
    half = _HALVES[(parts["half"] or "").lower()]
    fraction = f".{parts['f']}" if parts["f"] else ""
    clock = f"{half}{parts['h']}:{parts['mi']}:{parts['s'] or '00'}{fraction}"
    return f"{day} {clock}{parts.get('z') or ''}"
