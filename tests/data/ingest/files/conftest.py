"""Files as offices and databases send them, written in the test and sent through the import."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data.engine import Engine
from data.ingest.options import ImportOptions
from data.ingest.results import ImportResult
from data.ingest.run import import_file
from data.workspace.folder import Workspace

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout


@pytest.fixture
def send(workspace: Workspace, tmp_path: Path) -> Callable[..., ImportResult]:
    """Import a file, or what is written to one: ``send("complaints", path, datum=...)``.

    Texts are the lines of a CSV file, lists of cells the rows of a workbook. What is derived is
    made where rows are read.
    """
    sent = iter(range(100))

    def run(
        table: str, what: Path | Sequence[str | list[Any]], *, dry_run: bool = False, **said: Any
    ) -> ImportResult:
        number = next(sent)
        path = what if isinstance(what, Path) else written(tmp_path / f"file{number}", what)
        now = NOON + timedelta(minutes=number)
        options = ImportOptions(**said)
        return import_file(
            workspace, table, path, now=now, dry_run=dry_run, options=options, derive=False
        )

    return run


def written(path: Path, rows: Sequence[str | list[Any]]) -> Path:
    """Write lines to a CSV file, or rows of cells to a workbook; return which."""
    if isinstance(rows[0], str):
        path = path.with_suffix(".csv")
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


@pytest.fixture
def rows_of(workspace: Workspace) -> Callable[..., list[Any]]:
    """Return the current rows of a table as tuples, or the values of one column alone.

    ``by``: the column of their order; the first where it is not named.
    """

    def read(table: str, *names: str, by: str | None = None) -> list[Any]:
        engine = Engine(workspace)
        try:
            rows = engine.table(table).order_by(by or names[0]).select(*names).to_pyarrow()
        finally:
            engine.close()
        columns = [rows[name].to_pylist() for name in names]
        return columns[0] if len(names) == 1 else list(zip(*columns, strict=True))

    return read
