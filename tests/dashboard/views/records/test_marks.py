"""English pages of the records set no Chinese marks between what they list."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from case_street import CHIEF, MANAGER, PLANNER
from imported import opened_copy
from pages import html, opened, texts
from two_communities import NOW, OWN

import dashboard
from dashboard.i18n import translator
from dashboard.views.records.notices.facts import in_words
from governance.office import Office
from governance.records.ledger.line_entry import NewLine

CHINESE_MARK = re.compile(r"[、，。；：（）！？]")
FILES = sorted((Path(dashboard.__file__).parent / "views" / "records").rglob("*.py"))
PAGES = (
    ("ledger", {"part": "lines"}), ("ledger", {"line": "DM-2026-0001"}),
    ("ledger", {"part": "decide"}), ("ledger", {"part": "key"}), ("ledger", {"part": "rules"}),
    ("evidence", {}), ("evidence", {"part": "add"}), ("notices", {"part": "notices"}),
    ("notices", {"part": "exposure"}), ("notices", {"part": "blacklist"}),
    ("notices", {"part": "bulletins"}), ("notices", {"part": "templates"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def office(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Open an office with a line that two people let go, and a proposal to enter others."""
    for own in opened_copy(two_communities, tmp_path_factory.mktemp("marks"), now=NOW):
        line = NewLine(kind="楼栋", reason="上级交办", building_id=OWN[1], note="督办")
        own.ledger.enter(MANAGER, line)
        own.ledger.act(PLANNER, "DM-2026-0001", "ask_exit", {"out_reason": "已搬离"})
        for each in (CHIEF, MANAGER):
            own.ledger.act(each, "DM-2026-0001", "approve_exit")
        yield own


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_marks_come_from_the_catalogue_and_from_no_page(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    written = [node.value for node in ast.walk(tree)
               if isinstance(node, ast.Constant) and isinstance(node.value, str)
               and id(node) not in documented]  # fmt: skip
    assert [text for text in written if CHINESE_MARK.search(text)] == []


@pytest.mark.parametrize(("view", "query"), PAGES)
def test_an_english_page_shows_no_chinese_mark(
    serve: Callable[..., Any], office: Office, view: str, query: dict[str, str]
) -> None:
    serve(office, MANAGER)
    app = opened(f"records.{view}", lang="en", **query)
    labelled = (each.label for kind in ("button", "selectbox", "checkbox", "text_input", "radio")
                for each in app.get(kind))  # fmt: skip
    shown = "\n".join([texts(app), html(app), *labelled])
    assert "ledger" in shown.lower() or view != "ledger"
    assert CHINESE_MARK.findall(shown) == []


@pytest.mark.parametrize(("language", "said"), [("en", "XS-1, XS-2"), ("zh", "XS-1、XS-2")])
def test_numbers_of_cases_are_listed_as_the_language_does_it(language: str, said: str) -> None:
    say = translator(language)
    assert in_words({"case_nos": ["XS-1", "XS-2"]}, people={}, say=say)[0][1] == said
