"""Take apart rows that hold several visits to a place beside each other.

So many ledgers are kept, a row for each place. What repeats is told by the headers: 第一次检查日期
and 第二次检查日期, Inspection Date 1 and 2, or one header that comes again.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contracts.model import TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.cells import mask_of
from data.ingest.reading.headers.header_match import known_headers, match_header
from data.ingest.reading.headers.names import LONGEST_HEADER, normalise_header

VISITS_BESIDE: Final = "visits_beside"
"""Code of the note about rows that were taken apart."""
_VISITS: Final = "inspections"
_OUTCOMES: Final = frozenset({"result", "grade", "critical_count", "other_count"})
"""Fields of which a visit of its own tells one, beside its day."""
_NUMERALS: Final = {text: at for at, text in enumerate("一二三四五六七八九十", start=1)}
_ORDINALS: Final = {
    text: at
    for words in (
        ("first", "second", "third", "fourth", "fifth", "sixth"),
        ("1st", "2nd", "3rd", "4th", "5th", "6th"),
    )
    for at, text in enumerate(words, start=1)
}
_NUMBERED: Final = re.compile(
    r"第\s*(?P<times>[一二三四五六七八九十]|[1-9][0-9]?)\s*[次轮]"
    rf"|(?<![a-z])(?P<ordinal>{'|'.join(_ORDINALS)})(?![a-z])"
    r"|(?<![0-9.])[\s_]?(?:\((?P<again>[1-9][0-9]?)\)|(?P<number>[1-9][0-9]?))(?=$|[\s_/])",
    re.IGNORECASE,
)
_EDGES: Final = " _/-"


@dataclass(frozen=True, slots=True)
class VisitColumns:
    """The columns of each visit of a row.

    ``visits``: what numbers the visit → header without the number → column.
    ``overall``: columns of the whole row that tell what those of a visit tell.
    ``key``: column of the row's number, None where there is none.
    """

    visits: Mapping[str, Mapping[str, str]]
    overall: frozenset[str]
    key: str | None


def visit_columns(columns: Sequence[str], contract: TableContract) -> VisitColumns | None:
    """Return which columns are of which visit; None where a row holds one.

    Two visits at least must have a column of their day, and two one of what was found.
    """
    if contract.name != _VISITS:
        return None
    known = known_headers(contract)
    by_visit = _by_visit(columns)
    names = {*columns, *(base for found in by_visit.values() for base in found)}
    fields = {each: match.field for each in names if (match := match_header(each, known))}
    days = {
        number: found
        for number, found in by_visit.items()
        if any(fields.get(base) in contract.event_fields for base in found)
    }
    outcomes = [base for found in days.values() for base in found if fields.get(base) in _OUTCOMES]
    if len(days) < 2 or len(outcomes) == len(set(outcomes)):  # noqa: PLR2004 -- none comes again
        return None
    taken = {column for found in days.values() for column in found.values()}
    whole = [column for column in columns if column not in taken]
    fields_of_visits = {fields[base] for found in days.values() for base in found if base in fields}
    return VisitColumns(
        visits={f"第{number}次": found for number, found in sorted(days.items())},
        overall=frozenset(column for column in whole if fields.get(column) in fields_of_visits),
        key=next((name for name in whole if fields.get(name) == contract.key), None),
    )


def _by_visit(columns: Sequence[str]) -> dict[int, dict[str, str]]:
    """Return number → header without it → column; a header that comes again has its first, too."""
    by_visit: dict[int, dict[str, str]] = {}
    spelt: dict[str, str] = {}
    for column in columns:
        number, base = _parted(column)
        if number:
            base = spelt.setdefault(normalise_header(base), base)
            by_visit.setdefault(number, {}).setdefault(base, column)
    again = {base for found in by_visit.values() for base in found}
    for column in columns:
        if column in again and column not in by_visit.get(1, {}):
            by_visit.setdefault(1, {})[column] = column
    return by_visit


def _parted(column: str) -> tuple[int, str]:
    """Return the number of the visit that a header names, 0 for none, and the rest of it."""
    text = unicodedata.normalize("NFKC", column[:LONGEST_HEADER])
    found = _NUMBERED.search(text)
    if found is None:
        return 0, column
    spelt = next(part for part in found.groups() if part).lower()
    number = _NUMERALS.get(spelt) or _ORDINALS.get(spelt) or int(spelt)
    return number, (text[: found.start()] + text[found.end() :]).strip(_EDGES)


def taken_apart(batch: SourceBatch, found: VisitColumns) -> Iterator[SourceBatch]:
    """Yield the visits of a batch, the first of every row, then the second, and so on.

    A visit of which no cell is filled was not made; a row without any visit stays. The sheet's name
    says which visit of its row each is, and so does the number of the row behind the first.
    """
    bases = list(dict.fromkeys(base for visit in found.visits.values() for base in visit))
    made = {number: _filled(batch, [*visit.values()]) for number, visit in found.visits.items()}
    first = next(iter(made))
    made[first] = made[first] | ~np.logical_or.reduce(list(made.values()))
    notes = (*batch.notes, (VISITS_BESIDE, "、".join(found.visits)))
    for number, visit in found.visits.items():
        one = _of_visit(batch, found, visit, bases, "" if number == first else f"-{number}")
        sheet = " ".join(part for part in (batch.sheet, number) if part)
        is_first = number == first
        yield replace(
            one, sheet=sheet, notes=notes if is_first else (),
            skipped=batch.skipped if is_first else {},
        ).filter(made[number])  # fmt: skip


def _filled(batch: SourceBatch, columns: Sequence[str]) -> NDArray[np.bool_]:
    filled = np.zeros(len(batch), bool)
    for name in columns:
        filled |= mask_of(batch.rows[name].is_valid())
    return filled


def _of_visit(
    batch: SourceBatch,
    found: VisitColumns,
    visit: Mapping[str, str],
    bases: Sequence[str],
    behind: str,
) -> SourceBatch:
    """Return the rows as if they held one visit alone, under headers without its number."""
    taken = {column for each in found.visits.values() for column in each.values()}
    spelt: dict[str, str | None] = {}
    for column in batch.columns:
        if column in taken:
            spelt |= {base: visit.get(base) for base in bases}
        else:
            spelt[f"整行:{column}" if column in found.overall else column] = column
    nothing = pa.nulls(len(batch), pa.large_string())
    rows = {name: batch.rows[column] if column else nothing for name, column in spelt.items()}
    if behind and found.key:
        key, end = rows[found.key], pa.scalar(behind, pa.large_string())
        rows[found.key] = pc.binary_join_element_wise(key, end, pa.scalar("", end.type))
    marks = [
        {name: masks[column] for name, column in spelt.items() if column and column in masks}
        for masks in (batch.imprecise, batch.unsaved)
    ]
    return replace(batch, rows=pa.table(rows), imprecise=marks[0], unsaved=marks[1])
