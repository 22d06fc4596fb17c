"""A backtest on the command line: what it writes, says and refuses."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any as Said

import numpy as np
import pytest

ORIGINS = "2026-01-01:2026-02-01:1mo"
METHODS = ("--method", "score", "--method", "random")


@pytest.fixture(scope="module")
def visited(
    scored: Path, gridwarden: Callable[..., Said], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return an office with a year and a half of visits to two buildings, one far worse."""
    rng = np.random.default_rng(5)
    lines = ["检查编号,检查时间,楼栋编码,检查结果"]
    for number in range(260):
        month, building = 1 + (number // 13) % 12, 1 + number % 2
        year = 2025 + number // 156
        found = rng.random() < (0.1, 0.6)[building - 1]
        result = "属实" if found else "未发现异常"
        lines.append(f"V{number},{year}-{month:02d}-{1 + number % 27:02d},B{building},{result}")
    root = tmp_path_factory.mktemp("visited")
    visits = root / "visits.csv"
    visits.write_text("\n".join(lines) + "\n", encoding="utf-8")
    folder = shutil.copytree(scored, root / "w")
    with (folder / "gridwarden.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[score.model]\nwindows = 1\n")  # of 48, for speed
    assert gridwarden("-w", folder, "import", "inspections", visits).code == 0
    return folder


def test_a_backtest_writes_every_run_to_a_file_and_says_its_verdict(
    visited: Path, tmp_path: Path, gridwarden: Callable[..., Said]
) -> None:
    out = tmp_path / "out.json"
    said = gridwarden(
        "-w", visited, "backtest", "--event", "inspections:found", "--among", "inspected",
        "--origins", ORIGINS, "--horizon", "30d", "--horizon", "60d", "--k", "1",
        *METHODS, "--method", "past_count", "--json", out,
    )  # fmt: skip
    assert said.code == 0, said.err
    words = " ".join(said.out.split())
    assert "in the score's order find what they find" in words
    assert "There is one score, and it is what is evaluated here" in words
    assert "In the tenth that it ranks highest the score predicted" in words
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["seconds"] > 0
    lines = {(r["method"], r["origin"], r["horizon_days"]) for r in content["runs"]}
    assert len(lines) == len(content["runs"]) == 3 * 2 * 2


def test_the_verdict_is_said_in_the_language_of_the_command_line_on_the_usual_question(
    visited: Path, gridwarden: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", "zh")
    said = gridwarden("-w", visited, "backtest", "--origins", ORIGINS, "--horizon", "30d", *METHODS)
    assert said.code == 0, said.err
    words = "".join(said.out.split())
    assert "检查属实，楼栋，实际检查过的，30d" in words
    assert "同样的检查" in words
    assert "得分排在最前的十分之一，预计发现" in words


def test_without_area_the_score_says_so_by_its_name(
    visited: Path, tmp_path: Path, gridwarden: Callable[..., Said]
) -> None:
    out = tmp_path / "out.json"
    gridwarden("-w", visited, "backtest", "--no-area", "--origins", ORIGINS, "--json", out,
               "--method", "score", "--method", "score_no_area")  # fmt: skip
    runs = json.loads(out.read_text(encoding="utf-8"))["runs"]
    assert {run["method"] for run in runs} == {"score_no_area"}


@pytest.mark.parametrize(
    "options",
    [("--event", "fires"), ("--unit", "flat"), ("--among", "some"), ("--horizon", "soon"),
     ("--method", "oracle"), ("--origins", "2026")],
)  # fmt: skip
def test_what_makes_no_backtest_is_refused_in_words(
    visited: Path, options: tuple[str, str], gridwarden: Callable[..., Said]
) -> None:
    said = gridwarden("-w", visited, "backtest", "--origins", ORIGINS, *options)
    assert said.code == 1
    assert options[1] in " ".join(said.err.split())
