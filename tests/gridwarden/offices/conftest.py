"""An installation of three offices, built once with SQLite; to be looked at, or copied."""

from pathlib import Path

import pytest
from installations import build_installation


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that names the offices."""
    return build_installation(tmp_path_factory.mktemp("installation"))
