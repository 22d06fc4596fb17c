"""What several rooms' tests share: one small demonstration city, built once, and browser visits."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from collections.abc import Callable

POSTGRESQL = "GRIDWARDEN_TEST_POSTGRESQL"


def _share(name: str) -> None:
    """Make a module beside this file importable by the tests; they are no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


_share("visits")
_share("service_arguments")
_share("two_communities")


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


@pytest.fixture(scope="session")
def two_communities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an office of two communities; to be read or copied, never changed."""
    from two_communities import build_office

    folder = tmp_path_factory.mktemp("two") / "office"
    build_office(folder)
    return folder


@pytest.fixture
def own_demonstration(demonstration: Path, tmp_path: Path) -> Path:
    """Return a copy of the city that a test may change."""
    return shutil.copytree(demonstration, tmp_path / "own")


@pytest.fixture(scope="session")
def empty_postgresql() -> Callable[[], str]:
    """Return what empties the database and gives its URL; a test that asks is skipped without."""

    def empty() -> str:
        url = os.environ.get(POSTGRESQL)
        if not url:
            pytest.skip(f"{POSTGRESQL} holds no URL of a PostgreSQL database that may be emptied")
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
        return url

    return empty
