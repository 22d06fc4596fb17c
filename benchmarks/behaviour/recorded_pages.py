"""Record every page as people see it: a picture, and the visible text; only texts are compared."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.behaviour.recorded_text import Normaliser

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
ROLES = ("warden", "planner", "office_manager")
LOCALES = {"zh": "zh-CN", "en": "en-US"}
SIZES = ((1440, 900), (390, 844))
TALLEST = 9_000
LOADING = ("正在读取", "Loading …")
PATIENCE_S = 600
UNIT = "370998001001001B0008"
"""A building of the demonstration, looked at closely."""
LOOKS = 40
"""At a page that loads, before it is recorded as it is."""
LINK, TAB = "[data-testid=stTopNavLink]", "[role=tab]"
PART, FOLDED = "[data-testid=stTopNavSection]", "[data-testid=stTopNavDropdownLink]"
# What a table on a canvas says stands in cells that only screen readers find.
TEXT = """() => [document.body.innerText, ...[...document.querySelectorAll("canvas table tr")].map(
  (row) => [...row.children].map((cell) => cell.textContent.trim()).join(" | "))].join("\\n")"""
UNFOLD = """() => document.querySelectorAll("details:not([open]) > summary").forEach(
  (each) => each.click())"""
HEIGHT = """() => Math.max(document.documentElement.scrollHeight,
  ...[...document.querySelectorAll("[data-testid=stMain]")].map((each) => each.scrollHeight))"""


def record_pages(to: Path, folder: Path, normaliser: Normaliser, *, match: str = "") -> None:
    """Serve a workspace and write ``LANGUAGE-ROLE-PAGE[-TAB]-WIDTH`` as .png and .txt.

    ``to``: where to write.
    ``folder``: a demonstration; it is signed in to, so its audit log grows.
    ``normaliser``: what hides what differs from run to run.
    ``match``: a regular expression: only pages with such an address.
    """
    sys.path.insert(0, str(ROOT / "tests"))
    import visits
    from playwright.sync_api import sync_playwright
    from visits import free_port, running

    visits.WAIT_MS = PATIENCE_S * 1000
    port = free_port()
    command = ["-w", str(folder), "serve", "--port", str(port)]
    with running(command, port=port) as address, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for language, locale in LOCALES.items():
            for role in ROLES:
                browser = chromium.new_context(locale=locale, timezone_id="Asia/Shanghai")
                page = browser.new_page()
                page.set_default_timeout(PATIENCE_S * 1000)
                if role == ROLES[0]:
                    page.goto(f"{address}/gw/sign-in")
                    _write(to, f"{language}-nobody-sign-in", page, normaliser)
                for name in _visit(page, address, role, match):
                    _write(to, f"{language}-{role}-{name}", page, normaliser)
                browser.close()
        chromium.close()


def _visit(page: Page, address: str, role: str, match: str) -> Iterator[str]:
    """Open every page of a role, part by part, and yield the name of what is open."""
    from visits import signed_in_as

    signed_in_as(page.context, address, role)
    width, height = SIZES[0]
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    _rest(page)
    paths = _paths(page, LINK)
    for part in page.locator(PART).all():
        part.click()
        paths += _paths(page, FOLDED)
    page.keyboard.press("Escape")
    paths += [f"building?unit={UNIT}" for path in paths if path == "building"]
    for path in paths or [urlsplit(page.url).path.strip("/")]:
        if not re.search(match, path):
            continue
        if paths:
            page.goto(f"{address}/{path}")
        _rest(page)
        parts = page.locator(TAB).count()
        for number in range(parts):
            page.locator(TAB).nth(number).click()
            _rest(page)
            yield f"{path}-{number + 1}"
        if not parts:
            yield path.partition("=")[0].replace("?", "-")


def _paths(page: Page, links: str) -> list[str]:
    """Return where those links of the menu lead that are to be seen."""
    found = (str(each.get_attribute("href")) for each in page.locator(links).all())
    return [urlsplit(link).path.strip("/") for link in found]


def _write(to: Path, name: str, page: Page, normaliser: Normaliser) -> None:
    """Write a picture of the whole page and its text, at every width; leave the first."""
    page.evaluate(UNFOLD)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        _rest(page)
        page.set_viewport_size({"width": width, "height": min(page.evaluate(HEIGHT), TALLEST)})
        _rest(page)
        page.screenshot(path=to / f"{name}-{width}.png", full_page=True)
        lines = (line.strip() for line in page.evaluate(TEXT).splitlines())
        text = normaliser.text("\n".join(line for line in lines if line) + "\n")
        (to / f"{name}-{width}.txt").write_text(text, encoding="utf-8")
    width, height = SIZES[0]
    page.set_viewport_size({"width": width, "height": height})
    print(name, flush=True)


def _rest(page: Page) -> None:
    """Wait until the app rests, its map is painted and its text no longer changes."""
    from playwright.sync_api import TimeoutError as TooLongError
    from visits import READY, settled

    before = ""
    for _ in range(LOOKS):
        try:
            if page.locator("[data-testid=stApp], #root").count():  # else it is plain HTML
                settled(page)
            if page.locator(".gw-map-slot").count():
                page.wait_for_selector(READY)
        except TooLongError:
            break
        text = str(page.evaluate(TEXT))
        if text == before and not any(each in text for each in LOADING):
            return
        before = text
        page.wait_for_timeout(500)
    print(f"{page.url} does not come to rest", file=sys.stderr)
