"""What an office reads about a wrong setting: file, section, key, value seen and expected."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from refusals import refused_as

import data
from dashboard.i18n import LANGUAGES, translator
from data.workspace.sections import SettingsError
from data.workspace.settings import SECTIONS, WorkspaceSettings, read_section, read_settings
from governance.patrols.routing.model.settings import PatrolRules
from governance.scores.monitoring import MonitoringRules
from governance.scores.trials.settings import TrialRules
from governance.visits.rules.settings import VisitRules
from risk.config.score import ScoreConfig
from risk.evaluation.targets.settings import BacktestSettings

ROOMS = ("data", "risk", "governance")
MODELS: dict[str, Any] = {
    **SECTIONS,
    "score": ScoreConfig,
    "backtest": BacktestSettings,
    "monitoring": MonitoringRules,
    "visits": VisitRules,
    "patrols": PatrolRules,
    "trials": TrialRules,
}


def problems_of(name: str, raw: object) -> list[Any]:
    with pytest.raises(SettingsError) as refused:
        read_section(WorkspaceSettings(sections={name: raw}), name, MODELS[name])
    assert refused.value.code == "settings_invalid"
    problems: list[Any] = refused.value.facts["problems"]
    return problems


def wrong_values(rules: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the path of every setting with a value of a kind that it never has."""
    for each in fields(rules):  # type: ignore[arg-type]
        value = getattr(rules, each.name)
        if is_dataclass(value):
            yield from wrong_values(value, (*path, each.name))
        else:
            yield (*path, each.name), 0 if isinstance(value, bool) else False


@pytest.mark.parametrize("section", MODELS)
def test_a_wrong_setting_is_named_with_its_own_section(section: str) -> None:
    for path, value in wrong_values(MODELS[section](), (section,)):
        name, *tables, key = path
        raw: dict[str, Any] = {key: value}
        for table in reversed(tables):
            raw = {table: raw}
        (problem,) = problems_of(name, raw)
        assert (problem.section, problem.key) == (".".join([name, *tables]), key)
        assert problem.seen == ("0" if value == 0 and value is not False else "false"), path
        assert all(
            translator(each).knows("setting_expected", problem.expected) for each in LANGUAGES
        ), path


@pytest.mark.parametrize("name", MODELS)
def test_an_unknown_key_and_a_section_that_is_none_are_problems(name: str) -> None:
    (unknown,) = problems_of(name, {"hue": 1})
    assert (unknown.section, unknown.key, unknown.expected) == (name, "hue", "known_key")
    (none,) = problems_of(name, 3)
    assert (none.section, none.key, none.expected) == (name, "", "object")


def test_every_rule_between_settings_is_worded() -> None:
    raised = set()
    for room in ROOMS:
        for path in (Path(data.__file__).parents[1] / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "wrong_setting":
                    assert isinstance(node.args[0], ast.Constant)
                    raised.add(node.args[0].value)
    assert raised
    for each in LANGUAGES:
        assert [
            code for code in raised if not translator(each).knows("setting_expected", code)
        ] == []


@pytest.mark.parametrize(
    ("name", "raw", "zh", "en"),
    [
        (
            "patrols",
            {"minutes": {"look": 1.5}},
            "[patrols.minutes] look 的值 1.5 不合适，应为1 到 240 之间的整数。",
            "[patrols.minutes] look cannot be 1.5; expected a whole number from 1 to 240.",
        ),
        (
            "visits",
            {"next_step": {"found": "fine"}},
            ('[visits.next_step] found 的值 "fine" 不合适，'
            "应为其中之一：none、again、joint_team、chief_looks、refer。"),
            ('[visits.next_step] found cannot be "fine"; '
            "expected one of none, again, joint_team, chief_looks, refer."),
        ),
        (
            "monitoring",
            {"drift": {"watch_psi": 0.5}},
            "[monitoring.drift] watch_psi 的值 0.5 不合适，应为不大于 drifted_psi。",
            "[monitoring.drift] watch_psi cannot be 0.5; expected no more than drifted_psi.",
        ),
        (
            "score",
            {"evidence": {"found": {"属实": 2}}},
            "[score.evidence.found] 属实 的值 2 不合适，应为0 到 1 之间的数。",
            "[score.evidence.found] 属实 cannot be 2; expected a number from 0 to 1.",
        ),
    ],
)  # fmt: skip
def test_a_problem_is_said_in_both_languages(
    name: str, raw: dict[str, Any], zh: str, en: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read_section(WorkspaceSettings(sections={name: raw}), name, MODELS[name])
    chinese = translator("zh").error(refused.value)
    assert chinese == f"设置文件 gridwarden.toml 有误。{zh}"
    english = translator("en").error(refused.value)
    assert english == f"The settings file gridwarden.toml has faults. {en}"


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "gridwarden.toml"
    path.write_text(
        'store = 1\n[office]\ndemo = 1\n[sign_in]\noidc_issuer = "x"\n[audit]\nkeep_months = 5\n',
        encoding="utf-8",
    )
    with pytest.raises(SettingsError) as refused:
        read_settings(path)
    told = translator("en").error(refused.value)
    assert all(part in told for part in ("[store]", "[office] demo", "[sign_in]", "[audit]"))
    assert "keep_months cannot be 5; expected a whole number of 6 or more" in told


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5_000 + "]" * 5_000, "a = " + "{b = " * 5_000 + "1" + "}" * 5_000,
     "[score." + ".".join("a" * 500) + "]", "[" + ".".join("a" * 500) + "]\nb = 1",
     "[place]\nnear_m = 1" + "0" * 5_000, "[place]\nnear_m = 0x1" + "0" * 16,
     '[office]\nname = "a\\u0000"'],
)  # fmt: skip
def test_a_file_that_is_too_deep_or_holds_what_no_setting_is_is_refused_in_words(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "gridwarden.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        read_settings(path)
    assert refused.value.code == "settings_unreadable"
    assert all("gridwarden.toml" in translator(each).error(refused.value) for each in LANGUAGES)


@pytest.mark.parametrize("name", ["a.b", "a . b", '"a"."b"', "'a.b'\t.b", '"\\"".b', "a.b.c"])
@pytest.mark.parametrize(
    "line",
    [
        "{} = 1",
        "[{}]",
        "a = {{{} = 1}}",
        'a = "x" # """\n{} = 1',
        'a = {{b = """ " \n"""", {} = 1}}',
        "a = {{b = '''''', {} = 1}}",
    ],
)
def test_a_name_of_very_many_parts_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, line: str
) -> None:
    path = tmp_path / "gridwarden.toml"
    path.write_text(line.format(".".join([name] * 40)), encoding="utf-8")
    monkeypatch.setattr(tomllib, "loads", lambda _: pytest.fail("it is read"))
    with refused_as("settings_unreadable"):
        read_settings(path)


def test_a_text_may_have_as_many_dots_as_it_likes(tmp_path: Path) -> None:
    path = tmp_path / "gridwarden.toml"
    names = ".".join("a" * 60)
    path.write_text(f"[office]\nname = \"{names}\"\nstreet = '{names}'\n", encoding="utf-8")
    assert read_settings(path).office.name == read_settings(path).office.street == names
