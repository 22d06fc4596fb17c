"""Corrected rows: which quarantined row each one replaces.

The marked workbook names the import, row and sheet of every refused row. Whatever becomes of a row
that comes back – accepted, a duplicate, or refused again – is told by the import it came with, so
the earlier one no longer waits for it; taking the later import back makes it wait again.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.ingest.batches import SENT_ROW, SENT_SHEET, SourceBatch
from data.lake.manifest import Manifest
from data.lake.schema import SHEET, SOURCE_ROW

FROM_ROW, FROM_SHEET, FROM_IMPORT = "原文件行号", "原文件工作表", "原导入编号"
ORIGIN_COLUMNS = (FROM_ROW, FROM_SHEET, FROM_IMPORT)
REASON_COLUMNS = ("未导入原因", "怎样更正", "Reasons", *ORIGIN_COLUMNS)
"""Columns that the marked workbook adds to the sender's."""
_PARTED = "\t"


def corrected_rows(batch: SourceBatch) -> dict[str, list[str]]:
    """Return import → rows (number and sheet) that a batch brings back; empty for other files."""
    returned: dict[str, list[str]] = {}
    for import_id, name in origins(batch):
        returned.setdefault(import_id, []).append(name)
    return returned


def columns_of_sender(columns: Sequence[str], *, among: Sequence[str]) -> tuple[str, ...]:
    """Return those of `columns` that the marked workbook did not add; all of any other file.

    ``among``: all columns of the file.
    """
    ours = REASON_COLUMNS if set(REASON_COLUMNS) <= set(among) else ()
    return tuple(each for each in columns if each not in ours)


def origins(batch: SourceBatch) -> dict[tuple[str, str], int]:
    """Return import and row (number and sheet) that a row came from → its position in the batch."""
    if not set(ORIGIN_COLUMNS) <= set(batch.rows.column_names):
        return {}
    rows = batch.rows.select(list(ORIGIN_COLUMNS)).to_pylist()
    return {
        (row[FROM_IMPORT], row_name(row[FROM_ROW], row[FROM_SHEET])): at
        for at, row in enumerate(rows)
        if row[FROM_ROW] and row[FROM_IMPORT]
    }


def row_name(number: object, sheet: str | None) -> str:
    """Return the name of a row of a file: its number and its sheet."""
    return f"{number}{_PARTED}{sheet or ''}"


def all_corrected(manifests: Iterable[Manifest]) -> dict[str, set[str]]:
    """Return import → rows of it that some import in the lake brought back."""
    returned: dict[str, set[str]] = {}
    for manifest in manifests:
        for import_id, rows in manifest.returned.items():
            returned.setdefault(import_id, set()).update(rows)
    return returned


def without_corrected(
    rows: pa.Table, problems: pa.Table, returned: set[str]
) -> tuple[pa.Table, pa.Table]:
    """Return quarantined rows and their problems without those that came back."""
    if not returned:
        return rows, problems
    names = pa.array(sorted(returned), pa.large_string())
    return (
        rows.filter(_waits(rows, SENT_ROW, SENT_SHEET, names)),
        problems.filter(_waits(problems, SOURCE_ROW, SHEET, names)),
    )


def merge_corrected(into: dict[str, list[str]], more: Mapping[str, list[str]]) -> None:
    """Add what a batch brought back to what came before it."""
    for import_id, rows in more.items():
        into.setdefault(import_id, []).extend(rows)


def _waits(table: pa.Table, row: str, sheet: str, names: pa.Array) -> pa.Array:
    number = table[row].cast(pa.large_string())
    place = pc.fill_null(table[sheet].cast(pa.large_string()), pa.scalar("", pa.large_string()))
    parted = pa.scalar(_PARTED, pa.large_string())
    name = pc.binary_join_element_wise(number, place, parted)
    return pa.array(~np.asarray(pc.is_in(name, value_set=names)))
