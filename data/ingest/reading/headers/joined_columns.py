"""Join what a sender spreads over several columns.

An address by its parts, a day and its hour, the numbers of problems of one severity.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Kind, TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.headers.address_columns import (
    PARTS,
    address_part,
    is_named_address,
    last_level,
)
from data.ingest.reading.headers.cell_matches import ADDRESS_FIELDS, COUNTS
from data.ingest.reading.headers.column_cells import COUNT, holds_counts
from data.ingest.reading.headers.column_mapping import known_headers, match_header
from data.ingest.reading.headers.names import normalise_header
from data.ingest.reading.headers.ticked_columns import ticked_columns, with_ticked_words
from data.ingest.reading.headers.units import severity_counted
from data.ingest.reading.headers.visits_beside import visit_columns

JOINED: Final = "joined_columns"
"""Code of the note about columns that were joined."""
_ENOUGH: Final = ({"estate", "building"}, {"road", "door"})
_WESTERN_PARTS: Final = {
    "number": "num housenumber houseno streetnumber streetno buildingnumber building hausnummer "
    "hausnr numéro numérodevoie número numvial numvia",
    "street": "street streetname straße strasse straßenname rue voie calle descvial "
    "nombrevial nombrevia nomvia",
    "town": "borough boro city town ort stadt ville commune municipality municipio localidad",
}
"""Number and street make an address where its words are parted by blanks; a town is added."""
_BLANK, _COMMA = " ", ", "
_NOTHING: Final = r"^(?:无|[-/\\—–]+|(?i:null|none))$"
_NUMBER: Final = r"^[A-Za-z]?[0-9]+[A-Za-z]?$"
_DAY: Final = (
    r"^\s*(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[ T]00:00(?::00)?)?\s*$"
)
_HOUR: Final = (
    r"^\s*[0-2]?[0-9](?:[:：][0-5][0-9](?:[:：][0-5][0-9])?|[时点](?:[0-5]?[0-9]分?)?)\s*$"
)
_MIDNIGHT: Final = r"[ T]00:00(?::00)?\s*$"
_PLAIN_DAYS: Final = frozenset({"日期", "date", "day"})
_LOOKED_AT: Final = 1_000

_Joined = tuple[
    dict[str, str], tuple[str, str, str] | None, dict[str, dict[str, str]], dict[str, list[str]]
]


class ColumnJoiner:
    """Joins the columns of the batches of one file, as its first rows say."""

    def __init__(self, contract: TableContract) -> None:
        self._known = known_headers(contract)
        self._western = {
            normalise_header(name): role
            for role, names in _WESTERN_PARTS.items()
            for name in names.split()
        }
        self._addressed = any(field.name == "raw_address" for field in contract.fields)
        self._times = {f.name for f in contract.fields if f.kind is Kind.DATETIME}
        self._event = (
            contract.field(contract.event_fields[0]).header if contract.event_fields else ""
        )
        self._contract = contract
        self._found: dict[tuple[str, ...], _Joined] = {}

    def join(self, batch: SourceBatch) -> SourceBatch:
        """Return the batch with what belongs together in one column, and a note where it changed.

        An address, and a sum of numbers, is a new column in front of the others, which stay; an
        hour goes to its day.
        """
        key = tuple(batch.columns)
        new = key not in self._found
        if new:
            self._found[key] = (
                self._address_parts(batch),
                self._day_and_hour(batch),
                ticked_columns(batch, self._contract, self._known),
                self._counts(batch),
            )
        if not any(self._found[key]):
            return batch
        rows, joined = _with_joined(batch.rows, *self._found[key])
        notes = ((JOINED, "、".join(columns)) for columns in joined)
        removed = set(batch.columns) - set(rows.column_names)
        return replace(
            batch,
            rows=rows,
            notes=(*batch.notes, *notes) if new else batch.notes,
            imprecise={name: mask for name, mask in batch.imprecise.items() if name not in removed},
            unsaved={name: mask for name, mask in batch.unsaved.items() if name not in removed},
        )

    def _address_parts(self, batch: SourceBatch) -> dict[str, str]:
        """Return column → word behind its numbers, in the order of an address; {} for no parts."""
        if not self._addressed or any(map(self._is_address, batch.columns)):
            return {}
        spelt = {last_level(column): column for column in reversed(batch.columns)}
        parts: dict[str, str] = {}
        roles = set()
        for role, names, word in PARTS:
            column = next((spelt[name] for name in names.split() if name in spelt), None)
            if column is not None:
                parts[column] = word
                roles.add(role)
        return parts if any(needed <= roles for needed in _ENOUGH) else self._western_parts(spelt)

    def _western_parts(self, spelt: dict[str, str]) -> dict[str, str]:
        """Return number, street and town, each with what parts it from those before; or {}."""
        found = {spelt[name]: self._western[name] for name in spelt if name in self._western}
        first = {role: column for column, role in found.items()}  # from the last to the first
        if not {"number", "street"} <= first.keys():
            return {}
        house = sorted((first["number"], first["street"]), key=list(found).index, reverse=True)
        parts = dict.fromkeys(house, _BLANK)
        return parts | ({first["town"]: _COMMA} if "town" in first else {})

    def _counts(self, batch: SourceBatch) -> dict[str, list[str]]:
        """Return the header of a number of problems → columns that count such, if several do."""
        if visit_columns(batch.columns, self._contract):
            return {}  # each is of another visit
        head, found = batch.rows.slice(0, _LOOKED_AT), dict[str, list[str]]()
        for name, severity in COUNTS.items():
            some = [c for c in batch.columns if severity_counted(c, self._contract) == severity]
            numbers = [each for each in some if holds_counts(head, each)]
            header = self._contract.field(name).header if numbers else ""
            if len(numbers) > 1 and header not in batch.columns:
                found[header] = numbers
        return found

    def _is_address(self, column: str) -> bool:
        if address_part(column):  # 地址/小区, of a header of two levels
            return False
        match = match_header(column, self._known)
        return match.field in ADDRESS_FIELDS if match else is_named_address(column)

    def _day_and_hour(self, batch: SourceBatch) -> tuple[str, str, str] | None:
        """Return the columns of days and of hours, and what names both; None where nothing does."""
        head = batch.rows.slice(0, _LOOKED_AT)
        days = [name for name in batch.columns if _all_like(head, name, _DAY)]
        hours = [name for name in batch.columns if _all_like(head, name, _HOUR)]
        if len(days) != 1 or len(hours) != 1:
            return None
        named = [match_header(name, self._known) for name in batch.columns]
        times = {match.column for match in named if match and match.field in self._times}
        plain = not times and normalise_header(days[0]) in _PLAIN_DAYS
        name = next((name for name in (*days, *hours) if name in times), self._event * plain)
        return (days[0], hours[0], name) if name else None


def _all_like(rows: pa.Table, name: str, pattern: str) -> bool:
    cells = rows[name].combine_chunks().drop_null()
    return len(cells) > 0 and bool(pc.all(pc.match_substring_regex(cells, pattern)).as_py())


def _with_joined(
    rows: pa.Table,
    parts: dict[str, str],
    time: tuple[str, str, str] | None,
    ticked: dict[str, dict[str, str]],
    counts: dict[str, list[str]],
) -> tuple[pa.Table, list[Iterable[str]]]:
    """Return the rows with what was found joined, and the columns of each."""
    joined: list[Iterable[str]] = [*ticked.values(), *counts.values()]
    for name, words in ticked.items():
        rows = with_ticked_words(rows, name, words)
    for name, columns in counts.items():
        rows = rows.add_column(0, name, _sum_of_texts([rows[each] for each in columns]))
    if time is not None:
        rows = _with_hours(rows, *time)
        joined.append(time[:2])
    if parts:
        rows = _with_address(rows, parts)
        joined.append(parts)
    return rows, joined


def _with_hours(rows: pa.Table, day: str, hour: str, name: str) -> pa.Table:
    """Return the rows with days and hours in one column of a name, without the two."""
    days, hours = rows[day].combine_chunks(), rows[hour].combine_chunks()
    plain = pc.replace_substring_regex(days, _MIDNIGHT, "")
    joined = _joined([plain, hours], " ")
    joined = pc.if_else(days.is_valid(), joined, days)
    at = rows.column_names.index(day)
    rows = rows.set_column(at, "", joined).drop_columns([hour])
    return rows.rename_columns([each or name for each in rows.column_names])


def _with_address(rows: pa.Table, parts: dict[str, str]) -> pa.Table:
    """Return the rows with the parts as one address, in a column in front that says so."""
    cells: list[pa.Array] = []
    for column, word in parts.items():
        plain = pc.utf8_trim_whitespace(rows[column].combine_chunks())
        plain = pc.if_else(pc.match_substring_regex(plain, _NOTHING), _text(None), plain)
        if word in (_BLANK, _COMMA):
            behind = pc.binary_join_element_wise(_text(word if cells else ""), plain, _text(""))
            cells.append(behind)
            continue
        numbered = pc.binary_join_element_wise(plain, _text(word), _text(""))
        cells.append(pc.if_else(pc.match_substring_regex(plain, _NUMBER), numbered, plain))
    text = _joined(cells, "")
    address = pc.if_else(pc.equal(text, ""), _text(None), text)
    return rows.add_column(0, f"地址（{'、'.join(parts)}）", address)


def _sum_of_texts(columns: list[pa.ChunkedArray]) -> pa.Array:
    """Return the sums of numbers as text, null where all are blank; else as sent, with a plus."""
    cells = [pc.utf8_trim_whitespace(each.combine_chunks()) for each in columns]
    cells = [pc.if_else(pc.equal(each, ""), _text(None), each) for each in cells]
    plain = [pc.fill_null(pc.match_substring_regex(each, COUNT), fill_value=True) for each in cells]
    total, blank, numbers = pa.scalar(0.0), pa.scalar(value=True), pa.scalar(value=True)
    for each, is_plain in zip(cells, plain, strict=True):
        number = pc.if_else(is_plain, each, _text(None)).cast(pa.float64())
        total = pc.add(total, pc.fill_null(number, 0.0))
        blank, numbers = pc.and_(blank, each.is_null()), pc.and_(numbers, is_plain)
    as_sent = pc.binary_join_element_wise(*(pc.fill_null(each, "") for each in cells), _text(" + "))
    summed = pc.if_else(numbers, total.cast(pa.int64()).cast(pa.large_string()), as_sent)
    return pc.if_else(blank, _text(None), summed)


def _joined(cells: list[pa.Array], between: str) -> pa.Array:
    """Return the texts joined, blank ones left out; '' where all are."""
    # not null_handling="skip": it drops rows of which every cell is null
    filled = [pc.fill_null(each, "") for each in cells]
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*filled, _text(between)))


def _text(value: str | None) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
