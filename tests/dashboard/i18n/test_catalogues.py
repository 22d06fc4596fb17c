"""Both catalogues say everything that the pages say."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import extract_from_ast
from streamlit.elements.exception import _GENERIC_UNCAUGHT_EXCEPTION_TEXT

import dashboard
import gridwarden
from dashboard.documents.html import TEMPLATES
from dashboard.i18n import LANGUAGES, catalogue_path, language_of, translator
from dashboard.maps.palette import TIERS
from data.contracts.registry import TABLES
from data.ingest.checking.reasons import NOTES, REASONS
from geo.errors import GridwardenError
from governance.cases.rules.transitions import WORKFLOW as CASES
from governance.records.ledger.rules.transitions import WORKFLOW as LEDGER
from risk.features.factors import BASE
from risk.find_rate.points import FACTOR_NAMES

FOLDER = Path(dashboard.__file__).parent
COMMANDS = Path(gridwarden.__file__).parent
OF_TYPER = ("Show this message and exit.",)
FIELD = re.compile(r"{(\w+)}")
FORMS = re.compile(r"{(\w+)}\** ?(?:[a-z]+ )?{\1:[^{}]*\|[^{}]*}")
"""A count with its forms beside it: "{count} {count:row|rows}"."""
COUNTED = re.compile(r"{\w+}\** (?!of |has )(?:[a-z-]+ )?([a-z]+s)\b")
"""A fact and the word that it counts, in the plural."""
UNCOUNTED = frozenset(
    [
        "is",
        "was",
        "has",
        "does",
        "holds",
        "goes",
        "lies",
        "names",
        "waits",
        "as",
        "times",
        "this",
        "takes",
        "needs",
    ]
)
"""Words that end like a plural after a fact and are none; "1.5 times" is no count."""

ASSETS = FOLDER / "assets"
SCRIPTS = {
    "visits": list((ASSETS / "visits").glob("*.js")),
    "plan_board": [ASSETS / f"plan/{name}.js" for name in ("plan_board", "plan_drag")],
    "plan_week": [ASSETS / "plan/plan_week.js"],
    "street_map": [*(ASSETS / "map/street").glob("*.js"), ASSETS / "map/map_frame.js"],
    "candidates_map": [ASSETS / "map/candidates_map.js", ASSETS / "map/map_frame.js"],
    "cases_inbox": [ASSETS / "cases/inbox.js"],
    "evidence_upload": [ASSETS / "evidence/upload.js"],
    "evidence_marking": [ASSETS / "evidence/marking.js"],
    "copy_text": [ASSETS / "cases/copy_text.js"],
    "territory_map": [ASSETS / "map/territory_map.js", ASSETS / "map/map_frame.js"],
}
FROM_NAMES = frozenset(["nothingFound"])
"""Words of the browser that are names of codes."""


SAYING = frozenset(["say", "in_markdown", "caption", "info", "success", "warning", "subheader"])
"""What says a sentence, beside a column's ``header`` and ``empty``."""


@cache
def sentences() -> set[str]:
    """Collect every sentence that pages, templates and the command line ask to be said."""
    said = {*help_texts(), *OF_TYPER}
    for path in (*FOLDER.rglob("*.py"), *COMMANDS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            asked = node.args[:1] if name in SAYING else []
            asked += [each.value for each in node.keywords if each.arg in {"header", "empty"}]
            texts = {str(each.value) for each in asked if isinstance(each, ast.Constant)}
            said |= texts - {"—"}
    for template in TEMPLATES.list_templates():
        assert TEMPLATES.loader is not None
        tree = TEMPLATES.parse(TEMPLATES.loader.get_source(TEMPLATES, template)[0])
        for _, _, text in extract_from_ast(tree, ("say",)):  # a tuple where facts are given
            said.add(str(text[0] if isinstance(text, tuple) else text))
    return said


def help_texts() -> Iterator[str]:
    """Yield the help of every command and option, paragraph by paragraph."""
    for path in COMMANDS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                made = [getattr(getattr(each, "func", None), "id", "")
                        for each in node.decorator_list]  # fmt: skip
                text = ast.get_docstring(node) if "command" in made else None
                yield from (" ".join(each.split()) for each in (text or "").split("\n\n") if each)
            if isinstance(node, ast.Call):
                yield from (
                    str(each.value.value)
                    for each in node.keywords
                    if each.arg == "help" and isinstance(each.value, ast.Constant)
                )


def codes_raised() -> dict[str, str]:
    """Collect the code of every anticipated failure, with the file that raises it.

    A class of failures may give its one code to ``super().__init__``.
    """
    raised = {}
    for room in ("geo", "data", "risk", "governance", "dashboard", "gridwarden"):
        for path in (FOLDER.parent / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = str(getattr(node.func, "id", "") or getattr(node.func, "attr", ""))
                first = node.args[0]
                code = str(first.value) if isinstance(first, ast.Constant) else ""
                raises = name.endswith("Error") or name == "__init__"
                if raises and re.fullmatch(r"[a-z]+(_[a-z]+)*", code):
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


def test_a_count_has_a_form_for_one_and_a_form_for_many() -> None:
    fixed = {
        said: found
        for said, text in catalogue("en").items()
        if (found := set(COUNTED.findall(FORMS.sub("", text))) - UNCOUNTED)
    }
    assert fixed == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_stand_beside_a_fact_of_their_sentence_one_for_each_case(language: str) -> None:
    forms = {"zh": 1, "en": 2}[language]
    for said, text in catalogue(language).items():
        for fact, given in re.findall(r"{(\w+):([^{}]*\|[^{}]*)}", text):
            assert f"{{{fact}}}" in text, said
            assert len(given.split("|")) == forms, said


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 building, as of today."), (2, "2 buildings, as of today."),
     (0, "0 buildings, as of today."), ("1", "1 building, as of today."),
     ("1,001", "1,001 buildings, as of today."), (1.0, "1.0 buildings, as of today."),
     ("—", "— buildings, as of today.")],
)  # fmt: skip
def test_english_counts_one_and_many(count: object, said: str) -> None:
    text = "{buildings} buildings, as of {day}."
    assert translator("en")(text, buildings=count, day="today") == said


@pytest.mark.parametrize(
    ("facts", "said"),
    [({"n": 1000}, "1,000"), ({"n": 12_345_678}, "12,345,678"), ({"n": 999}, "999"),
     ({"n": True}, "True"), ({"n": 1500.5}, "1500.5"), ({"n": "2026"}, "2026")],
)  # fmt: skip
def test_a_whole_number_is_parted_at_the_thousands(facts: dict[str, object], said: str) -> None:
    for language in LANGUAGES:
        say = translator(language)
        assert said in say("The newest {n} are shown; the file has all.", **facts)


def test_a_number_that_counts_nothing_is_written_as_it_is() -> None:
    say = translator("en")
    assert say("Quarter {quarter} of {year}", quarter=4, year=2026) == "Quarter 4 of 2026"
    assert "5432" in say("{problem}: {seen}", problem="port", seen=5432)


def test_chinese_has_one_form_for_every_count() -> None:
    say = translator("zh")
    assert say("{days} days", days=1).replace("1", "5") == say("{days} days", days=5)


def test_names_and_failures_count_as_well() -> None:
    say = translator("en")
    assert say.name("start_line", "duty_gap", count="1") == "**1** duty has nobody"
    assert say.name("start_line", "duty_gap", count="3") == "**3** duties have nobody"
    one, two = (GridwardenError("sign_in_blocked", minutes=minutes) for minutes in (1, 2))
    assert say.error(one) == "Too many failures. Try again in 1 minute."
    assert say.error(two) == "Too many failures. Try again in 2 minutes."


def test_what_the_browser_counts_keeps_its_forms() -> None:
    assert translator("en").part("visits")["late"] == "{n} {n:day|days} late"
    assert "|" not in translator("zh").part("visits")["late"]


@pytest.mark.parametrize("part", SCRIPTS)
def test_a_script_of_the_browser_says_only_what_the_catalogue_has_for_its_part(part: str) -> None:
    text = "".join(path.read_text("utf-8") for path in sorted(SCRIPTS[part]))
    said = translator("en").part(part)
    wanted = set(re.findall(r"\bwords\.(\w+)", text)) - FROM_NAMES
    assert sorted(wanted - set(said)) == []
    assert sorted(name for name in said if not re.search(rf"\b{name}\b", text)) == []


def test_both_catalogues_know_the_same_messages_and_word_every_name() -> None:
    """So that tests of names ask for them in one language."""
    zh, en = catalogue("zh"), catalogue("en")
    assert set(zh) == set(en)
    names = [said for said in zh if re.match(r"^[a-z_]+\.\S", said)]
    assert len(names) > 1_000
    assert [name for name in names if not (zh[name] and en[name])] == []


def test_no_catalogue_keeps_a_sentence_nobody_says() -> None:
    said = sentences()
    names = re.compile(r"^[a-z_]+\.\S")
    assert sorted(s for s in catalogue("zh") if s not in said and not names.match(s)) == []


def test_every_tier_and_factor_has_a_name() -> None:
    say = translator("zh")
    assert all(say.knows("tier", style.tier) for style in TIERS)
    assert [name for name in FACTOR_NAMES if not say.knows("factor", name)] == []
    assert say.knows("factor", BASE)


def test_every_anticipated_failure_has_a_wording() -> None:
    say = translator("zh")
    assert {code: at for code, at in codes_raised().items() if not say.knows("error", code)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_foresaw_is_told_in_our_words(language: str) -> None:
    told = translator(language).name("streamlit", _GENERIC_UNCAUGHT_EXCEPTION_TEXT)
    assert "Streamlit" not in told


def test_every_stage_of_an_import_has_a_name() -> None:
    told = re.compile(r"(?:_report|_progress|progress|advance)\(\s*\"(\w+)\"")
    root = FOLDER.parent / "data"
    sources = [path for name in ("ingest", "derived") for path in (root / name).rglob("*.py")]
    stages = {name for path in sources for name in told.findall(path.read_text("utf-8"))}
    assert {"read", "register", "derive"} <= stages
    assert [name for name in stages if not translator("zh").knows("stage", name)] == []


def test_every_reason_table_and_level_has_a_name() -> None:
    say = translator("zh")
    assert [code for code in REASONS if not say.knows("reason", code)] == []
    assert [code for code in NOTES if not say.knows("note", code)] == []
    assert [name for name in TABLES if not say.knows("table", name)] == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GridwardenError("columns_missing", called=["Address", "Time"]), "Address, Time"),
        (GridwardenError("not_allowed", actor="li", action="score"), "li may not do this: Score."),
        (GridwardenError("not_allowed"), "— may not do this: —."),
        (GridwardenError("never_heard_of", seen="x"), "Never heard of: seen 'x'"),
    ],
    ids=["lists read as lists", "facts filled in", "a missing fact", "a code without a wording"],
)
def test_a_failure_is_told_by_its_code_with_its_facts(error: GridwardenError, said: str) -> None:
    assert said in translator("en").error(error)


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-CN", "zh"), ("zh", "zh"), ("en-GB", "en"), ("de-DE", "zh"), (None, "zh"), ("", "zh")],
)
def test_the_browsers_language_decides_and_chinese_stands_in(
    locale: str | None, language: str
) -> None:
    assert language_of(locale) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_to_be_filled_in_is_called_as_its_field_is(language: str) -> None:
    say = translator(language)
    ways = {"case_fact": CASES, "ledger_fact": LEDGER}
    asked = {(kind, field.name) for kind, way in ways.items() for each in way.transitions
             for field in each.asks if field.required}  # fmt: skip
    assert {
        (label, told) for kind, name in asked
        if (told := say.name("fact", name)).casefold()
        not in (label := say.name(kind, name)).casefold()
    } == set()  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_written_twice(language: str) -> None:
    text = catalogue_path(language).read_text("utf-8")
    written = re.findall(r"^msgid (.*(?:\n\".*\")*)", text, re.MULTILINE)
    assert sorted({each for each in written if written.count(each) > 1}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_has_two_wordings(language: str) -> None:
    text = catalogue_path(language).read_text("utf-8")
    assert re.findall(r"^msgstr .*(?:\n\".*\")*\nmsgstr .*", text, re.MULTILINE) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_says_what_gettexts_own_readers_read(language: str) -> None:
    say = translator(language)
    assert {each: say(each) for each in catalogue(language)} == {
        each: wording or each for each, wording in catalogue(language).items()
    }
