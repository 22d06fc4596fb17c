"""Dates and times as people and programs write them, a whole column at once.

Understood: ``2026-11-24``, ``2026/11/24 19:42``, ``2026.11.24``, ``2026年11月24日 下午3:20``,
``11月24日`` and ``11.24`` (year from the context, never in the future), ISO with ``T``, fractions
and zone (``Z``, ``UTC``, ``+08``, ``+0800``, ``+08:00``), ``20261124``, ``20261124194200``,
``20261124T114200Z``, ``24112026``, spreadsheet serials (``45985.8``), ``11/24/2026 07:42 PM``, and
what databases print, people say and eras count (`database_times`, `spoken_times`, `eras`).
Dates that stand for nothing (1900-01-01, 1900-01-02, 9999-12-31, the smallest integers) are null.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.ingest.checking.times.calendar_days import days_since_1970
from data.ingest.checking.times.database_times import in_half_width, names_of_months, plain_texts
from data.ingest.checking.times.serials import read_serials
from data.ingest.checking.times.short_years import (
    ShortYears,
    count_short_years,
    with_whole_years,
)
from data.ingest.reading.cells import Read, clean, known_or_null, mask_of
from data.workspace.clock import DEFAULT_ZONE, local_times

_ZONE_END = r"(?P<z>Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$"
_TIME = (
    r"(?:[\sT,]*(?P<half>上午|下午|中午|傍晚|晚上|晚|凌晨|早上)?\s*"
    r"(?P<h>[0-9]{1,2})(?:[:：时点](?P<mi>[0-9]{1,2})?)(?:[:：分](?P<s>[0-9]{1,2})?(?:\.(?P<f>[0-9]+))?)?"
    r"\s*秒?\s*(?P<pm>[AaPp]\.?[Mm]\.?)?\s*" + _ZONE_END
)
_WEEKDAY = r"(?:[\s(]*(?:星期|周)[一二三四五六日天][\s)]*)?"
_YEAR_FIRST = (
    r"^(?P<y>[0-9]{4})\s*[-/.年]\s*(?P<m>[0-9]{1,2})\s*[-/.月]\s*(?P<d>[0-9]{1,2})\s*[日号]?"
    + _WEEKDAY
    + _TIME
)
_DOTTED = r"^[0-9]{1,2}\.\s?[0-9]{1,2}\.\s?[0-9]{4}(?:\D|$)"
NO_YEAR = r"^(?P<m>[0-9]{1,2})\s*月\s*(?P<d>[0-9]{1,2})\s*[日号]?" + _WEEKDAY + _TIME
_MONTH_DOT_DAY = r"(?P<m>0?[1-9]|1[0-2])\.(?P<d>0[1-9]|[12][0-9]|3[01]|[4-9])"
"""Without days 1 to 3 in one figure: a sheet keeps 11.10 as the number 11.1, as it does 11.1."""
NO_YEAR_DOTTED = f"^{_MONTH_DOT_DAY}{_TIME}"
LACKING = 6  # the place of those without a year among what `count_parts_over_12` returns
_MAY_LACK_YEAR = r"^[0-9]{1,2}\s*(?:月|\.[0-9]{1,2}(?:\s|$))"
_YEAR_LAST = r"^(?P<m>[0-9]{1,2})[-/.]\s?(?P<d>[0-9]{1,2})[-/.]\s?(?P<y>[0-9]{4})" + _TIME
_DIGITS = (
    r"^(?P<y>(?:19|20)[0-9]{2})(?P<m>[01][0-9])(?P<d>[0-3][0-9])"
    r"(?:T?(?P<h>[0-2][0-9])(?P<mi>[0-5][0-9])(?P<s>[0-5][0-9])?(?:\.(?P<f>[0-9]+))?" + _ZONE_END
)
_PLAIN_ISO = (  # other years stand for nothing, or are no times
    r"^(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
    r"(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?$"
)

_DAY_US, _HOUR_US = 86_400_000_000, 3_600_000_000
_NOON = _MONTHS = 12
_SOME = 0.05  # fewer dates of the other order are slips
_NOTHING_SERIALS = pa.array(["0", "1", "2"], pa.large_string())
_INTEGER_MINIMUM = r"^-[0-9]{6,}"
_NOTHING_DAYS = np.array(
    [
        *("1899-12-30", "1899-12-31", "1900-01-01", "1900-01-02", "1970-01-01", "0001-01-01"),
        *("9999-12-31", "2999-12-31", "1753-01-01"),
    ],
    dtype="datetime64[D]",
).astype(np.int64)
_NOTHING_TEXT = r"^(?:0000[-/.]00[-/.]00|0001-01-01|1[0-8][0-9]{2}-|9999-)"


def read_dates(
    texts: pa.Array,
    *,
    now: datetime,
    year: int | None = None,
    zone: tzinfo = DEFAULT_ZONE,
    over_12: tuple[int, ...] | None = None,
    months: Mapping[str, int] | None = None,
) -> Read:
    """Read dates and times as naive local timestamps in microseconds.

    ``texts``: text as sent.
    ``now``: moment of the import. A date without a year falls in `year`, or in the last year in
    which it is not in the future.
    ``year``: year that the file's title or its user names.
    ``zone``: times that carry a zone are turned into the local time of this one.
    ``over_12``: what `count_parts_over_12` says of the column; None to count in these texts.
    ``months``: which month each name is in the column; None where these texts are all of it.

    Returns `Read`: ``timestamp[us]``; what stands for "unknown" is null and not unreadable.
    """
    texts = known_or_null(clean(texts))
    iso = pc.match_substring_regex(texts, _PLAIN_ISO)
    fast = _cast_iso(pc.if_else(iso, texts, None))
    if fast is not None and fast.null_count == texts.null_count:
        return Read(_without_nothing(fast), np.zeros(len(texts), bool))
    rest = texts if fast is None else pc.if_else(fast.is_valid(), None, texts)
    coded = rest.dictionary_encode()
    distinct = plain_texts(coded.dictionary, months)
    over_12 = over_12 or _parts_over_12(distinct)
    short = ShortYears(*over_12[2:6])
    firsts, seconds = (over_12[at] + short[at + 1] * short.are_last for at in (0, 1))
    distinct = with_whole_years(distinct, short)
    slow, nothing = _read_distinct(distinct, now, year, zone, (firsts, seconds))
    values, unknown = slow.take(coded.indices), mask_of(nothing.take(coded.indices))
    values = values if fast is None else pc.coalesce(fast, values)
    lost = mask_of(texts.is_valid()) & mask_of(values.is_null()) & ~unknown
    return Read(_without_nothing(values), lost)


def count_parts_over_12(texts: pa.Array) -> tuple[int, ...]:
    """Return how many distinct dates are like 13/04/2026, 04/13/2026, `ShortYears`, without one."""
    return _parts_over_12(plain_texts(_other_than_iso(texts)))


def months_named_in(texts: pa.Array) -> set[str]:
    """Return what may be names of months in the dates of a column, as sent."""
    return names_of_months(in_half_width(_other_than_iso(texts)))


def _other_than_iso(texts: pa.Array) -> pa.Array:
    """Return the distinct texts that are no plain ISO."""
    texts = clean(texts)
    iso = pc.match_substring_regex(texts, _PLAIN_ISO)
    return texts.filter(pc.invert(iso)).unique().drop_null()


def _parts_over_12(texts: pa.Array) -> tuple[int, ...]:
    parts = _parts(pc.extract_regex(texts, _YEAR_LAST))
    first, second = (_number(parts, name, len(texts)) > _MONTHS for name in ("m", "d"))
    counted = int((first & ~second).sum()), int((second & ~first).sum())
    yearless = pc.sum(pc.match_substring_regex(texts, _MAY_LACK_YEAR)).as_py() or 0
    return *counted, *count_short_years(texts), yearless


def _cast_iso(texts: pa.Array) -> pa.Array | None:
    """Cast plain ISO text, or None if it holds a day that no month has."""
    try:
        return pc.cast(texts, pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None


def _without_nothing(values: pa.Array) -> pa.Array:
    days = pc.cast(pc.floor_temporal(values, unit="day"), pa.int64())
    nothing = pc.is_in(days, value_set=pa.array(_NOTHING_DAYS * _DAY_US))
    return pc.if_else(nothing, None, values)


def _read_distinct(
    texts: pa.Array, now: datetime, year: int | None, zone: tzinfo, over_12: tuple[int, int]
) -> tuple[pa.Array, pa.Array]:
    """Read distinct texts; return the times and which texts stand for "unknown"."""
    nothing = pc.or_(
        pc.match_substring_regex(texts, _NOTHING_TEXT),
        pc.or_(
            pc.is_in(texts, value_set=_NOTHING_SERIALS),
            pc.match_substring_regex(texts, _INTEGER_MINIMUM),
        ),
    )
    times = [
        _assemble(pc.extract_regex(texts, _YEAR_FIRST), zone),
        _assemble(pc.extract_regex(texts, _DIGITS), zone),
        read_serials(texts),
        _assemble(pc.extract_regex(texts, NO_YEAR), zone, now=now, year=year),
        _assemble(pc.extract_regex(texts, NO_YEAR_DOTTED), zone, now=now, year=year),
        _assemble(_year_last(texts, *over_12), zone),
    ]
    return pc.if_else(nothing, None, pc.coalesce(*times)), nothing


Parts = dict[str, pa.Array]


def _parts(extracted: pa.Array | Parts) -> Parts:
    if isinstance(extracted, dict):
        return extracted
    return {field.name: pc.struct_field(extracted, field.name) for field in extracted.type}


def _number(parts: Parts, name: str, length: int) -> NDArray[np.int64]:
    """Return one part as numbers, 0 where it was not written."""
    if name not in parts:
        return np.zeros(length, np.int64)
    text = pc.if_else(pc.equal(parts[name], ""), None, parts[name])
    filled = pc.fill_null(pc.cast(text, pa.int64()), 0)
    numbers: NDArray[np.int64] = filled.to_numpy(zero_copy_only=False)
    return numbers


def _assemble(
    extracted: pa.Array | Parts,
    zone: tzinfo,
    *,
    now: datetime | None = None,
    year: int | None = None,
) -> pa.Array:
    """Return timestamps from the extracted parts, null where there are none or no such day."""
    parts = _parts(extracted)
    given, n = mask_of(parts["m"].is_valid()), len(parts["m"])
    month, day = _number(parts, "m", n), _number(parts, "d", n)
    years = _number(parts, "y", n)
    if now is not None:
        years = _last_year(month, day, now, year)
    hour = _hours(parts, n)
    minute, second = _number(parts, "mi", n), _number(parts, "s", n)
    days, valid = days_since_1970(years, month, day)
    valid &= given & (hour < 24) & (minute < 60) & (second < 60)  # noqa: PLR2004 -- the clock
    moments = days * _DAY_US + hour * _HOUR_US + minute * 60_000_000 + second * 1_000_000
    moments += _microseconds(parts, n)
    if "z" in parts:
        valid &= _is_offset(parts)
        moments = _in_zone(moments, valid, parts, zone)
    return pa.array(moments, pa.int64(), mask=~valid).cast(pa.timestamp("us"))


def _hours(parts: Parts, n: int) -> NDArray[np.int64]:
    hour = _number(parts, "h", n)
    if "half" not in parts:
        return hour
    half = pc.fill_null(parts["half"], "")
    pm = pc.utf8_lower(pc.replace_substring(pc.fill_null(parts["pm"], ""), ".", ""))
    afternoon = pa.array(["下午", "傍晚", "晚上", "晚"], half.type)
    late = mask_of(pc.or_(pc.is_in(half, value_set=afternoon), pc.equal(pm, "pm")))
    early = mask_of(pc.or_(pc.equal(half, "凌晨"), pc.equal(pm, "am")))
    hour = np.where(late & (hour < _NOON), hour + _NOON, hour)
    return np.where(early & (hour == _NOON), 0, hour)


def _microseconds(parts: Parts, n: int) -> NDArray[np.int64]:
    if "f" not in parts:
        return np.zeros(n, np.int64)
    padded = pc.utf8_slice_codeunits(pc.utf8_rpad(parts["f"], 6, "0"), 0, 6)
    empty = pc.equal(pc.fill_null(parts["f"], ""), "")
    return _number({"f": pc.if_else(empty, None, padded)}, "f", n)


def _in_zone(
    moments: NDArray[np.int64], valid: NDArray[np.bool_], parts: Parts, zone: tzinfo
) -> NDArray[np.int64]:
    """Return `moments` with those that carry a zone turned into local time of `zone`."""
    carries = valid & mask_of(pc.not_equal(parts["z"], ""))
    if not carries.any():
        return moments
    offsets = np.array([_offset_us(z) for z in parts["z"].filter(pa.array(carries)).to_pylist()])
    utc = pd.Series((moments[carries] - offsets).astype("datetime64[us]"))
    moments = moments.copy()
    moments[carries] = local_times(utc, zone).to_numpy().astype(np.int64)
    return moments


def _is_offset(parts: Parts) -> NDArray[np.bool_]:
    """Say where what follows the time can be a zone: 19:00-21 and 10:00-12 are from and to."""
    absurd = pc.match_substring_regex(parts["z"], r"^[+-](?:1[5-9]|[2-9])")
    until = pc.and_(pc.match_substring_regex(parts["z"], "^-[0-9]{2}$"), pc.equal(parts["s"], ""))
    return ~mask_of(absurd) & ~mask_of(until)


def _offset_us(text: str) -> int:
    """Return how far ``Z``, ``UTC``, ``+08`` or ``+08:00`` is from UTC."""
    digits = (text[1:].replace(":", "") if text[0] in "+-" else "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-minutes if text[0] == "-" else minutes) * 60_000_000


def _last_year(
    month: NDArray[np.int64], day: NDArray[np.int64], now: datetime, year: int | None
) -> NDArray[np.int64]:
    """Return the year a date without one falls in: `year`, but never in the future."""
    first = now.year if year is None else min(year, now.year)
    after = (first == now.year) & ((month > now.month) | ((month == now.month) & (day > now.day)))
    return np.where(after, first - 1, first)


def _year_last(texts: pa.Array, firsts: int, seconds: int) -> Parts:
    """Return the parts of 03/04/2026: the month first unless more first parts exceed 12.

    Before a dot the day does. A part beyond 12 is a day; if a column has both orders, of two others
    neither is known.
    """
    parts = _parts(pc.extract_regex(texts, _YEAR_LAST))
    first, second = (_number(parts, name, len(texts)) for name in ("m", "d"))
    dotted = mask_of(pc.match_substring_regex(texts, _DOTTED)) & (firsts == seconds)
    turned = pa.array((first > _MONTHS) | ((dotted | (firsts > seconds)) & (second <= _MONTHS)))
    month, day = (pc.if_else(turned, parts[a], parts[b]) for a, b in (("d", "m"), ("m", "d")))
    if min(firsts, seconds) > _SOME * max(firsts, seconds):
        unknown = (first <= _MONTHS) & (second <= _MONTHS) & (first != second)
        month = pc.if_else(pa.array(unknown), None, month)
    return {**parts, "m": month, "d": day}
