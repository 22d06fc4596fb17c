"""Files as offices and databases send them, written in the test and sent through the import."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.engine import Engine
from data.ingest.options import ImportOptions
from data.ingest.results import ImportResult
from data.ingest.run import import_file
from data.workspace.folder import Workspace

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout


@pytest.fixture
def send(workspace: Workspace, tmp_path: Path) -> Callable[..., ImportResult]:
    """Import a file, or lines written to one: ``send("complaints", path or lines, datum=...)``."""
    sent = iter(range(100))

    def run(table: str, what: Path | Sequence[str], **said: Any) -> ImportResult:
        number = next(sent)
        path = what if isinstance(what, Path) else tmp_path / f"file{number}.csv"
        if not isinstance(what, Path):
            path.write_text("\n".join(what) + "\n", encoding="utf-8")
        return import_file(
            workspace,
            table,
            path,
            now=NOON + timedelta(minutes=number),
            dry_run=said.pop("dry_run", False),
            options=ImportOptions(**said),
        )

    return run


@pytest.fixture
def rows_of(workspace: Workspace) -> Callable[..., list[dict[str, Any]]]:
    """Return the current rows of a table, as far as named, in the order of the first column."""

    def read(table: str, *names: str) -> list[dict[str, Any]]:
        engine = Engine(workspace)
        try:
            rows = engine.table(table).select(*names).order_by(names[0]).to_pyarrow().to_pylist()
        finally:
            engine.close()
        return rows

    return read
