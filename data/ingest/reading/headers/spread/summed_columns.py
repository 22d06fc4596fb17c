"""Sum what a sender counts in parts.

户数, and below it 自住 and 出租 without a total; numbers of problems of a severity by kind.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Kind, TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.cells import mask_of, read_numbers
from data.ingest.reading.headers.cell_matches import COUNTS
from data.ingest.reading.headers.column_cells import holds_counts
from data.ingest.reading.headers.group_names import is_whole
from data.ingest.reading.headers.header_match import match_header
from data.ingest.reading.headers.spread.visits_beside import visit_columns
from data.ingest.reading.headers.units import severity_counted

_LOOKED_AT: Final = 1_000
_OF_WHICH: Final = "其中"


def summed_columns(
    batch: SourceBatch, contract: TableContract, known: Mapping[str, tuple[str, str]]
) -> dict[str, list[str]]:
    """Return the name of each count that no column is → the columns that are its parts.

    Columns below one name are parts of what it counts where it is a field of whole numbers, no
    part is the whole, and all cells are such numbers. Several that count problems of one severity
    are parts of the field of that severity, but for a row with several visits.
    """
    return _below_a_name(batch, contract, known) | _of_a_severity(batch, contract)


def _below_a_name(
    batch: SourceBatch, contract: TableContract, known: Mapping[str, tuple[str, str]]
) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for column in batch.columns:
        groups.setdefault(column.rpartition("/")[0], []).append(column)
    groups = {name: parts for name, parts in groups.items() if name and len(parts) > 1}
    matches = {c: match_header(c, known) for c in batch.columns} if groups else {}
    counts = {field.name for field in contract.fields if field.kind is Kind.INT}
    head = batch.rows.slice(0, _LOOKED_AT)
    found = {}
    for name, parts in groups.items():
        match = match_header(name, known)
        if match is None or match.field not in counts:
            continue
        of_field = {c for c, other in matches.items() if other and other.field == match.field}
        is_given = not of_field <= {*parts}
        if not (is_given or any(map(_is_no_part, parts)) or _lack_numbers(head, parts)):
            found[name] = parts
    return found


def _of_a_severity(batch: SourceBatch, contract: TableContract) -> dict[str, list[str]]:
    if visit_columns(batch.columns, contract):
        return {}  # each is of another visit
    head, found = batch.rows.slice(0, _LOOKED_AT), dict[str, list[str]]()
    for name, severity in COUNTS.items():
        some = [c for c in batch.columns if severity_counted(c, contract) == severity]
        numbers = [each for each in some if holds_counts(head, each)]
        header = contract.field(name).header if numbers else ""
        if len(numbers) > 1 and header not in batch.columns:
            found[header] = numbers
    return found


def _is_no_part(column: str) -> bool:
    last = column.rpartition("/")[2]
    return is_whole(last) or last.startswith(_OF_WHICH)


def _lack_numbers(rows: pa.Table, columns: Sequence[str]) -> bool:
    read = [read_numbers(rows[column].combine_chunks()) for column in columns]
    return any(each.unreadable.any() or each.values.null_count == len(rows) for each in read)


def with_sums(rows: pa.Table, name: str, columns: Sequence[str]) -> pa.Table:
    """Return rows with the sum of columns in one of a name behind the others; blank is none.

    Where a part is no number the parts stand there as they were sent, with a plus between them.
    """
    cells = [rows[column].combine_chunks() for column in columns]
    read = [read_numbers(each) for each in cells]
    sums = np.sum([pc.fill_null(each.values, 0).to_numpy() for each in read], axis=0)
    unread = np.any([each.unreadable for each in read], axis=0)
    blank = np.all([mask_of(each.values.is_null()) for each in read], axis=0) & ~unread
    texts = pa.array([f"{value:.0f}" for value in sums.tolist()], pa.large_string())
    plus = pa.scalar(" + ", pa.large_string())
    sent = pc.binary_join_element_wise(*(pc.fill_null(each, "") for each in cells), plus)
    sums_or_sent = pc.if_else(pa.array(unread), sent, texts)
    return rows.append_column(name, pc.if_else(pa.array(blank), None, sums_or_sent))
