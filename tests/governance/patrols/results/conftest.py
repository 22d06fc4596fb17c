"""The small office after a week that it planned and went by."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imported import copied_office, opened_copy

from governance.office import Office
from tests.governance.patrols.results.afterwards_street import keep, plan_of

AFTER = datetime(2027, 1, 5, 4, 0, tzinfo=UTC)


@pytest.fixture
def after(filled_folder: Path, tmp_path: Path) -> Iterator[Office]:
    """Open the office two days after the week; nothing is planned."""
    yield from opened_copy(filled_folder, tmp_path, now=AFTER)


@pytest.fixture(scope="session")
def walked_folder(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with copied_office(filled_folder, tmp_path_factory.mktemp("walked"), now=AFTER) as office:
        keep(office, plan_of())
    return office._workspace.root


@pytest.fixture
def desk(walked_folder: Path, tmp_path: Path) -> Iterator[Office]:
    """Open it with the week's published plan."""
    yield from opened_copy(walked_folder, tmp_path, now=AFTER)
