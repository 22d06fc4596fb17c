"""An installation of three offices, built once with SQLite; to be looked at, or copied."""

from collections.abc import Callable
from pathlib import Path

import pytest
from installations import build_installation


@pytest.fixture(scope="session")
def installation(built_once: Callable[..., Path]) -> Path:
    """Return the file that names the offices."""
    return built_once("installation", build_installation) / "city.toml"
