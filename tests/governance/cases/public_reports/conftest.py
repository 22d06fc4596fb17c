"""An office that takes public reports."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from moving_clock import MovingClock
from public_office import hash_pins_quickly, taking_reports

from governance.office import Office
from tests.governance.conftest import NOW


@pytest.fixture(autouse=True)
def _quick_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    hash_pins_quickly(monkeypatch)


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(NOW)


@pytest.fixture
def taking(tmp_path: Path, filled_folder: Path, clock: MovingClock) -> Iterator[Office]:
    """Return the office with three files imported, which takes public reports."""
    office = taking_reports(shutil.copytree(filled_folder, tmp_path / "office"), clock)
    yield office
    office.close()
