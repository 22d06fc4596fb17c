"""What several packages' tests share: one small demonstration city, built once, and browser visits.

The suite may run in several processes (``make test`` does so). They share what takes long to build.
Tests of one file stay together, in one process; so do those of files that look at the served city,
that look at other pages in a browser, or that start Spark. Each notebook may go its own way, and
each process has a PostgreSQL schema.
"""

import gc
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from patience import PATIENCE_S

from geo.garbage import collect_rarely, no_collection

ROOT = Path(__file__).parents[1]
BuiltOnce = Callable[[str, Callable[[Path], object]], Path]
POSTGRESQL = "GRIDWARDEN_TEST_POSTGRESQL"
CITY_PAGES, OTHER_PAGES = "pages of the city", "other pages"
PAGES = (CITY_PAGES, OTHER_PAGES)
TOGETHER = {" server: str": CITY_PAGES, "mark.browser": OTHER_PAGES, "mark.spark": "spark"}
"""What files say → the process that they share: pages wait for a browser, Spark starts slowly.

One process for all pages would be waited for by the others for minutes.
"""
BEGUN_FIRST = (
    "tests/governance/responsibility/assignment/test_service.py",
    *PAGES,
    "tests/notebooks",
    "spark",
    "tests/risk/test_no_look_ahead.py",
    "tests/risk/find_rate/test_coverage.py",
    "tests/benchmarks/test_kills.py",
    "tests/dashboard/test_rows_per_page.py",
    "tests/governance/scores/test_evaluation.py",
)
"""What others wait for – the city is built there –, and what takes half a minute or more: begun
last, it would be waited for at the end by processors that have nothing to do."""
SPARK_FOR_FEW_ROWS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.subexpressionElimination.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "100",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xms1g -Xmn700m",
}
"""What would be compiled runs once, over a few rows; nobody reads the plans of it."""

# What one process has compiled, the others find: workers, servers, the kernels of notebooks.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# How long an example takes depends on the neighbours of the machine; time is judged in benchmarks.
# One commit, one verdict: without GRIDWARDEN_TEST_NEW_EXAMPLES examples are the same each time.
# The same ones again tell nothing new, so they are fewer then. Hypothesis would draw some of them
# from the numbers and texts in the sources of what a process has imported so far: other ones with
# each order of the tests.
NEW_EXAMPLES = "GRIDWARDEN_TEST_NEW_EXAMPLES" in os.environ
if not NEW_EXAMPLES:
    assert callable(providers._get_local_constants)
    providers._get_local_constants = lambda: providers._local_constants
settings.register_profile(
    "gridwarden",
    deadline=None,
    derandomize=not NEW_EXAMPLES,
    max_examples=100 if NEW_EXAMPLES else 40,
)
settings.load_profile("gridwarden")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what others wait for, and with what takes long."""
    items.sort(key=_turn)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[Any]:
    """Let the garbage collector pass over what is imported, and look rarely at the rest."""
    with no_collection():
        collected = yield
        gc.collect()
        gc.freeze()
    collect_rarely()
    return collected


def _turn(item: pytest.Item) -> int:
    names = (item.nodeid, process_of(item.nodeid))
    firsts = [n for n, first in enumerate(BEGUN_FIRST) if any(x.startswith(first) for x in names)]
    return firsts[0] if firsts else len(BEGUN_FIRST)


@pytest.hookimpl(optionalhook=True)  # asked by pytest-xdist alone
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand the tests out by files to several processes."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFiles(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return process_of(nodeid)

    return ByFiles(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let pages go first: a browser, its server and its test wait for each other at every step."""
    if "PYTEST_XDIST_WORKER" in os.environ and process_of(item.nodeid) not in PAGES:
        _give_way()


@cache
def _give_way() -> None:
    if hasattr(os, "nice"):
        os.nice(5)


def process_of(nodeid: str) -> str:
    """Return what tests have in common that must run in one process: their file, or a fixture."""
    file = nodeid.split("::", maxsplit=1)[0]
    if file.startswith("tests/notebooks"):
        return nodeid
    return _shared_fixture(file) or file


@cache
def _shared_fixture(file: str) -> str | None:
    text = (ROOT / file).read_text(encoding="utf-8")
    return next((process for said, process in TOGETHER.items() if said in text), None)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> BuiltOnce:
    """Return what builds a folder of a name once for all processes of this run and returns it."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return lambda name, build: _built(base / name, build)


def _built(folder: Path, build: Callable[[Path], object]) -> Path:
    folder.mkdir(exist_ok=True)
    made, done, claim = folder / "made", folder / "done", folder / "claim"
    until = time.monotonic() + PATIENCE_S
    while not done.exists():
        try:
            claim.mkdir()
        except FileExistsError:
            assert time.monotonic() < until, f"another process does not get {folder.name} done"
            time.sleep(0.2)
            continue
        try:
            if not done.exists():  # the one before may have ended just now
                shutil.rmtree(made, ignore_errors=True)
                build(made)
                done.touch()
        finally:
            claim.rmdir()
    return made


@pytest.fixture(scope="session", autouse=True)
def _shared_engines() -> Iterator[None]:
    """Begin once a process what every store and every office would begin anew."""
    from shared_engines import shared_engines

    with shared_engines():
        yield


@pytest.fixture(scope="session")
def cheap_hashes() -> Iterator[None]:
    """Hash passwords at next to no cost."""
    from governance.access.passwords import HashCost
    from governance.security.accounts.authentication import Authenticator

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Authenticator, "hash_cost", HashCost(memory_kib=8, rounds=1, lanes=1))
        yield


def _quiet(_stage: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="session")
def demonstration(built_once: BuiltOnce) -> Path:
    """Build a city of 200 buildings from its messy files, scored three times, without patrols.

    It is never changed.
    """
    from imported import derive_all

    from governance.access.permissions import local_owner
    from gridwarden.compose import open_office
    from gridwarden.demo import build as demo

    day = date(2026, 11, 24)

    def build(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(demo, "SNAPSHOTS", 3)
            demo.build_demonstration(
                folder, buildings=200, seed=5, actor=local_owner(), advance=_quiet, today=day,
                patrols=False,
            )  # fmt: skip
        with closing(open_office(folder)) as office:
            derive_all(office)

    return built_once("demonstration", build)


@pytest.fixture(scope="session")
def two_communities(built_once: BuiltOnce) -> Path:
    """Build an office of two communities; to be read or copied, never changed."""
    from two_communities import build_office

    return built_once("two", build_office)


@pytest.fixture(scope="session")
def installation(built_once: BuiltOnce) -> Path:
    """Build an installation of three offices with SQLite; return the file that names them.

    To be looked at, or copied.
    """
    from installations import build_installation

    return built_once("installation", build_installation) / "city.toml"


@pytest.fixture(scope="session")
def trial_street(built_once: BuiltOnce) -> Path:
    """Build a street of 240 scored buildings for field trials; never changed."""
    from trial_street import build_street

    return built_once("trial", build_street)


@pytest.fixture
def own_demonstration(demonstration: Path, tmp_path: Path) -> Path:
    """Return a copy of the city that a test may change."""
    return shutil.copytree(demonstration, tmp_path / "own")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """Return what gives the URL of the database that the environment names.

    Without one, it is that of a server started at the first call; a test that calls is skipped
    where PostgreSQL is not installed.
    """
    from postgresql import temporary_postgresql

    with ExitStack() as ending:
        yield cache(
            lambda: os.environ.get(POSTGRESQL) or ending.enter_context(temporary_postgresql())
        )


@pytest.fixture(scope="session")
def empty_postgresql(postgresql: Callable[[], str]) -> Iterator[Callable[[], str]]:
    """Return what empties a PostgreSQL schema of this process and gives the URL that uses it."""
    from postgresql import Schema

    schema = Schema(postgresql)
    yield schema.empty
    schema.drop()


@pytest.fixture(scope="session")
def empty_store(postgresql: Callable[[], str]) -> Iterator[Callable[[], str]]:
    """Return what empties the tables of a store and gives its URL: they are made only once."""
    from postgresql import Schema

    schema = Schema(postgresql)
    yield schema.empty_store
    schema.drop()


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Return a local Spark session; starting one takes long, so there is one for all."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed")
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = sql.SparkSession.builder.master("local[1]")
    for name, value in SPARK_FOR_FEW_ROWS.items():
        builder = builder.config(name, value)
    session = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()
    yield session
    session.stop()
