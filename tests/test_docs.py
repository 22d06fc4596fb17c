"""What the documentation says exists: commands, options, settings, files, links."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

import bootstrap
from data.contracts.office_words import with_office_words
from data.contracts.registry import TABLES
from data.workspace.settings import SECTIONS, read_section, read_settings
from governance.cases.public_reports.settings import SECTION as PUBLIC_REPORTS
from governance.cases.public_reports.settings import PublicReportRules
from governance.patrols.routing.model.settings import SECTION as PATROLS
from governance.patrols.routing.model.settings import PatrolRules
from governance.records.evidence.settings import SECTION as EVIDENCE
from governance.records.evidence.settings import EvidenceRules
from governance.scores.automatic.rules import SECTION as SCORING
from governance.scores.automatic.rules import ScoringRules
from governance.scores.monitoring import SECTION as MONITORING
from governance.scores.monitoring import MonitoringRules
from governance.scores.trials.settings import SECTION as TRIALS
from governance.scores.trials.settings import TrialRules
from governance.security.operation_rules import SECTION as OPERATIONS
from governance.security.operation_rules import OperationRules
from governance.visits.rules.settings import SECTION as VISITS
from governance.visits.rules.settings import VisitRules
from gridwarden import settings as environment
from gridwarden.cli import app
from risk.config.score import ScoreConfig
from risk.evaluation.targets.settings import BacktestSettings

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
COMMANDS_PAGE = ROOT / "docs" / "reference" / "command-line.md"
SETTINGS_PAGE = ROOT / "docs" / "reference" / "settings.md"
ROOMS = (*bootstrap.PACKAGES, "tests", "benchmarks", "docs")

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def by_path(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> Iterator[str]:
    return (body for found, body in FENCE.findall(text_of(page)) if found == language)


def inline(page: Path) -> list[str]:
    return INLINE.findall(FENCE.sub("", text_of(page)))


def shell_lines(page: Path) -> Iterator[str]:
    """Yield the commands of a page: lines of shell blocks, and commands within sentences."""
    for block in blocks(page, "sh"):
        yield from (line for line in block.splitlines() if line.strip())
    yield from (code for code in inline(page) if code.startswith(("gridwarden ", "make ", "py ")))


@cache
def commands() -> dict[str, Any]:
    root: Any = typer.main.get_command(app)
    flat = {"": root, **root.commands}
    for name, command in root.commands.items():
        flat |= {
            f"{name} {inner}": each for inner, each in getattr(command, "commands", {}).items()
        }
    return flat


def options_of(command: Any) -> set[str]:
    named = [name for each in command.params for name in (*each.opts, *each.secondary_opts)]
    return {name for name in named if name.startswith("-")} | {"--help"}


def takes_value(command: Any, option: str) -> bool:
    return any(option in each.opts and not each.is_flag for each in command.params
               if each.param_type_name == "option")  # fmt: skip


def faults_of(line: str) -> list[str]:
    """List what is wrong with a ``gridwarden`` line: unknown commands and options."""
    name, faults, words = "", [], iter(shlex.split(line, comments=True)[1:])
    for word in words:
        option = word.split("=", 1)[0]
        if word.startswith("-"):
            if option not in options_of(commands()[name]):
                faults.append(f"{name or 'gridwarden'} has no option {option}")
            elif "=" not in word and takes_value(commands()[name], option):
                next(words, None)
        elif not name and word not in {"COMMAND", "..."}:
            if word not in commands():
                return [*faults, f"there is no command {word}"]
            name = word
        elif f"{name} {word}" in commands():
            name = f"{name} {word}"
    return faults


@pytest.mark.parametrize(
    "line",
    [
        "gridwarden imprt complaints a.xlsx",
        "gridwarden -w office top --units grid",
        "gridwarden --dir office verify",
        "gridwarden -w office import complaints a.xlsx --sheet A --dryrun",
    ],
)
def test_a_slip_in_a_command_is_found(line: str) -> None:
    assert faults_of(line)


@pytest.mark.parametrize("page", PAGES, ids=by_path)
def test_every_command_and_option_shown_exists(page: Path) -> None:
    lines = [line for line in shell_lines(page) if line.startswith("gridwarden ")]
    assert [(line, faults) for line in lines if (faults := faults_of(line))] == []


@pytest.mark.parametrize("page", PAGES, ids=by_path)
def test_every_task_shown_exists(page: Path) -> None:
    tasks = set(re.findall(r"^(\w+)(?: \w+)*:", text_of(ROOT / "Makefile"), re.MULTILINE))
    tasks |= set(re.findall(r"\w+", text_of(ROOT / "Makefile").split(".PHONY:")[1].split("\n")[0]))
    known = {name for name in tasks if callable(getattr(bootstrap, name, None))}
    shown = [
        task
        for line in shell_lines(page)
        for task in re.findall(r"^(?:make|py bootstrap\.py) (\w+)", line)
    ]
    assert [task for task in shown if task not in known] == []


def test_the_reference_describes_every_command_and_option() -> None:
    """Each command has a section that names each of its options, and no others."""
    head, *sections = re.split(r"^### ", text_of(COMMANDS_PAGE), flags=re.MULTILINE)
    described = {"": head} | {part.split("\n", 1)[0].strip(): part for part in sections}
    assert sorted(described) == sorted(commands())
    undescribed = [
        f"{name} {option}"
        for name, command in commands().items()
        for option in options_of(command) - ({"--json", "--help"} if name else set())
        if f"`{option}" not in described[name]
    ]
    assert undescribed == []
    tables = {
        name: re.findall(r"^\| (`-.+?) \|", part, re.MULTILINE) for name, part in described.items()
    }
    invented = [
        f"{name} {option}"
        for name, cells in tables.items()
        for option in re.findall(r"`(--?[\w-]+)", " ".join(cells))
        if option not in options_of(commands()[name])
    ]
    assert invented == []


def keys_of(section: Any, path: str) -> Iterator[tuple[str, object]]:
    """Yield the dotted name and default of every setting of a section, tables inside included."""
    for each in fields(section):
        value = getattr(section, each.name)
        name = f"{path}.{each.name}"
        if is_dataclass(value):
            yield from keys_of(value, name)
        else:
            yield name, list(value) if isinstance(value, tuple) else value


@cache
def settings() -> dict[str, object]:
    known = {k: v for name, section in SECTIONS.items() for k, v in keys_of(section(), name)}
    own = (
        ("score", ScoreConfig()),
        ("backtest", BacktestSettings()),
        (SCORING, ScoringRules()),
        (MONITORING, MonitoringRules()),
        (VISITS, VisitRules()),
        (PATROLS, PatrolRules()),
        (TRIALS, TrialRules()),
        (PUBLIC_REPORTS, PublicReportRules()),
        (EVIDENCE, EvidenceRules()),
        (OPERATIONS, OperationRules()),
    )
    return known | {key: value for name, rules in own for key, value in keys_of(rules, name)}


def documented_settings() -> dict[str, str]:
    rows = re.findall(r"^\| `([\w.]+)` \| (.*?) \|", text_of(SETTINGS_PAGE), re.MULTILINE)
    return {key: default.strip("` ") for key, default in rows}


def test_every_setting_described_exists() -> None:
    assert [key for key in documented_settings() if key not in settings()] == []


def test_every_setting_is_described() -> None:
    assert [key for key in settings() if key not in documented_settings()] == []


def test_every_default_described_is_the_default() -> None:
    written = {
        key: "" if text.startswith("空") else tomllib.loads(f"x = {text}")["x"]
        for key, text in documented_settings().items()
    }
    assert {key: settings().get(key) for key in written} == written


def are_words(raw: dict[str, Any]) -> bool:
    """Say whether a file is one of an office's own words: table, field, and what is added to it."""
    added = [facts for table in raw.values() for facts in table.values()]
    return set(raw) <= set(TABLES) and all(isinstance(facts, dict) for facts in added)


@pytest.mark.parametrize("page", PAGES, ids=by_path)
def test_every_example_of_settings_or_words_can_be_used(page: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(page, "toml")):
        raw = tomllib.loads(block)
        if are_words(raw):
            assert with_office_words(TABLES, raw) != TABLES
            continue
        path = tmp_path / f"{number}.toml"
        path.write_text(block, encoding="utf-8")
        read_section(read_settings(path), "score", ScoreConfig)


def test_every_environment_variable_is_described_and_no_other() -> None:
    known = {getattr(environment, name) for name in dir(environment) if name.endswith("_VARIABLE")}
    shown = {
        word
        for page in PAGES
        for word in re.findall(r"GRIDWARDEN_\w+", text_of(page))
        if not word.startswith("GRIDWARDEN_TEST_")
    }
    assert shown == known


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, made as GitHub makes them."""
    kept = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in HEADING.findall(text_of(page)))
    return {heading.strip().replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("page", PAGES, ids=by_path)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(FENCE.sub("", text_of(page))):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=by_path)
def test_every_file_named_exists(page: Path) -> None:
    named = [code for code in inline(page) if re.fullmatch(r"[\w./-]+", code) and "/" in code]
    ours = [code for code in named if code.split("/", 1)[0] in ROOMS]
    assert [code for code in ours if not (ROOT / code).exists()] == []


def test_every_page_is_reached_from_the_readme() -> None:
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.is_file():
            continue
        seen.add(page)
        links = LINK.findall(FENCE.sub("", text_of(page)))
        waiting += [(page.parent / link.split("#")[0]).resolve() for link in links]
    assert [by_path(page) for page in PAGES if page not in seen] == []


def test_the_index_of_decisions_names_every_note_by_its_heading() -> None:
    index = ROOT / "docs" / "decisions" / "README.md"
    notes = sorted(index.parent.glob("*/*.md"))
    named = re.findall(r"^- (\S+) \[(.+)\]\((.+)\)$", text_of(index), re.MULTILINE)
    assert sorted(named) == sorted(
        (note.name[:10], text_of(note).split("\n", 1)[0].removeprefix("# "),
         f"{note.parent.name}/{note.name}") for note in notes
    )  # fmt: skip
