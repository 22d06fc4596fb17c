"""The layout of the code: entries of folders, imports, lengths of files, and what names say."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import grimp
import pytest

import bootstrap
from docs.developers import draw_architecture

ROOT = Path(__file__).resolve().parents[1]
MOST_ENTRIES, MOST_LEVELS, MOST_LINES, MOST_STATEMENT_LINES = 12, 7, 300, 30

LONG = {
    "dashboard.i18n.evaluation.verdict.standing": "a sentence for each outcome",
    "dashboard.views.importing.grid_check._lists": "a table of sentences",
    "simulation.messy.complaints.put_into_words": "the columns of one table",
}
"""Files and functions that are longer than the rest, with the reason."""

Imports = dict[str, frozenset[str]]


@cache
def imports_of_files() -> Imports:
    """Return module → the modules of ours that it imports, for their types alone as well."""
    graph = grimp.build_graph(*bootstrap.PACKAGES, cache_dir=None)
    imported = graph.find_modules_directly_imported_by
    return {name: frozenset(imported(name)) for name in graph.modules}


def files() -> Iterator[Path]:
    for package in bootstrap.PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def folders() -> list[str]:
    return sorted({path.parent.relative_to(ROOT).as_posix() for path in files()})


def entries(folder: str) -> list[str]:
    """Name what a reader sees in a folder; ``__init__.py`` says what the folder is."""
    return sorted(
        path.name
        for path in (ROOT / folder).iterdir()
        if path.name not in {"__init__.py", "__pycache__"}
    )


def circle(imports: Mapping[str, frozenset[str]]) -> list[str]:
    """Return modules that import each other in a circle, none where there is no circle."""
    left = {name: set(imported) for name, imported in imports.items()}
    while ready := [name for name, imported in left.items() if not imported & left.keys()]:
        for name in ready:
            del left[name]
    return sorted(left)


def parts_of(folder: str) -> Imports:
    """Return entry → the entries of the same folder that it imports from."""
    prefix = folder.replace("/", ".") + "."

    def part(module: str) -> str | None:
        return module.removeprefix(prefix).split(".")[0] if module.startswith(prefix) else None

    parts: dict[str, set[str]] = {}
    for module, imported in imports_of_files().items():
        if own := part(module):
            parts.setdefault(own, set()).update(filter(None, map(part, imported)))
    return {name: frozenset(imported - {name}) for name, imported in parts.items()}


def levels(parts: Imports) -> int:
    """Return the length of the longest chain of imports; 0 where they go in a circle."""
    level: dict[str, int] = {}
    while ready := [n for n in parts.keys() - level.keys() if parts[n] <= level.keys()]:
        level |= {name: 1 + max((level[i] for i in parts[name]), default=0) for name in ready}
    return max(level.values(), default=0) if level.keys() == parts.keys() else 0


def test_a_circle_and_a_long_chain_are_found() -> None:
    chain = {"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset()}
    assert circle(chain) == []
    assert levels(chain) == len(chain)
    assert circle({**chain, "c": frozenset({"b"})}) == ["a", "b", "c"]
    assert levels({**chain, "c": frozenset({"b"})}) == 0


def test_no_two_files_import_each_other_in_a_circle() -> None:
    assert circle(imports_of_files()) == []


@pytest.mark.parametrize("folder", folders())
def test_a_folder_has_few_entries_and_few_levels_of_imports(folder: str) -> None:
    assert len(entries(folder)) <= MOST_ENTRIES
    assert levels(parts_of(folder)) <= MOST_LEVELS


def nodes_of(source: str) -> list[ast.AST]:
    return [*ast.walk(ast.parse(source))]


@cache
def found_in_files() -> dict[str, set[str]]:
    """Return what each search finds in all files, each of which is parsed once."""
    found: dict[str, set[str]] = {"long": set(), "vague": set(), "sections": set(), "gone": set()}
    for path in files():
        source, module = path.read_text("utf-8"), ".".join(path.relative_to(ROOT).parts)[:-3]
        nodes = nodes_of(source)
        found["long"].update(long_parts(source.count("\n"), nodes, module))
        found["vague"].update(f"{module}.{name}" for name in vague_names(nodes))
        found["sections"].update(f"{module}: {name}" for name in sections(nodes))
        found["gone"].update(f"{module}: {name}" for name in names_that_are_gone(source))
    return found


def long_parts(lines: int, nodes: list[ast.AST], module: str) -> Iterator[str]:
    """Name a file that is too long, and functions with too many lines below their docstring."""
    if lines > MOST_LINES:
        yield module
    for each in nodes:
        if isinstance(each, ast.FunctionDef):
            body = each.body[ast.get_docstring(each) is not None :]
            if body and (body[-1].end_lineno or 0) - body[0].lineno >= MOST_STATEMENT_LINES:
                yield f"{module}.{each.name}"


def test_a_long_file_and_a_long_function_are_found() -> None:
    function = 'def f():\n    """Say."""\n' + "    x = 1\n" * MOST_STATEMENT_LINES
    assert list(long_parts(MOST_LINES, nodes_of(function), "m")) == []
    assert list(long_parts(9, nodes_of(f"{function}    y = 2\n"), "m")) == ["m.f"]
    assert list(long_parts(MOST_LINES + 1, [], "m")) == ["m"]


def test_a_file_or_a_function_is_short_or_has_a_reason() -> None:
    assert found_in_files()["long"] == LONG.keys()


VAGUE = frozenset({
    "told", "asked", "said", "heard", "spoken", "here", "there", "beside", "mine", "own", "gone",
})  # fmt: skip
VAGUE_FIELDS = {
    "data.contracts.vocabulary.GONE": "the result of a visit: 已不在",
    "data.contracts.vocabulary.OWN": "the origin of a visit, as workspaces have it",
    "data.store.tables.records.ledger.told": "a column of workspaces that exist",
    "governance.cases.rules.deadlines.own": "whether the office wrote it, as the store has it",
    "governance.records.ledger.rules.occasions.own": "whether the office wrote it",
    "governance.records.notices.template_files.own": "whether the office wrote it",
    "governance.visits.rules.settings.gone": "the result of a visit, as settings name it",
}
"""Fields that say what they hold by whose they are."""


def vague_names(nodes: list[ast.AST]) -> Iterator[str]:
    """Name variables, parameters, functions and classes that say nothing of what they hold."""
    for each in nodes:
        name = ""
        if isinstance(each, ast.arg):
            name = each.arg
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            name = each.id
        elif isinstance(each, ast.FunctionDef | ast.ClassDef):
            name = each.name
        if name.strip("_").lower() in VAGUE:
            yield name


def test_a_vague_name_is_found() -> None:
    source = "TOLD = 1\ndef _asked(said, *, here=0):\n    for own in said:\n        there = own\n"
    assert sorted(vague_names(nodes_of(source))) == [
        "TOLD",
        "_asked",
        "here",
        "own",
        "said",
        "there",
    ]
    assert list(vague_names(nodes_of("own_names = told_by.told\nf(mine=1)\n"))) == []


def test_variables_parameters_and_functions_say_what_they_hold() -> None:
    assert found_in_files()["vague"] == VAGUE_FIELDS.keys()


SECTION = re.compile(r"^ *(\w[\w ]*)\n *-{3,}$", re.MULTILINE)


def sections(nodes: list[ast.AST]) -> Iterator[str]:
    """Name the sections of docstrings but examples, which are run."""
    for each in nodes:
        if isinstance(each, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found = SECTION.findall(ast.get_docstring(each) or "")
            yield from (name for name in found if name != "Examples")


def test_a_section_of_a_docstring_is_found() -> None:
    told = '    """Say.\n\n    {0}\n    {1}\n    x\n    """\n'
    examples, parameters = (
        nodes_of("def f(x):\n" + told.format(name, "-" * len(name)))
        for name in ("Examples", "Parameters")
    )
    assert list(sections(examples)) == []
    assert list(sections(parameters)) == ["Parameters"]


def test_docstrings_have_no_sections_but_examples() -> None:
    assert found_in_files()["sections"] == set()


NAMED = re.compile(rf"`((?:{'|'.join(bootstrap.PACKAGES)})(?:\.\w+)+)(?:\(\))?`")
FILES = (".toml", ".db")
"""How names end that are files of a workspace."""


def names_that_are_gone(source: str) -> Iterator[str]:
    """Name the modules of ours, and what is in them, that a text speaks of and nobody has."""
    modules = imports_of_files().keys()
    for name in NAMED.findall(source):
        module = name
        while module not in modules:
            module = module.rpartition(".")[0]
        path = ROOT.joinpath(*module.split("."))
        text = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(
            "utf-8"
        )
        rest = name.removeprefix(module).split(".")[1:2]
        if not name.endswith(FILES) and not all(re.search(rf"\b{each}\b", text) for each in rest):
            yield name


def test_a_name_that_is_gone_is_found() -> None:
    here = "`geo.errors` `geo.errors.GridwardenError` `data.store` `gridwarden.toml`"
    gone = ["geo.error", "geo.errors.GridwardensError", "data.gone.errors"]
    assert list(names_that_are_gone(here + "".join(f" `{name}`" for name in gone))) == gone


def test_what_docstrings_name_of_ours_exists() -> None:
    assert found_in_files()["gone"] == set()


def test_the_picture_shows_the_imports_as_they_are() -> None:
    """Draw it anew with ``python docs/developers/draw_architecture.py``."""
    assert draw_architecture.PICTURE.read_text(encoding="utf-8") == draw_architecture.picture()
