"""Run the command line in this process, as a script would."""

from __future__ import annotations

import json
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


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def gridwarden(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", "en")

    def call(*arguments: object) -> Said:
        result = CliRunner().invoke(app, [str(each) for each in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    paths = {"buildings": tmp_path / "buildings.csv", "inspections": tmp_path / "visits.csv"}
    paths["buildings"].write_text(BUILDINGS, encoding="utf-8")
    paths["inspections"].write_text(VISITS, encoding="utf-8")
    return paths


@pytest.fixture
def folder(tmp_path: Path, gridwarden: Callable[..., Said]) -> Path:
    assert gridwarden("init", tmp_path / "w").code == 0
    return tmp_path / "w"
