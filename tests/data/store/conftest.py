"""A PostgreSQL database that may be emptied, where its URL is given."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from collections.abc import Callable

POSTGRESQL = "GRIDWARDEN_TEST_POSTGRESQL"


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
