"""Texts are screened on the command line, from a file or standard input, in both languages."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Gridwarden = Callable[..., Any]
TEXTS = "初二数学一对一，上门，150元/小时\n\n补牙多少钱\n"


def test_texts_of_a_file_are_told_as_records_and_as_csv(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    (tmp_path / "texts.txt").write_text(TEXTS, encoding="utf-8")
    out = tmp_path / "told.csv"
    said = gridwarden(
        "-w", filled, "screen", tmp_path / "texts.txt", "--words", "--export", out, "--json"
    ).json["texts"]
    assert [row["forms"] for row in said] == [["一对一"], []]
    assert [row["tutoring"] for row in said] == [True, False]
    assert "一对一=一对一 (一对一)" in said[0]["marks"]
    with out.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert [(row["text"], row["forms"]) for row in written] == [
        ("初二数学一对一，上门，150元/小时", "一对一"),
        ("补牙多少钱", ""),
    ]


@pytest.mark.parametrize(("language", "head"), [("zh", "涉及学科培训"), ("en", "About tutoring")])
def test_texts_of_standard_input_are_shown_in_the_users_language(
    filled: Path,
    gridwarden: Gridwarden,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    head: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(TEXTS))
    said = gridwarden("-w", filled, "--language", language, "screen")
    assert said.code == 0
    assert head in said.out.replace("\n", "")


def test_a_text_that_looks_like_a_formula_runs_in_no_spreadsheet(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    (tmp_path / "texts.txt").write_text("=cmd|'/c calc'!A1\n", encoding="utf-8")
    out = tmp_path / "told.csv"
    assert gridwarden("-w", filled, "screen", tmp_path / "texts.txt", "--export", out).code == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == ["'=cmd|'/c calc'!A1"]
