"""The pages in a real browser, with the network cable out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from visits import PHONE, WAIT_MS, WIDE, Visit, visiting

from dashboard.i18n import translator

pytestmark = pytest.mark.browser

LANGUAGES = ("zh", "en")
Visitors = dict[str, Any]
PAGES = {
    "map": {"zh": "先看哪里", "en": "where to look first"},
    "building?unit=370998001001001B0008": {
        "zh": "为什么：各项分值相加即为得分",
        "en": "points that add up",
    },
    "import": {"zh": "选择文件（原样即可）", "en": "The file, as it is"},
    "evaluation": {"zh": "按访查模型的次序平均提前", "en": "find what they find"},
}


def over_a_cell(visit: Visit) -> str:
    """Move the mouse over the map until it lies on a cell; return what the map says of it."""
    box = visit.ready().bounding_box()
    tip = visit.page.locator(".gw-tip")
    for share in (0.5, 0.45, 0.4, 0.35):
        visit.page.mouse.move(box["x"] + share * box["width"], box["y"] + share * box["height"])
        visit.settled()
        if tip.count():
            return str(tip.inner_text())
    pytest.fail("there is no cell in the middle of the map")


def sideways_px(page: Any) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES, ids=["map", "building", "import", "evaluation"])
def test_every_page_works_in_both_languages_on_both_screens(
    visitors: Visitors, server: str, path: str, language: str, size: tuple[int, int]
) -> None:
    with visiting(visitors, server, language=language, size=size) as visit:
        visit.open(path)
        visit.says(PAGES[path][language])
        if path == "map":
            visit.ready()
        elif path.startswith("building"):
            frame = visit.page.frame_locator("iframe")
            frame.locator(".leaflet-container").wait_for(timeout=WAIT_MS)
        visit.page.wait_for_selector(f'html[lang|="{language}"]', state="attached", timeout=WAIT_MS)
        visit.settled()
        assert visit.page.locator("h1").count() == 1
        assert sideways_px(visit.page) == 0


def test_a_click_on_a_cell_opens_why_it_stands_there(visitors: Visitors, server: str) -> None:
    with visiting(visitors, server) as visit:
        visit.open("map")
        assert "得分" in over_a_cell(visit)
        visit.page.mouse.down()
        visit.page.mouse.up()
        visit.says("其中的楼栋")
        visit.settled()
        assert visit.page.locator(".gw-facts").count() == 1


def test_the_map_can_be_walked_and_opened_by_keyboard_alone(
    visitors: Visitors, server: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("map")
        visit.ready()
        for _ in range(60):
            visit.page.keyboard.press("Tab")
            if visit.page.evaluate("document.activeElement.classList.contains('gw-map')"):
                break
        else:
            pytest.fail("the map cannot be reached with the Tab key")
        visit.page.keyboard.press("Home")
        first = visit.page.locator(".gw-tip").inner_text()
        assert "红" in first
        assert visit.page.locator(".gw-map-live").inner_text() == first.replace("\n", ", ")
        visit.page.keyboard.press("ArrowDown")
        second = visit.page.locator(".gw-tip").inner_text()
        assert second != first
        visit.page.keyboard.press("Enter")
        opened = visit.page.get_by_role("heading", name=second.split("\n")[0])
        opened.first.wait_for(timeout=WAIT_MS)


def test_near_by_the_map_draws_buildings_and_opens_them(visitors: Visitors, server: str) -> None:
    with visiting(visitors, server) as visit:
        visit.open("map")
        visit.ready()
        for _ in range(3):
            visit.zoom(nearer=True)
        visit.page.locator(".gw-map").focus()
        visit.page.keyboard.press("Home")
        visit.page.keyboard.press("Enter")
        visit.page.get_by_role("button", name="打开楼栋页").click()
        visit.says("为什么：各项分值相加即为得分")
        assert "unit=3709" in visit.page.url


def test_a_layer_that_is_switched_off_is_gone(visitors: Visitors, server: str) -> None:
    with visiting(visitors, server) as visit:
        visit.open("map")
        visit.ready()
        slot = visit.page.locator(".gw-map-slot")
        assert slot.get_attribute("data-cells") != ""
        visit.page.get_by_text("风险单元", exact=True).click()
        visit.page.wait_for_selector('.gw-map-slot[data-cells=""]', timeout=WAIT_MS)


def test_the_language_switch_holds_on_other_pages_and_after_a_reload(
    visitors: Visitors, server: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("map")
        visit.ready()
        visit.page.get_by_role("radio", name="English").click()
        visit.says("where to look first")
        visit.page.reload()
        visit.says("where to look first")
        visit.page.get_by_role("link", name="Import").click()
        visit.says("The file, as it is")


def test_an_empty_workspace_leads_to_the_import(visitors: Visitors, empty_server: str) -> None:
    with visiting(visitors, empty_server) as visit:
        visit.open("map")
        visit.says("三步得到第一张图")
        visit.page.get_by_role("button", name="去导入").click()
        visit.says("选择文件（原样即可）")


def test_every_curve_is_drawn_and_another_question_can_be_asked_in_either_language(
    visitors: Visitors, server: str
) -> None:
    with visiting(visitors, server, language="en") as visit:
        visit.open("evaluation")
        visit.says("Share of the visits, best first")
        named = visit.page.locator("[data-testid=stVegaLiteChart] >> text=Boosted trees").first
        named.wait_for(timeout=WAIT_MS)
        visit.page.get_by_role("combobox", name=re.compile("Among")).click()
        visit.page.get_by_role("option", name="All known places").click()
        visit.says("The first tenth of the")
        visit.says("measure mostly where visits are scheduled")
        visit.page.get_by_role("radio", name="中文").click()
        visit.page.locator("input[value=全部已知地点]").wait_for(timeout=WAIT_MS)
        visit.page.get_by_role("radio", name="English").click()
        visit.page.locator("input[value='All known places']").wait_for(timeout=WAIT_MS)
        visit.page.get_by_text("Change since the reference").first.click()
        visit.page.get_by_role("combobox", name=re.compile("Snapshot")).click()
        visit.page.get_by_role("option", name="2026-05-28").click()
        visit.settled()
        visit.page.get_by_role("button", name="Pin as the reference").click()
        visit.says("have changed much since the reference")


def test_the_exported_map_opens_from_a_file_without_any_request(
    visitors: Visitors, browser: Any, server: str, tmp_path: Path
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("map")
        visit.ready()
        with visit.page.expect_download(timeout=WAIT_MS) as waiting:
            visit.page.get_by_role("button", name="导出地图").click()
        file = tmp_path / "map.html"
        waiting.value.save_as(file)
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.locator(".leaflet-container canvas").first.wait_for(timeout=WAIT_MS)
    assert page.locator(".gw-top h1").inner_text() == "松溪街道：先看哪里"
    assert page.locator(".gw-bottom li").count() == 5
    painted = page.evaluate(
        "(() => { const c = document.querySelector('canvas');"
        " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v); })()"
    )
    assert painted
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()


@pytest.mark.parametrize("path", PAGES, ids=["map", "building", "import", "evaluation"])
def test_on_a_phone_every_button_is_large_enough_for_a_finger(
    visitors: Visitors, server: str, path: str
) -> None:
    with visiting(visitors, server, size=PHONE) as visit:
        visit.open(path)
        visit.says(PAGES[path]["zh"])
        visit.settled()
        small = visit.page.evaluate(
            """() => [...document.querySelectorAll(
                '.stMain button, .stMain [role=radio], .stMain [data-baseweb=select]')]
              .map((e) => [e.innerText || e.ariaLabel, e.getBoundingClientRect().height])
              .filter(([name, height]) => name && height > 0 && height < 44)"""
        )
        assert small == []


@pytest.mark.parametrize(("count", "said"), [(1, "1 day late"), (2, "2 days late")])
def test_the_browser_gives_a_count_its_form(
    visitors: Visitors, server: str, count: int, said: str
) -> None:
    elements = "/gw/assets/visits/visiting_elements.js"
    filled = f"async ([text, n]) => (await import('{elements}')).fill(text, {{ n }})"
    with visiting(visitors, server, language="en") as visit:
        visit.open("map")
        visit.ready()
        text = translator("en").part("visits")["late"]
        assert visit.page.evaluate(filled, [text, count]) == said
