"""A workspace, rows put into its lake, small sources and the check of a few rows."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pytest
import stored_rows

from data.contracts.registry import TABLES
from data.ingest.batches import CheckedBatch, CheckOptions, SourceBatch
from data.ingest.checking.check import check_batch
from data.ingest.checking.deduplicate import SeenRows
from data.ingest.reading.headers.column_mapping import guess_mapping
from data.lake.manifest import Manifest
from data.store.audit.chain import START
from data.store.unit_of_work import Store
from data.workspace.folder import Workspace

NOW = datetime(2026, 11, 24, 20, 0)  # noqa: DTZ001 -- the product's times are naive and local
NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an empty workspace, to be copied: making one takes a second."""
    workspace = Workspace.create(tmp_path_factory.mktemp("empty") / "office")
    workspace.store.close()
    return workspace.root


@pytest.fixture
def workspace(tmp_path: Path, empty_folder: Path) -> Workspace:
    """Return a new, empty workspace."""
    return Workspace.open(shutil.copytree(empty_folder, tmp_path / "office"))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    empty_folder: Path,
    empty_store: Callable[[], str],
) -> Iterator[Store]:
    """Return an empty store on each database, its log sealed with a secret and a file."""
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(empty_folder / 'gridwarden.db', tmp_path)}"
    else:
        url = empty_store()
    made = Store(url, secret=lambda: b"of this test", head_file=tmp_path / "audit.head")
    made.upgrade()
    made.sealing.write_anew(START)
    yield made
    made.close()


@pytest.fixture(scope="session")
def put_rows() -> Callable[..., Manifest]:
    """Return what stores rows as one import: ``put_rows(workspace, table, rows, now=...)``."""
    return stored_rows.put_rows


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
        heading: str = "",
        **options: Any,
    ) -> CheckedBatch:
        rows = pa.table({n: pa.array(cells, pa.large_string()) for n, cells in columns.items()})
        batch = SourceBatch(
            rows=rows,
            source_row=np.arange(first_row, first_row + len(rows)),
            heading=heading,
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
