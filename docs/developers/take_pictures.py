"""Take the pictures of the guides from a demonstration, so that they show the pages as they are.

    python docs/developers/take_pictures.py demo [NAME ...]

writes ``docs/pictures/*-zh.png`` and ``map-en.png``. It needs Chromium and a demonstration whose
evaluation was made (`gridwarden demo`, `gridwarden -w demo backtest`).
"""

import sys
from collections.abc import Collection
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import visits  # noqa: E402 -- the tests' own, found by the line above

PATIENCE_MS = 300_000
WIDTH, HEIGHT = 1440, 900
UNIT = "370998001003001B0001"
"""The building that the list of the demonstration begins with."""
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
SHOTS = (
    ("map-zh", "zh", "office_manager", "map", HEIGHT),
    ("map-en", "en", "office_manager", "map", HEIGHT),
    ("building-zh", "zh", "office_manager", f"building?unit={UNIT}", HEIGHT),
    ("evaluation-zh", "zh", "office_manager", "evaluation", HEIGHT),
    ("import-zh", "zh", "office_manager", "import", HEIGHT),
    ("plan-zh", "zh", "planner", "plan", 1290),
)
"""Name, language, role, page and height in pixels of each picture."""


def take(folder: Path, names: Collection[str]) -> None:
    """Serve a demonstration and take the pictures of these names, every one where none is named."""
    visits.WAIT_MS = PATIENCE_MS
    port = visits.free_port()
    command = ["-w", str(folder), "serve", "--port", str(port)]
    with visits.running(command, port=port) as address, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, language, role, path, height in SHOTS:
            if names and name not in names:
                continue
            browser = chromium.new_context(
                locale=LANGUAGES[language], timezone_id="Asia/Shanghai",
                viewport={"width": WIDTH, "height": height},
            )  # fmt: skip
            page = browser.new_page()
            page.set_default_timeout(PATIENCE_MS)
            visits.signed_in_as(browser, address, role)
            browser.clear_cookies(name="gw_language")  # which signing in chose
            page.goto(f"{address}/{path}")
            _settle(page)
            _prepare(page, path, folder)
            page.screenshot(path=PICTURES / f"{name}.png")
            browser.close()
        chromium.close()


def _prepare(page: Page, path: str, folder: Path) -> None:
    """Open what a picture is to show of its page."""
    if path == "plan":
        page.get_by_role("tab", name="看计划").click()
    elif path == "import":
        file = next((folder / "files").glob("07_*"))
        page.locator("input[type=file]").set_input_files(str(file))
        page.get_by_text("表头对应").wait_for()
    _settle(page)


def _settle(page: Page) -> None:
    visits.settled(page)
    if page.locator(".gw-map-slot").count():
        page.wait_for_selector(visits.READY)
    page.wait_for_timeout(3_000)
    visits.settled(page)


if __name__ == "__main__":
    take(Path(sys.argv[1]), sys.argv[2:])
