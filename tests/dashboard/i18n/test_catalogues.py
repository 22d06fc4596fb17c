"""Both catalogues say everything that the pages say."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import dashboard
from dashboard.i18n import (
    LANGUAGES,
    catalogue_path,
    failure_sentence,
    language_of,
    words,
)
from dashboard.maps.palette import TIERS
from data.contracts.registry import TABLES
from data.ingest.checking.reasons import NOTES, REASONS
from geo.errors import GridwardenError
from risk.factors import BASE, FACTORS

FOLDER = Path(dashboard.__file__).parent
FIELD = re.compile(r"{(\w+)}")


def sentences() -> set[str]:
    """Collect every sentence that the dashboard's code asks to be said."""
    said = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            first = node.args[0]
            if name == "say" and isinstance(first, ast.Constant):
                said.add(first.value)
    return said


def codes_raised() -> dict[str, str]:
    """Collect the code of every anticipated failure, with the file that raises it.

    Those of ``risk`` are left out: its experiments raise them towards developers, in English.
    """
    raised = {}
    for room in ("geo", "data", "governance", "dashboard", "gridwarden"):
        for path in (FOLDER.parent / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = str(getattr(node.func, "id", "") or getattr(node.func, "attr", ""))
                first = node.args[0]
                code = str(first.value) if isinstance(first, ast.Constant) else ""
                if name.endswith("Error") and re.fullmatch(r"[a-z]+(_[a-z]+)*", code):
                    raised[code] = path.name
    return raised


def catalogue(language: str) -> dict[str, str]:
    with catalogue_path(language).open("rb") as source:
        return {m.id: m.string for m in read_po(source, locale=language) if m.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_code_is_in_the_catalogue(language: str) -> None:
    known = catalogue(language)
    assert sorted(s for s in sentences() if not known.get(s)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_facts_of_its_sentence(language: str) -> None:
    for said, translated in catalogue(language).items():
        if not re.match(r"^[a-z_]+\.\S", said):
            assert set(FIELD.findall(said)) == set(FIELD.findall(translated)), said


def test_both_catalogues_know_the_same_messages() -> None:
    assert set(catalogue("zh")) == set(catalogue("en"))


def test_no_catalogue_keeps_a_sentence_nobody_says() -> None:
    said = sentences()
    names = re.compile(r"^[a-z_]+\.\S")
    assert sorted(s for s in catalogue("zh") if s not in said and not names.match(s)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tier_and_factor_has_a_name(language: str) -> None:
    say = words(language)
    assert all(say.knows("tier", style.tier) for style in TIERS)
    assert [f.name for f in FACTORS if not say.knows("factor", f.name)] == []
    assert say.knows("factor", BASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_anticipated_failure_has_a_wording(language: str) -> None:
    say = words(language)
    assert {code: at for code, at in codes_raised().items() if not say.knows("error", code)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_table_and_level_has_a_name(language: str) -> None:
    say = words(language)
    assert [code for code in REASONS if not say.knows("reason", code)] == []
    assert [code for code in NOTES if not say.knows("note", code)] == []
    assert [name for name in TABLES if not say.knows("table", name)] == []


def test_facts_that_are_lists_read_as_lists() -> None:
    error = GridwardenError("columns_missing", headers=["工单编号", "地址"])
    assert "工单编号、地址" in failure_sentence(error, language="zh")


def test_a_failure_is_told_by_its_code_with_its_facts() -> None:
    error = GridwardenError("not_allowed", actor="li", action="score")
    assert failure_sentence(error, language="en") == "li may not do this: score."
    assert "li" in failure_sentence(error, language="zh")


def test_a_failure_without_a_wording_still_says_its_facts() -> None:
    told = failure_sentence(GridwardenError("never_heard_of", seen="x"), language="zh")
    assert "Never heard of" in told
    assert "'x'" in told


def test_a_missing_fact_reads_as_a_dash() -> None:
    assert failure_sentence(GridwardenError("not_allowed"), language="en").startswith("—")


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-CN", "zh"), ("zh", "zh"), ("en-GB", "en"), ("de-DE", "zh"), (None, "zh"), ("", "zh")],
)
def test_the_browsers_language_decides_and_chinese_stands_in(
    locale: str | None, language: str
) -> None:
    assert language_of(locale) == language
