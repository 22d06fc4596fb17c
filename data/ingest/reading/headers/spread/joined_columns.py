"""Join what a sender spreads over several columns.

An address by its parts, a day and its hour, numbers that are parts of one.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Kind, TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.headers.header_match import known_headers, match_header
from data.ingest.reading.headers.names import normalise_header
from data.ingest.reading.headers.spread.date_parts import DateParts, date_parts, with_date
from data.ingest.reading.headers.spread.joined_address import (
    address_parts,
    joined_texts,
    with_address,
)
from data.ingest.reading.headers.spread.summed_columns import summed_columns, with_sums
from data.ingest.reading.headers.spread.ticked_columns import ticked_columns, with_ticked_words

JOINED: Final = "joined_columns"
"""Code of the note about columns that were joined."""
_DAY: Final = (
    r"^\s*(?:(?:19|20)[0-9]{2}\s*[-/.年]\s*)?[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*[日号]?"
    r"(?:[ T]00:00(?::00)?)?\s*$"
)
_SAYS_DAY: Final = r"月|^\s*(?:19|20)[0-9]{2}[-/.]"
"""What one cell of a column of days has: 3.12 alone may be any number."""
_HOUR: Final = (
    r"^\s*[0-2]?[0-9](?:[:：][0-5][0-9](?:[:：][0-5][0-9])?|[时点](?:[0-5]?[0-9]分?)?)\s*$"
)
_MIDNIGHT: Final = r"[ T]00:00(?::00)?\s*$"
_PLAIN_DAYS: Final = frozenset({"日期", "date", "day"})
_LOOKED_AT: Final = 1_000

_Joined = tuple[
    DateParts | None,
    dict[str, str],
    tuple[str, str, str] | None,
    dict[str, dict[str, str]],
    dict[str, list[str]],
]


class ColumnJoiner:
    """Joins the columns of the batches of one file, as its first rows say."""

    def __init__(self, contract: TableContract) -> None:
        self._known = known_headers(contract)
        self._times = {f.name for f in contract.fields if f.kind is Kind.DATETIME}
        self._event = (
            contract.field(contract.event_fields[0]).header if contract.event_fields else ""
        )
        self._contract = contract
        self._found: dict[tuple[str, ...], _Joined] = {}

    def join(self, batch: SourceBatch) -> SourceBatch:
        """Return the batch with what belongs together in one column, and a note where it changed.

        An address is a new column in front of the others, a sum one behind them, and they stay;
        an hour goes to its day.
        """
        key = tuple(batch.columns)
        new = key not in self._found
        if new:
            self._found[key] = (
                date_parts(batch, self._contract, self._known),
                address_parts(batch, self._contract, self._known),
                self._day_and_hour(batch),
                ticked_columns(batch, self._contract, self._known),
                summed_columns(batch, self._contract, self._known),
            )
        if not any(self._found[key]):
            return batch
        rows, joined = self._with_joined(batch.rows, *self._found[key])
        notes = (*batch.notes, *((JOINED, "、".join(columns)) for columns in joined))
        removed = set(batch.columns) - set(rows.column_names)
        return replace(
            batch,
            rows=rows,
            notes=notes if new else batch.notes,
            imprecise={name: mask for name, mask in batch.imprecise.items() if name not in removed},
            unsaved={name: mask for name, mask in batch.unsaved.items() if name not in removed},
        )

    def _with_joined(
        self,
        rows: pa.Table,
        date: DateParts | None,
        parts: dict[str, str],
        time: tuple[str, str, str] | None,
        ticked: dict[str, dict[str, str]],
        summed: dict[str, list[str]],
    ) -> tuple[pa.Table, list[Iterable[str]]]:
        """Return the rows with what was found in them, and the columns of each that was joined."""
        joined: list[Iterable[str]] = [*summed.values(), *ticked.values()]
        if date is not None:
            rows = with_date(rows, date)
            joined.append(date.columns.values())
        for name, counts in summed.items():
            rows = with_sums(rows, name, counts)
        for name, words in ticked.items():
            rows = with_ticked_words(rows, name, words)
        if time is not None:
            rows = _with_hours(rows, *time)
            joined.append(time[:2])
        if parts:
            rows = with_address(rows, parts, self._known)
            joined.append(parts)
        return rows, joined

    def _day_and_hour(self, batch: SourceBatch) -> tuple[str, str, str] | None:
        """Return the columns of days and of hours, and what names both; None where nothing does."""
        head = batch.rows.slice(0, _LOOKED_AT)
        days = [
            name
            for name in batch.columns
            if _all_like(head, name, _DAY) and _any_like(head, name, _SAYS_DAY)
        ]
        hours = [name for name in batch.columns if _all_like(head, name, _HOUR)]
        if len(days) > 1 and hours:  # of several days the one in front of the hour
            in_front = dict(pairwise(batch.columns))
            days = [name for name in days if in_front.get(name) == hours[0]]
        if len(days) != 1 or len(hours) != 1:
            return None
        named = [match_header(name, self._known) for name in batch.columns]
        times = {match.column for match in named if match and match.field in self._times}
        plain = not times and normalise_header(days[0]) in _PLAIN_DAYS
        name = next((name for name in (*days, *hours) if name in times), self._event * plain)
        return (days[0], hours[0], name) if name else None


def _any_like(rows: pa.Table, name: str, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(rows[name], pattern)).as_py())


def _all_like(rows: pa.Table, name: str, pattern: str) -> bool:
    cells = rows[name].combine_chunks().drop_null()
    return len(cells) > 0 and bool(pc.all(pc.match_substring_regex(cells, pattern)).as_py())


def _with_hours(rows: pa.Table, day: str, hour: str, name: str) -> pa.Table:
    """Return the rows with days and hours in one column of a name, without the two."""
    days, hours = rows[day].combine_chunks(), rows[hour].combine_chunks()
    plain = pc.replace_substring_regex(days, _MIDNIGHT, "")
    joined = joined_texts([plain, hours], " ")
    joined = pc.if_else(days.is_valid(), joined, days)
    at = rows.column_names.index(day)
    rows = rows.set_column(at, "", joined).drop_columns([hour])
    return rows.rename_columns([each or name for each in rows.column_names])
