"""Kill the product 500 times in the middle of its work; nothing that was answered may be lost.

Each series is an office of its own, from its own seed, in which one operation after another is
killed with SIGKILL at a random moment, restarted, verified and asked again. A part killed at chosen
steps runs with the tests.

    python -m benchmarks.faults.kill_runs 500 --seed 1
    python -m benchmarks.faults.kill_runs 500 --seed 1 --store postgresql+psycopg://USER@HOST/DATABASE

The user of a PostgreSQL server must be allowed to make databases: each series has its own.
"""

import argparse
import resource
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random

from sqlalchemy import create_engine, make_url, text

from benchmarks.faults.kills.migration import MIGRATION, draw_moment, kill_migration
from benchmarks.faults.kills.operations import OPERATIONS
from benchmarks.faults.kills.processes import After
from benchmarks.faults.kills.series import Series
from benchmarks.faults.kills.street import build_street

PER_SERIES = 40
"""Kills in one office: it has no more cases, and what it holds is read after each kill."""


def main() -> None:
    """Kill so many times, and say what was killed how often."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", default="", help="PostgreSQL; SQLite without")
    asked = parser.parse_args()
    killed: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as within:
        template = Path(within) / "template"
        build_street(template)
        for number in count():
            folder = Path(within) / str(number) / "office"
            with _office(template, folder, asked.store) as office:
                killed += _run(office, _rng(asked.seed, number), asked.store)
            shutil.rmtree(folder.parent)
            told = ", ".join(f"{name} {times}" for name, times in sorted(killed.items()))
            print(f"{killed.total()} killed ({told}); {_cpu_s():.0f} s CPU", flush=True)
            if killed.total() >= asked.kills:
                return


def _rng(seed: int, number: int) -> Random:
    return Random(f"{seed}/{number}")  # noqa: S311 -- no secret


def _run(folder: Path, rng: Random, store: str) -> Counter[str]:
    """Kill in one office until it was met so many times."""
    series = Series(folder, rng)
    series.begin()
    while series.killed.total() < PER_SERIES:
        name = rng.choice([*OPERATIONS, MIGRATION])
        if name == MIGRATION:
            series.killed[name] += _kill_migration(folder.parent, draw_moment(rng), store)
        else:
            series.kill(name, series.moment(name))
    series.check()
    return series.killed


def _kill_migration(folder: Path, moment: After, store: str) -> bool:
    with tempfile.TemporaryDirectory(dir=folder) as own:
        if not store:
            return kill_migration(f"sqlite:///{own}/old.db", Path(own), moment)
        with own_database(store, MIGRATION) as url:
            return kill_migration(url, Path(own), moment)


@contextmanager
def _office(template: Path, folder: Path, store: str) -> Iterator[Path]:
    """Give a copy of the office, or a new one where its store is a PostgreSQL database."""
    if not store:
        yield shutil.copytree(template, folder)
        return
    with own_database(store, "office") as url:
        build_street(folder, url=url)
        yield folder


@contextmanager
def own_database(store: str, purpose: str) -> Iterator[str]:
    """Make a database beside the one of a URL, give its URL, and drop it in the end."""
    url = make_url(store)
    name = f"{url.database}_{purpose}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    drop = text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    with engine.connect() as connection:
        connection.execute(drop)
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield url.set(database=name).render_as_string(hide_password=False)
        connection.execute(drop)
    engine.dispose()


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    main()
