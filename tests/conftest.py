"""What several rooms' tests share: one small demonstration city, built once."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def _quiet(_stage: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a city of 200 buildings from its messy files; to be read, never changed."""
    from governance.access import local_owner
    from gridwarden.demonstration import build_demonstration

    folder = tmp_path_factory.mktemp("demonstration") / "demo"
    build_demonstration(
        folder, buildings=200, seed=5, actor=local_owner(), advance=_quiet, today=date(2026, 11, 24)
    )
    return folder


@pytest.fixture
def own_demonstration(demonstration: Path, tmp_path: Path) -> Path:
    """Return a copy of the city that a test may change."""
    return shutil.copytree(demonstration, tmp_path / "own")
