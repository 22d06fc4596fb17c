"""Join a date that a sender spreads over columns: 年, 月 and 日, or the year beside 3月5日."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Kind, TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.headers.address_columns import last_level
from data.ingest.reading.headers.header_match import match_header

_LOOKED_AT, _MOST = 1_000, 0.6
_YEAR, _MONTH, _DAY = "年", "月", "日"
_CELLS: Final = {
    _YEAR: r"^\s*(?:19|20)[0-9]{2}\s*年?\s*$",
    _MONTH: r"^\s*(?:0?[1-9]|1[0-2])\s*月?\s*$",
    _DAY: r"^\s*(?:0?[1-9]|[12][0-9]|3[01])\s*[日号]?\s*$",
}
_NAMES: Final = {
    "年": _YEAR, "年度": _YEAR, "年份": _YEAR, "月": _MONTH, "月份": _MONTH, "日": _DAY, "号": _DAY,
}  # fmt: skip
_WITHOUT_YEAR: Final = r"^\s*[0-9]{1,2}\s*(?:月|\.)"
_NUMBER: Final = r"^\s*([0-9]+).*$"


class DateParts(NamedTuple):
    """The column that a date is in, or shall be, and part → its own column.

    Where month and day have none the date lacks its year alone.
    """

    name: str
    columns: Mapping[str, str]


def date_parts(
    batch: SourceBatch, contract: TableContract, known: Mapping[str, tuple[str, str]]
) -> DateParts | None:
    """Return the parts of the date of the rows that stand in columns of their own; None for none.

    A month and a day make the date that the name above them is, else that of the table's events
    where no other column is. A year makes whole the days of the events that have none.
    """
    head = batch.rows.slice(0, _LOOKED_AT)
    parts = {
        part: column
        for column in reversed(batch.columns)
        if (part := _NAMES.get(last_level(column))) and _are_like(head, column, part)
    }
    named = {c: m.field for c in batch.columns if (m := match_header(c, known))}
    if _MONTH in parts and _DAY in parts:
        name = parts[_MONTH].rpartition("/")[0]
        match = match_header(name, known) if name else None
        if match and contract.field(match.field).kind in {Kind.DATE, Kind.DATETIME}:
            return DateParts(name, parts)
        others = {field for column, field in named.items() if column not in parts.values()}
        event = contract.event_fields[0] if contract.event_fields else ""
        if not event or event in others or contract.field(event).header in batch.columns:
            return None
        return DateParts(contract.field(event).header, parts)
    days = [c for c, field in named.items() if field in contract.event_fields[:1]]
    if _YEAR in parts and len(days) == 1 and _any_like(head, days[0], _WITHOUT_YEAR):
        return DateParts(days[0], {_YEAR: parts[_YEAR]})
    return None


def with_date(rows: pa.Table, found: DateParts) -> pa.Table:
    """Return rows with the date in one column, in front where it was in none."""
    numbers = {
        part: _numbers(rows[column].combine_chunks(), part)
        for part, column in found.columns.items()
    }
    if _MONTH not in numbers:
        return _with_years(rows, found.name, numbers[_YEAR])
    in_order = [pc.fill_null(numbers[p], "") for p in (_YEAR, _MONTH, _DAY) if p in numbers]
    date = pc.binary_join_element_wise(*in_order, _text(""))
    is_whole = pc.and_(numbers[_MONTH].is_valid(), numbers[_DAY].is_valid())
    rows = rows.drop_columns([found.columns[part] for part in numbers])
    return rows.add_column(0, found.name, pc.if_else(is_whole, date, _text(None)))


def _numbers(cells: pa.Array, part: str) -> pa.Array:
    """Return 3月 for 3, null for what is no month."""
    signed = pc.replace_substring_regex(cells, _NUMBER, rf"\1{part}")
    return pc.if_else(pc.match_substring_regex(cells, _CELLS[part]), signed, _text(None))


def _with_years(rows: pa.Table, name: str, years: pa.Array) -> pa.Table:
    days = pc.utf8_trim_whitespace(rows[name].combine_chunks())
    lacking = pc.and_(pc.match_substring_regex(days, _WITHOUT_YEAR), years.is_valid())
    worded = pc.match_substring(days, _MONTH)
    signed = pc.if_else(worded, years, pc.replace_substring(years, _YEAR, "."))
    dated = pc.binary_join_element_wise(signed, days, _text(""))
    at = rows.column_names.index(name)
    return rows.set_column(at, name, pc.if_else(lacking, dated, days))


def _are_like(rows: pa.Table, name: str, part: str) -> bool:
    """Say whether cells are a part of a date: all of them, of years most, for they stay as well."""
    cells = rows[name].combine_chunks().drop_null()
    like = pc.sum(pc.match_substring_regex(cells, _CELLS[part])).as_py() or 0
    return like > 0 and like >= (_MOST if part == _YEAR else 1) * len(cells)


def _any_like(rows: pa.Table, name: str, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(rows[name], pattern)).as_py())


def _text(value: str | None) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
