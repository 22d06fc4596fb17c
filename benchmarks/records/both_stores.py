"""Offices on SQLite and on PostgreSQL, and how long they take to answer."""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from sqlalchemy import create_engine, make_url, text

from data.store.unit_of_work import Store
from governance.office import Office
from gridwarden.compose import create_workspace, open_office, utc_now

TIMES, MOST_MS = 5, 500
POSTGRESQL = "GRIDWARDEN_TEST_POSTGRESQL"


def on_both_stores(measure: Callable[[str, Store | None], bool]) -> bool:
    """Measure on SQLite, and on PostgreSQL where its URL is set; say whether every limit held."""
    fast = measure("SQLite", None)
    if url := os.environ.get(POSTGRESQL):
        with emptied_postgresql(url) as made:
            fast &= measure("PostgreSQL", Store(made))
    return fast


@contextmanager
def emptied_postgresql(url: str) -> Iterator[str]:
    """Give the URL of a schema of its own."""
    schema = f"benchmark_{secrets.token_hex(4)}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    made = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
    try:
        yield made.render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


@contextmanager
def office_on(
    store: Store | None, *, now: Callable[[], datetime] = utc_now
) -> Iterator[tuple[Office, Path]]:
    """Give an office on a store, on SQLite by default, and a folder for its files."""
    with tempfile.TemporaryDirectory() as folder:
        office = open_office(create_workspace(Path(folder) / "office"), now=now)
        if store is not None:
            office._workspace.__dict__["store"] = store  # noqa: SLF001
        yield office, Path(folder)
        office.close()


def slowest(asked: Mapping[str, Callable[[], object]]) -> tuple[float, float]:
    """Print the medians of some answers to each question; return the longest of each.

    Milliseconds by the clock, and of CPU.
    """
    clocks, cpus = [], []
    for title, ask in asked.items():
        clock, cpu = _medians_ms(ask)
        print(f"  {title:42}{clock:8.0f} ms{cpu:8.0f} ms of CPU")
        clocks.append(clock)
        cpus.append(cpu)
    return max(clocks), max(cpus)


def _medians_ms(ask: Callable[[], object]) -> tuple[float, float]:
    clock, cpu = [], []
    for _ in range(TIMES):
        begun, begun_cpu = perf_counter(), process_time()
        ask()
        clock.append(1000 * (perf_counter() - begun))
        cpu.append(1000 * (process_time() - begun_cpu))
    return median(clock), median(cpu)
