"""An office that takes public reports, served to a browser without a window."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from moving_clock import MovingClock
from public_office import hash_pins_quickly, taking_reports
from small_browser import Browser

from dashboard.runtime import context
from governance.office import Office
from tests.governance.conftest import NOW


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(NOW)


@pytest.fixture
def taking(
    two_communities: Path, tmp_path: Path, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """Return the served office of two communities, which takes public reports."""
    hash_pins_quickly(monkeypatch)
    folder = shutil.copytree(two_communities, tmp_path / "office")
    office = taking_reports(folder, clock, tries_an_hour=10_000, look_ups_an_hour=10_000)
    context.provide(office)
    yield office
    context.withdraw()
    office.close()


@pytest.fixture
def browser() -> Browser:
    return Browser()
