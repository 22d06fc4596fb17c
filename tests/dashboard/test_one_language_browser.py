"""No English on Chinese pages, no Chinese on English ones: every page, as whoever sees it."""

import re
from typing import Any

import pytest
from visits import WAIT_MS, WIDE, visiting

from dashboard.navigation import entries_for
from governance.access.permissions import Actor, Scope
from governance.access.roles import GRANTED, ROLES

pytestmark = pytest.mark.browser

# What somebody wrote – the title or text of a lead, the rows of an address – is theirs, in whatever
# words it came.
SHOWN = """() => {
  const said = [], ways = ["aria-label", "title", "placeholder", "alt"];
  const unsaid = "script, style, noscript, [data-testid=stIconMaterial], .gw-written, code, "
    + ".st-key-review_card [role=gridcell]";
  const both = NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT;
  const nodes = document.createTreeWalker(document.body, both);
  while (nodes.nextNode()) {
    const node = nodes.currentNode, parent = node.parentElement;
    if (node.nodeType === Node.ELEMENT_NODE) {
      for (const way of ways) said.push(node.getAttribute(way) ?? "");
    } else if (!parent.closest(unsaid)) said.push(node.nodeValue);
  }
  return [...new Set(said.map((each) => each.trim()).filter(Boolean))];
}"""
LATIN, CHINESE = re.compile(r"[A-Za-z]{2,}"), re.compile(r"[\u4e00-\u9fff]")
CODES = re.compile(r"\S*[\d_@/#][\w./-]*|\bdemo-[a-z-]+|\bgridwarden\b")
"""Ids, names of files and addresses, accounts, the command line."""
NAMES = {
    *("English", "Language", "Excel", "JSON", "CSV", "XLSX", "HTML", "PDF", "AUC", "PAI", "PEI"),
    *(
        "Alt",
        "Enter",
        "Delete",
        "SHA",
        "GCJ",
        "WGS",
        "BD",
        "CGCS",
        "GPS",
        "KB",
        "MB",
        "Word",
        "WPS",
        "GB",
        "km",
        "chinesecalendar",
    ),
}
"""The other language's own name, formats, keys, measures, units, a source of holidays."""
FORMATS = re.compile(r"^• (?:[A-Z]{2,}(?:, )?)+$|每个文件不超过")
"""Which files an upload takes."""


def english_in(text: str) -> set[str]:
    if FORMATS.search(text):
        return set()
    return set(LATIN.findall(CODES.sub(" ", text))) - NAMES


def actor_of(role: str) -> Actor:
    return Actor(id=role, name=role, roles=(role,), scope=Scope.whole())


def show(visit: Any, path: str) -> None:
    """Open a page; a second one by the menu, as people do."""
    if visit.page.locator("[data-testid=stTopNavSection]").count():
        visit.go_to(path)
    else:
        visit.open(path)
    visit.page.wait_for_selector(".stMain h1, .gw-demo", timeout=WAIT_MS)
    visit.settled()


def shown_on(visit: Any, path: str) -> list[str]:
    """Return every text of a page, of all its parts."""
    show(visit, path)
    visit.page.wait_for_selector('html[lang="zh-CN"]', state="attached", timeout=WAIT_MS)
    said = list(visit.page.evaluate(SHOWN))
    for place in range(1, visit.page.get_by_role("tab").count()):
        visit.page.get_by_role("tab").nth(place).click()
        visit.settled()
        said += visit.page.evaluate(SHOWN)
    return said


def walks() -> dict[str, list[str]]:
    """Return role → addresses of its pages; of the office's roles those that none before has.

    Who runs, guards or checks the system sees other parts of a page than the office does.
    """
    walked: dict[str, list[str]] = {}
    known: set[str] = set()
    for role in GRANTED:
        own = [entry.url_path for entry in entries_for(actor_of(role))]
        if ROLES[role].exclusive:
            walked[role] = own
        elif new := [path for path in own if path not in known]:
            walked[role] = new
            known.update(new)
    return walked


@pytest.mark.parametrize(("role", "paths"), walks().items(), ids=str)
def test_a_chinese_page_has_no_english_word(
    visitors: dict[str, Any], server: str, role: str, paths: list[str]
) -> None:
    with visiting(visitors, server, size=WIDE, role=role) as visit:
        found = {
            f"{path}: {text}"
            for path in paths
            for text in shown_on(visit, path)
            if english_in(text)
        }
    assert sorted(found) == []


ROWS = "[class*=st-key-ledger_row_]"
OURS = f".stMain :is([data-testid=stCaptionContainer], label, button):not({ROWS} *)"
"""What the interface says; what titles, rows, maps and choices hold are the office's own words."""


def test_an_english_page_has_no_chinese_word_of_the_interface(
    visitors: dict[str, Any], server: str
) -> None:
    known = {"中文"}
    with visiting(visitors, server, size=WIDE, language="en", role="office_manager") as visit:
        for entry in entries_for(actor_of("office_manager")):
            show(visit, entry.url_path)
            texts = {text.strip() for text in visit.page.locator(OURS).all_inner_texts()} - known
            assert {each for each in texts if CHINESE.search(each)} == set(), entry.name


def test_pickers_and_empty_choices_speak_the_pages_language(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server, size=WIDE, role="office_manager") as visit:
        page = visit.page
        visit.open("responsibility?part=assign")
        page.wait_for_selector("[data-testid=stDateInput]", timeout=WAIT_MS)
        visit.settled()
        page.locator("[data-testid=stDateInput] button").first.click()
        page.get_by_role("grid").first.wait_for(timeout=WAIT_MS)
        opened = {word for each in page.evaluate(SHOWN) for word in english_in(each)}
        assert opened == set()


def test_the_chosen_language_holds_on_other_pages_and_is_remembered_by_the_browser(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server, size=WIDE, role="office_manager") as visit:
        visit.open("start")
        visit.settled()
        visit.page.get_by_role("radio", name="English").click()
        visit.page.wait_for_selector("html[lang=en]", state="attached", timeout=WAIT_MS)
        visit.settled()
        assert "Skip to main content" in visit.page.evaluate(SHOWN)
        visit.go_to("import")
        visit.says("The file, as it is")
        visit.page.reload()
        visit.says("The file, as it is")
        visit.open("responsibility")  # a bookmark, without ?lang
        visit.says("Responsibility")
        visit.page.wait_for_selector("html[lang=en]", state="attached", timeout=WAIT_MS)
        visit.page.context.clear_cookies(name=re.compile("^sid-"))
        visit.open("")
        visit.says("Gridwarden")
        assert visit.page.locator("html").get_attribute("lang") == "en"
        visit.page.context.clear_cookies()
