"""The pages of public reports in a browser: with and without a script, on a phone and a desk."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from public_office import picture, switch_on
from visits import PHONE, WIDE, grave_findings, new_profile, sideways_px, small_targets

from tests.dashboard.conftest import serving

pytestmark = pytest.mark.browser
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
USED_ON = {"zh": PHONE, "en": WIDE}
"""Language → screen on which a report is written in it."""
TARGETS = "a, button, input:not([type=hidden], [type=checkbox]), textarea"


@pytest.fixture(scope="module")
def address(two_communities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = shutil.copytree(two_communities, tmp_path_factory.mktemp("public") / "office")
    switch_on(folder, tries_an_hour=1_000, look_ups_an_hour=1_000)
    with serving(folder) as where:
        yield where


@pytest.fixture(params=USED_ON)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def context(language: str, browser: Any) -> Iterator[Any]:
    """Return a stranger's browser that may say where it is."""
    made = new_profile(
        browser,
        locale=LOCALES[language],
        geolocation={"latitude": 36.19, "longitude": 117.123, "accuracy": 12.3},
        permissions=["geolocation"],
    )
    yield made
    made.close()


def _is_sound(page: Any, used_on: tuple[int, int]) -> None:
    """Say that a page lies within each screen, is easy to hit, and axe finds nothing serious.

    ``used_on``: screen on which axe looks at it, and on which it is used afterwards.
    """
    pytest.importorskip("axe_playwright_python")
    page.wait_for_load_state()  # or what is measured has no style yet
    for width, height in sorted([PHONE, WIDE], key=lambda size: size == used_on):
        page.set_viewport_size({"width": width, "height": height})
        assert sideways_px(page) == 0
        assert small_targets(page, TARGETS) == []
    assert grave_findings(page) == []


def test_a_report_with_place_and_photo_is_sent_corrected_and_asked_for(
    context: Any, language: str, address: str, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture())
    page, said = context.new_page(), list[str]()
    page.on("console", lambda each: said.append(each.text))
    page.set_viewport_size(dict(zip(("width", "height"), USED_ON[language], strict=True)))
    page.goto(f"{address}/gw/public/report")
    _is_sound(page, USED_ON[language])
    page.fill("#text", "三号楼晚上有人一对一教数学")
    page.fill("#contact_phone", "nobody")
    page.click(".place .ask")
    page.wait_for_selector(".place .forget:visible")
    page.set_input_files("#photos", photo)
    page.click("button.main")
    page.wait_for_selector("#problems")
    _is_sound(page, USED_ON[language])
    assert page.evaluate("document.activeElement.id") == "problems"
    assert page.input_value("#text") == "三号楼晚上有人一对一教数学"
    assert page.input_value("input[name=lon]") == "117.123000"
    page.fill("#contact_phone", "13800000000")
    page.click("button.main")
    page.wait_for_selector("dl")
    _is_sound(page, USED_ON[language])
    receipt, pin = page.locator("dd").all_inner_texts()
    page.click("footer a")
    page.fill("#receipt", receipt.lower())
    page.fill("#pin", pin)
    page.keyboard.press("Enter")
    page.wait_for_selector(".stage")
    _is_sound(page, USED_ON[language])
    assert not [line for line in said if "Content Security Policy" in line]


def test_without_a_script_the_form_works(browser: Any, address: str) -> None:
    context = new_profile(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/gw/public/report?lang=en")
    assert not page.locator(".place").is_visible()
    page.fill("#text", "One-to-one maths every evening")
    page.fill("#address", "3 Sample Garden")
    page.click("button.main")
    page.wait_for_selector("dl")
    assert len(page.locator("dd").all_inner_texts()) == 2
    context.close()
