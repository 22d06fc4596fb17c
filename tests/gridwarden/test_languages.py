"""The command line speaks one language: help, heads, names, reasons and errors."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from dashboard.i18n import translator
from data.contracts.registry import TABLES
from governance.access.roles import GRANTED
from gridwarden.cli import app
from gridwarden.console.help import USAGE
from gridwarden.console.invocation import Invocation

Gridwarden = Callable[..., Any]
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
OPTIONS = re.compile(r"(?<!\w)--?[a-zA-Z][\w-]*")
FACTS = re.compile(r"\{.*?\}|\S*[\d_./=#]\S*")
"""Facts of a log line, ids, names of files, and codes with a digit or a sign in them."""
WORDS = re.compile(r"[A-Za-z]{2,}(?:-[a-z]+)*")
CODES = {
    *("gridwarden", "admin", "local", "machine", "lina", "fires", "topp", "csv", "JSON", "Excel"),
    *("URL", "SELECT", "EPSG", "Ctrl", "AUC", "PAI", "PEI", "PEM", "https"),
    *("PostgreSQL", "SHA", "LibreOffice", "DuckDB", "SQLite", "Python", "TLS"),
    *("zh", "en", "none", "demo", *GRANTED),
    *("wgs", "gcj", "bd", "cgcs", "GPS", "WGS", "CGCS"),
    *("building", "cell", "grid", "community", "street", "graded", "quiet", "random"),
    *("violations", "inspections", "found", "critical", "inspected", "all", "mo", "export"),
    *("weekly", "monthly", "quarterly", "campaign", "one-page", "one", "page", "full", "summary"),
}
"""What is typed, and names of things outside: the same in every language."""
FIELDS = [each for table in TABLES.values() for each in table.fields]
OF_FILES = {"示例花园", "号楼", "某天", "系统管理员", *(each.header for each in FIELDS)}
"""What the office's files and accounts say."""


def commands() -> dict[str, Any]:
    """Return every command by what is typed."""
    root: Any = typer.main.get_command(app)
    inner = {f"{name} {each}": command for name, group in root.commands.items()
             for each, command in getattr(group, "commands", {}).items()}  # fmt: skip
    return {"": root, **root.commands, **inner}


def english_in(text: str) -> set[str]:
    """Return the Latin words of a text that are no option, code, file or name of a command."""
    left = FACTS.sub(" ", OPTIONS.sub(" ", text))
    typed = {word for name in commands() for word in name.split()}
    return set(WORDS.findall(left)) - CODES - typed - {*TABLES, *(each.name for each in FIELDS)}


def chinese_in(text: str) -> set[str]:
    return set(CHINESE.findall(text)) - OF_FILES


@pytest.mark.parametrize("name", commands())
def test_help_is_in_one_language(gridwarden: Gridwarden, name: str) -> None:
    zh, en = (gridwarden("--language", each, *name.split(), "--help") for each in ("zh", "en"))
    assert (zh.code, en.code) == (0, 0)
    assert english_in(zh.out) == set()
    assert chinese_in(en.out) == set()


@pytest.mark.parametrize("name", ["import", "template", "export"])
def test_help_lists_the_tables_that_can_be_named(gridwarden: Gridwarden, name: str) -> None:
    said = gridwarden("--language", "zh", name, "--help").out
    assert all(f"{table} " in said for table in TABLES)
    assert translator("zh").name("table", "complaints") in said


def test_a_flag_says_yes_or_nothing() -> None:
    rows = [{"found": True, "suspected": False}]
    drawn = Invocation(chosen_language="en").table("", rows, ["found", "suspected"])
    assert [[*column.cells] for column in drawn.columns] == [["yes"], [""]]


ASKED = (
    ("import", "inspections", "{visits}", "--dry-run"),
    ("imports",),
    ("quarantine",),
    ("quarantine", "--export", "{new}.xlsx"),
    ("template", "grids", "{new}.xlsx"),
    ("export", "inspections", "{new}.csv"),
    ("export", "inspections", "{new}.csv", "--unmasked", "--reason", "1"),
    ("export-requests",),
    ("score", "--as-of", "2026-11-24"),
    ("top",),
    ("top", "--unit", "cell:9"),
    ("explain", "B2"),
    ("assign",),
    ("responsible", "B1"),
    ("plan", "--week", "2026-11-30", "--preview", "--seconds", "0"),
    ("trials",),
    ("trial-design",),
    ("my-buildings", "--all"),
    ("visits",),
    ("coverage", "--since", "2026-10-01", "--until", "2026-11-24"),
    ("coverage", "--since", "2026-10-01", "--until", "2026-11-24", "--late"),
    ("grids",),
    ("verify",),
    ("audit",),
    ("user", "add", "lina", "--role", "warden"),
    ("user", "list"),
    ("user", "roles"),
    ("user", "lock", "lina"),
    ("backtest", "--origins", "2026-10-01:2026-10-01:1mo", "--horizon", "30d"),
    ("undo-import", "1"),
    ("undo-score", "1"),
    ("explain", "B99"),
    ("export", "fires", "{new}.csv"),
    ("score", "--as-of", "2026-13-01"),
    ("score", "--as-of", "2100-01-01"),
    ("plan", "--preview", "--publish"),
    ("plan",),
    ("evaluate-plan",),
    ("import", "inspections", "{visits}", "--map", "1"),
    ("user", "password"),
    ("simulate", "1", "{new}"),
    ("coverage", "--since", "2026-11-02", "--until", "2026-11-01"),
)


def asked(command: tuple[str, ...], files: dict[str, Path], new: Path) -> list[str]:
    return [each.format(visits=files["inspections"], new=new) for each in command]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", ASKED, ids=" ".join)
def test_what_a_command_says_is_in_one_language(
    filled: Path,
    files: dict[str, Path],
    tmp_path: Path,
    gridwarden: Gridwarden,
    command: tuple[str, ...],
    language: str,
) -> None:
    words = asked(command, files, tmp_path / "1")
    said = gridwarden("--language", language, "-w", filled, *words)
    told = said.out + said.err
    assert told.strip()
    found = english_in(told) if language == "zh" else chinese_in(told)
    assert found == set(), told


MISUSED = {
    "no_option": ("top", "--units"),
    "no_command": ("topp",),
    "missing": ("explain",),
    "needs_value": ("top", "--unit"),
    "takes_no_value": ("imports", "--json=3"),
    "too_many": ("imports", "3"),
    "too_small": ("top", "-k", "0"),
    "too_large": ("assign", "--stickiness", "3"),
    "no_integer": ("top", "-k", "x"),
    "no_number": ("assign", "--stickiness", "x"),
    "no_value": ("--language", "fr", "top"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", MISUSED)
def test_wrong_usage_is_told_in_words_with_exit_code_2(
    gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch, code: str, language: str
) -> None:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", language)
    said = gridwarden(*MISUSED[code])
    assert said.code == 2
    assert said.out == ""
    pattern = re.escape(translator(language).name("usage", code))
    assert re.search(re.sub(r"\\\{\w+\\\}", r"\\S+", pattern), said.err)
    assert (english_in if language == "zh" else chinese_in)(said.err) == set()


def test_every_kind_of_wrong_usage_has_words() -> None:
    assert [code for code in USAGE if not translator("zh").knows("usage", code)] == []


@pytest.mark.parametrize(
    ("option", "variable", "office", "locale", "language"),
    [
        ("en", "zh", "zh", "zh_CN.UTF-8", "en"),
        ("", "en", "zh", "zh_CN.UTF-8", "en"),
        ("", "", "zh", "en_GB.UTF-8", "zh"),
        ("", "", "en", "zh_CN.UTF-8", "en"),
        ("", "", "", "en_GB.UTF-8", "en"),
        ("", "", "", "zh_CN.UTF-8", "zh"),
        ("", "", "", "C.UTF-8", "zh"),
        ("", "", "", "", "zh"),
    ],
)
def test_option_then_environment_then_office_then_machine_decide_the_language(
    folder: Path,
    gridwarden: Gridwarden,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    variable: str,
    office: str,
    locale: str,
    language: str,
) -> None:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", variable)
    monkeypatch.setenv("LC_ALL", locale)
    settings = folder / "gridwarden.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('locale = "zh"', f'locale = "{office}"'), encoding="utf-8")
    before = [*(("--language", option) if option else ()), *(("-w", folder) if office else ())]
    said = gridwarden(*before, "undo-import")
    assert translator(language).name("usage", "missing", name="")[:2] in said.err or (
        translator(language)("Usage: {line}", line="")[:3] in said.err
    )


def stages() -> Iterator[str]:
    for path in ("data/ingest", "risk/evaluation", "governance/scores", "gridwarden/demo"):
        for file in (Path(__file__).parents[2] / path).rglob("*.py"):
            yield from re.findall(r"(?:progress|advance)\(\"(\w+)\"", file.read_text("utf-8"))


def test_every_stage_of_long_work_has_a_name() -> None:
    assert {each for each in stages() if not translator("zh").knows("stage", each)} == set()
