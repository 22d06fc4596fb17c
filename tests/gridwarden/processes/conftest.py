"""A street on PostgreSQL, served by two processes behind one address."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from served_streets import Served, served_by_two


@pytest.fixture(scope="module")
def served(
    installation: Path, postgresql: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    if os.name != "posix":
        pytest.skip("several processes need Unix sockets")
    folder = tmp_path_factory.mktemp("served") / "a"
    with served_by_two(installation, folder, postgresql) as street:
        yield street
