"""Small hand-made sources and the check of a few rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pyarrow as pa
import pytest

from data.contracts.registry import TABLES
from data.ingest.batches import CheckedBatch, CheckOptions, SourceBatch
from data.ingest.checking.check import check_batch
from data.ingest.checking.deduplicate import SeenRows
from data.ingest.reading.column_mapping import guess_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

NOW = datetime(2026, 11, 24, 20, 0)  # noqa: DTZ001 -- the product's times are naive and local
Check = "Callable[..., CheckedBatch]"


@pytest.fixture
def check() -> Callable[..., CheckedBatch]:
    """Check the rows of one table, given as column → cells, mapped by their headers."""

    def run(
        table: str,
        columns: dict[str, Sequence[str | None]],
        *,
        seen: SeenRows | None = None,
        first_row: int = 2,
        imprecise: dict[str, Sequence[bool]] | None = None,
        geometry: Sequence[bytes | None] | None = None,
        **options: Any,
    ) -> CheckedBatch:
        rows = pa.table({n: pa.array(cells, pa.large_string()) for n, cells in columns.items()})
        batch = SourceBatch(
            rows=rows,
            source_row=np.arange(first_row, first_row + len(rows)),
            imprecise={n: np.array(mask) for n, mask in (imprecise or {}).items()},
            geometry=None if geometry is None else pa.array(geometry, pa.large_binary()),
        )
        contract = TABLES[table]
        return check_batch(
            batch,
            contract,
            guess_mapping(rows.column_names, contract).mapping,
            options=CheckOptions(**{"now": NOW, "secret": b"secret", **options}),
            seen=seen or SeenRows(),
        )

    return run


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write sheets (name → rows of cells) to an xlsx file, with merges and hidden rows."""

    def write(
        sheets: dict[str, list[list[Any]]],
        *,
        merge: Sequence[str] = (),
        hide_rows: Sequence[int] = (),
        hide_sheets: Sequence[str] = (),
    ) -> Path:
        book = openpyxl.Workbook()
        for place, (name, rows) in enumerate(sheets.items()):
            sheet = book.create_sheet(name, place)
            for row in rows:
                sheet.append(row)
            for block in merge:
                sheet.merge_cells(block)
            for number in hide_rows:
                sheet.row_dimensions[number].hidden = True
            if name in hide_sheets:
                sheet.sheet_state = "hidden"
        del book["Sheet"]
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return write
