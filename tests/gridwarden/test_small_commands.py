"""What small commands do not wait for: packages that take long to import, other commands."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import gridwarden as package
from gridwarden import commands as folder_of_commands
from gridwarden.cli import Program
from gridwarden.console.late_commands import commands_of
from gridwarden.settings import BLAS_THREADS

HEAVY = (
    *("ahocorasick", "alembic", "babel", "cryptography", "docxtpl", "duckdb", "folium"),
    *("geopandas", "h3", "ibis", "numpy", "opencc", "openpyxl", "ortools", "pandas", "pyarrow"),
    *("pypinyin", "pyproj", "pyvrp", "reportlab", "scipy", "shapely", "sklearn", "sqlalchemy"),
    *("sqlglot", "streamlit", "xlsxwriter"),
)
STEPS = (
    ((), ("--help",), ("user", "--help"), ("-w", "{office}", "imports")),
    (("opencc", "xlsxwriter"), ("template", "grids", "{new}.xlsx")),
    (
        ("sqlalchemy",),
        ("-w", "{office}", "user", "list"),
        ("-w", "{office}", "user", "lock", "guest"),
        ("-w", "{office}", "audit"),
        ("-w", "{office}", "audit-prune"),
        ("-w", "{office}", "export-requests"),
        ("-w", "{office}", "trials"),
    ),
    (("ahocorasick", "pypinyin"), ("-w", "{office}", "screen", "{text}")),
    (("alembic",), ("init", "{new}"), ("-w", "{new}", "migrate")),
    (("duckdb",), ("-w", "{office}", "doctor")),
    (
        ("numpy", "pyarrow"),
        ("-w", "{office}", "quarantine"),
        ("-w", "{scored}", "visits"),
        ("-w", "{scored}", "visits", "--building", "B1"),
        ("-w", "{scored}", "top"),
        ("-w", "{scored}", "top", "--unit", "cell:9"),
    ),
    (("cryptography",), ("-w", "{office}", "undo-import", "{import_id}")),
)
"""Packages that come to be needed, and commands that need no other, in one process."""
REFUSED = "audit-prune"
"""The command that finds nothing to do, and says so."""
RUN = """
import json, sys
from gridwarden.cli import app
loaded = []
for words in json.loads(sys.argv[1]):
    try:
        app(words)
    except SystemExit as end:
        assert bool(end.code) == (sys.argv[2] in words), words
    loaded.append(sorted({name.partition(".")[0] for name in sys.modules}))
print(json.dumps(loaded), file=sys.stderr)
"""
OTHERS = """
import sys
from gridwarden.cli import app
try:
    app(["imports", "--help"])
finally:
    print(*(name for name in sys.modules if "gridwarden.commands." in name), file=sys.stderr)
"""
AT_WORK = """
import gc
from gridwarden.cli import app
import numpy
from threadpoolctl import threadpool_info
print(gc.get_threshold()[0], *(each["num_threads"] for each in threadpool_info()))
"""
ROOT = Path(package.__file__).parents[1]


def test_a_small_command_imports_no_package_that_it_does_not_need(
    folder: Path,
    scored: Path,
    files: dict[str, Path],
    tmp_path: Path,
    gridwarden: Callable[..., Any],
) -> None:
    imported = gridwarden("-w", folder, "import", "inspections", files["inspections"], "--json")
    gridwarden("-w", folder, "user", "add", "guest", "--name", "G", "--role", "auditor")
    (tmp_path / "text").write_text("小学数学一对一", encoding="utf-8")
    new, text, import_id = tmp_path / "new", tmp_path / "text", imported.json["import_id"]
    places = {"office": folder, "scored": scored, "new": new, "text": text, "import_id": import_id}
    allowed: set[str] = set()
    asked: list[tuple[list[str], set[str]]] = []
    for needed, *commands in STEPS:
        allowed |= {*needed}
        asked += [([word.format(**places) for word in each], {*allowed}) for each in commands]
    ran = subprocess.run(  # noqa: S603 -- our own
        [sys.executable, "-c", RUN, json.dumps([words for words, _ in asked]), REFUSED],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    loaded = json.loads(ran.stderr.splitlines()[-1])
    waited_for = {
        " ".join(words): sorted({*packages} & {*HEAVY} - needed)
        for (words, needed), packages in zip(asked, loaded, strict=True)
    }
    assert {words: packages for words, packages in waited_for.items() if packages} == {}


def test_each_command_is_named_with_the_module_that_has_it() -> None:
    found = walk_packages(folder_of_commands.__path__, f"{folder_of_commands.__name__}.")
    having = {each.name: tuple(commands_of(each.name)) for each in found if not each.ispkg}
    assert {name: names for name, names in having.items() if names} == dict(Program.modules)


def test_a_command_imports_the_module_of_no_other() -> None:
    ran = subprocess.run(  # noqa: S603 -- our own
        [sys.executable, "-c", OTHERS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stderr.split() == ["gridwarden.commands.imports"]


def test_a_process_of_the_program_looks_for_garbage_rarely_and_reckons_with_one_thread() -> None:
    unnamed = {name: value for name, value in os.environ.items() if name != BLAS_THREADS}
    ran = subprocess.run(  # noqa: S603 -- our own
        [sys.executable, "-c", AT_WORK], cwd=ROOT, env=unnamed,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    new_objects, *threads = map(int, ran.stdout.split())
    assert new_objects >= 10_000
    assert set(threads) == {1}
