"""Run the command line in this process, as a script would, in offices built once."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gridwarden.cli import app

BUILDINGS = """楼栋编码,小区名称,楼栋号,户数,经度,纬度
B1,示例花园,1号楼,60,117.1201,36.1900
B2,示例花园,2号楼,50,117.1212,36.1900
"""
VISITS = """检查编号,检查时间,楼栋编码,检查结果
X1,2026-10-10 19:00,B2,属实
X2,2026-10-11 19:00,B1,
X3,某天,B1,未发现异常
"""
LANGUAGE = "GRIDWARDEN_LANGUAGE"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def call(*arguments: object) -> Said:
    """Call a command, in English unless the environment says otherwise, on a wide terminal."""
    env = {LANGUAGE: os.environ.get(LANGUAGE, "en"), "COLUMNS": "240"}
    asked = [str(each) for each in arguments]
    result = CliRunner().invoke(app, asked, env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def done(*arguments: object) -> Said:
    """Call a command that must not fail."""
    said = call(*arguments)
    assert said.code == 0, said.err
    return said


@pytest.fixture(scope="session", autouse=True)
def _cheap(cheap_hashes: None) -> None:
    """Sign in and plan quickly in all tests of this folder."""


@pytest.fixture(scope="session")
def gridwarden() -> Callable[..., Said]:
    return call


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    paths = {"buildings": folder / "buildings.csv", "inspections": folder / "visits.csv"}
    paths["buildings"].write_text(BUILDINGS, encoding="utf-8")
    paths["inspections"].write_text(VISITS, encoding="utf-8")
    return paths


@pytest.fixture(scope="session")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "w"
    done("init", folder)
    return folder


@pytest.fixture(scope="session")
def _scored(_empty: Path, files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(_empty, tmp_path_factory.mktemp("pristine") / "w")
    for table, path in files.items():
        done("-w", folder, "import", table, path, "--datum", "wgs84")
    done("-w", folder, "score", "--as-of", "2026-11-24")
    return folder


@pytest.fixture(scope="session")
def scored(_scored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an office with two buildings, three visits and a score.

    To be read: nothing but its log of exports may change.
    """
    return shutil.copytree(_scored, tmp_path_factory.mktemp("scored") / "w")


@pytest.fixture
def folder(_empty: Path, tmp_path: Path) -> Path:
    """Return an office without a row."""
    return shutil.copytree(_empty, tmp_path / "w")


@pytest.fixture
def filled(_scored: Path, tmp_path: Path) -> Path:
    """Return a copy of the scored office that a test may change."""
    return shutil.copytree(_scored, tmp_path / "w")
