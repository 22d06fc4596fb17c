"""What axe-core finds on the pages: nothing serious that is ours."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from visits import PHONE, READY, WAIT_MS, WIDE, Visit, visiting

pytestmark = pytest.mark.browser

GRAVE = ("critical", "serious")
PAGES = {
    "map": ("map", READY),
    "building": ("building?unit=370998001001001B0008", ".gw-facts"),
    "import": ("import", "[data-testid=stFileUploader]"),
    "start": ("start", ".gw-coverage"),
    "chain": ("responsibility?part=chain&unit=370998001001001B0008", ".gw-chain"),
    "assign": ("responsibility?part=assign", READY),
}
# Rule and part of the page → why it is not ours. Streamlit 1.67 draws these by itself.
STREAMLITS_OWN: dict[tuple[str, str], str] = {}


def findings(visit: Visit) -> list[tuple[str, str, str]]:
    """Run axe-core inside the page and return rule, element and what is wrong."""
    script = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    visit.page.evaluate(f"{script}; undefined")
    found = visit.page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations'], iframes: false})"
    )
    return [
        (each["id"], str(node["html"])[:160], node["failureSummary"])
        for each in found["violations"]
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def is_streamlits_own(rule: str, element: str) -> bool:
    return any(rule == known and part in element for known, part in STREAMLITS_OWN)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_that_is_ours(
    visitors: dict[str, Any], server: str, name: str, language: str, size: tuple[int, int]
) -> None:
    pytest.importorskip("axe_playwright_python")
    path, drawn = PAGES[name]
    with visiting(visitors, server, language=language, size=size) as visit:
        visit.open(path)
        visit.page.wait_for_selector(drawn, timeout=WAIT_MS)
        visit.settled()
        ours = [found for found in findings(visit) if not is_streamlits_own(*found[:2])]
    assert ours == []
