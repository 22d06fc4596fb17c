"""A street on PostgreSQL, served by two processes behind one address."""

import os
from collections.abc import Callable, Iterator

import pytest
from postgresql import Schema
from served_streets import Served
from streets import build_street
from visits import free_port, running


@pytest.fixture(scope="module")
def served(
    postgresql: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    if os.name != "posix":
        pytest.skip("several processes need Unix sockets")
    schema, port = Schema(postgresql), free_port()
    folder = build_street(tmp_path_factory.mktemp("served") / "a", "A", url=schema.empty())
    arguments = ["-w", str(folder), "serve", "--processes", "2", "--port", str(port)]
    with running(arguments, port=port) as address:
        served = Served(address, folder)
        yield served
        served.close()
    schema.drop()
