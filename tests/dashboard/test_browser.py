"""The pages in a real browser, with the network cable out."""

import re
from itertools import combinations
from math import hypot
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

import numpy as np
import psutil
import pypdfium2
import pytest
from visits import (
    PHONE,
    READY,
    WAIT_MS,
    WIDE,
    Visit,
    faults,
    on_the_map,
    opened_without_network,
    visiting,
)

from dashboard.i18n import translator
from dashboard.views.importing.history import IMPORTS
from geo.coordinates.datums import from_wgs84, to_wgs84

pytestmark = pytest.mark.browser

Visitors = dict[str, Any]
Size = tuple[int, int]
BUILDING = "370998001001001B0008"


class Opened(NamedTuple):
    """A page's address, what shows that it is drawn, and what it says in each language."""

    path: str
    drawn: str
    zh: str
    en: str


PAGES = {
    "map": Opened("map", READY, "先看哪里", "where to look first"),
    "building": Opened(
        f"building?unit={BUILDING}", ".gw-facts", "为什么：各项分值相加即为得分",
        "points that add up",
    ),
    "import": Opened("import", "[data-testid=stFileUploader]", "选择文件（原样即可）",
                     "The file, as it is"),
    "evaluation": Opened("evaluation", "[data-testid=stVegaLiteChart]",
                         "按得分的次序平均提前", "find what they find"),
    "start": Opened("start", ".gw-coverage", "本周情况", "this week"),
    "work": Opened("responsibility?part=work", "[data-testid=stDataFrame]", "责任",
                   "Responsibility"),
    "chain": Opened(f"responsibility?part=chain&unit={BUILDING}", ".gw-chain", "网格员",
                    "Warden"),
    "assign": Opened("responsibility?part=assign", READY, "提交此方案", "Propose"),
}  # fmt: skip
A4_PX = 680
"""What A4 upright leaves between its margins."""
TARGETS = ".stMain button, .stMain [role=radio], .stMain [data-baseweb=select]"
NOT_OURS = "[role=tab], [aria-label*=elp]"
"""Streamlit's tabs and question marks, which are smaller; looked past where `OF_A_MANAGER`."""
OF_A_MANAGER = {"start", "work", "chain", "assign"}


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


def tip_is_inside(visit: Visit) -> bool:
    """Say whether all of the tooltip lies within the map from side to side."""
    tip = visit.page.locator(".gw-tip").bounding_box()
    frame = visit.page.locator(".gw-map").bounding_box()
    assert tip is not None
    assert frame is not None
    left, right = frame["x"], frame["x"] + frame["width"]
    return bool(left <= tip["x"] and tip["x"] + tip["width"] <= right)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_works_for_everybody_in_both_languages_on_both_screens(
    visitors: Visitors, server: str, name: str
) -> None:
    """It says what it is for, lies within the screen, and axe finds nothing serious.

    Axe looks at each screen in one language.
    """
    pytest.importorskip("axe_playwright_python")
    page = PAGES[name]
    targets = f":is({TARGETS}):not({NOT_OURS})" if name in OF_A_MANAGER else TARGETS
    with visiting(visitors, server, size=PHONE, role="office_manager") as visit:
        visit.open(page.path)
        assert_works(visit, page, "zh", (PHONE, WIDE), targets)
        visit.page.get_by_role("radio", name="English").click()
        assert_works(visit, page, "en", (WIDE, PHONE), targets)


def assert_works(
    visit: Visit, page: Opened, language: str, sizes: tuple[Size, Size], targets: str
) -> None:
    """Look at a page in a language, first on the screen on which it is shown."""
    visit.page.wait_for_selector(page.drawn, timeout=WAIT_MS)
    visit.says(page.zh if language == "zh" else page.en)
    visit.page.wait_for_selector(f'html[lang|="{language}"]', state="attached", timeout=WAIT_MS)
    if page.path.startswith("building?"):
        frame = visit.page.frame_locator("iframe")
        frame.locator(".leaflet-container").wait_for(timeout=WAIT_MS)
    visit.settled()
    assert visit.page.locator("h1").count() == 1
    assert faults(visit.page, sizes, targets=targets) == []
    if page.drawn == "[data-testid=stDataFrame]":  # the names of its lines are drawn a moment later
        visit.page.locator("[data-testid=stDataFrame] [role=grid][aria-label]").wait_for(
            state="attached", timeout=WAIT_MS
        )


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
    with visiting(visitors, server, size=PHONE) as visit:
        visit.open("map")
        visit.ready()
        for _ in range(60):
            visit.page.keyboard.press("Tab")
            assert not visit.page.evaluate(
                "!!document.activeElement.closest('h1, h2, h3, [data-testid=stHeading]')"
            ), "a heading is no stop"
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
        for _ in range(20):
            visit.page.keyboard.press("ArrowDown")
            assert tip_is_inside(visit)
        second = visit.page.locator(".gw-tip").inner_text()
        visit.page.keyboard.press("Enter")
        opened = visit.page.get_by_role("heading", name=second.split("\n")[0])
        opened.first.wait_for(timeout=WAIT_MS)


def test_a_layer_can_be_switched_off_and_near_by_the_map_draws_buildings_and_opens_them(
    visitors: Visitors, server: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("map")
        visit.ready()
        assert visit.page.locator(".gw-map-slot").get_attribute("data-cells") != ""
        layer = visit.page.get_by_text("风险单元", exact=True)
        layer.click()
        visit.page.wait_for_selector('.gw-map-slot[data-cells=""]', timeout=WAIT_MS)
        layer.click()
        visit.page.wait_for_selector('.gw-map-slot:not([data-cells=""])', timeout=WAIT_MS)
        for _ in range(3):
            visit.zoom(nearer=True)
        visit.page.locator(".gw-map").focus()
        visit.page.keyboard.press("Home")
        visit.page.keyboard.press("Enter")
        visit.page.get_by_role("button", name="打开楼栋页").click()
        visit.says("为什么：各项分值相加即为得分")
        assert "unit=3709" in visit.page.url


def process_at(address: str) -> psutil.Process:
    """Return the server of an address, which this process started."""
    port = int(address.rpartition(":")[2])
    started = psutil.Process().children(recursive=True)
    return next(each for each in started for end in each.net_connections("tcp")
                if end.status == psutil.CONN_LISTEN and end.laddr.port == port)  # fmt: skip


def test_a_page_does_not_rest_before_the_run_that_a_click_asks_for_has_begun(
    visitors: Visitors, server: str
) -> None:
    with on_the_map(visitors, server) as visit:
        process = process_at(server)
        process.suspend()
        Timer(1.0, process.resume).start()
        visit.page.get_by_role("radio", name="English").click()
        visit.settled()
        assert "where to look first" in visit.page.locator("h1").inner_text()


def test_a_layer_that_arrives_after_the_map_was_left_is_no_fault(
    visitors: Visitors, server: str
) -> None:
    with visiting(visitors, server) as visit:
        held: list[Any] = []
        visit.page.route("**/gw/tiles/**", lambda route: held.append(route))  # noqa: PLW0108 -- the handler is inspected
        with visit.page.expect_request("**/gw/tiles/**"):
            visit.open("map")
        visit.page.locator("[data-testid=stApp] .gw-map").wait_for(timeout=WAIT_MS)
        visit.go_to("import")
        visit.page.locator(".gw-map").wait_for(state="detached", timeout=WAIT_MS)
        with visit.page.expect_response("**/gw/tiles/**"):
            for route in held:
                route.continue_()
        visit.settled()


def test_every_curve_is_drawn_and_another_question_can_be_asked_in_either_language(
    visitors: Visitors, server: str
) -> None:
    with visiting(visitors, server, language="en") as visit:
        visit.open("evaluation")
        visit.says("Share of the visits, best first")
        named = visit.page.locator("[data-testid=stVegaLiteChart] >> text=Boosted trees").first
        named.wait_for(timeout=WAIT_MS)
        visit.settled()  # what unfolds folds up again where a page grows above it
        visit.page.get_by_role("combobox", name=re.compile("Among")).click()
        visit.page.get_by_role("option", name="All known places").click()
        visit.says("The first tenth of the")
        visit.says("measure mostly where visits are scheduled")
        visit.page.get_by_role("radio", name="中文").click()
        visit.page.locator("input[value^=全部已知地点]").wait_for(timeout=WAIT_MS)
        visit.page.get_by_role("radio", name="English").click()
        visit.page.locator("input[value^='All known places']").wait_for(timeout=WAIT_MS)
        visit.page.get_by_text("Change since the reference").first.click()
        visit.settled()
        visit.page.get_by_role("combobox", name=re.compile("Snapshot")).click()
        visit.page.get_by_role("option", name="2026-09-25").click()
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
    with opened_without_network(browser, file) as page:
        assert page.locator(".gw-top h1").inner_text() == "松溪街道：先看哪里"
        assert "2026-11-24" in page.locator(".gw-top").inner_text(), "it is of the newest score"
        assert page.locator(".gw-bottom li").count() == 4
        assert page.locator(".gw-side li").count() == 20
        assert page.locator(".gw-side li small").first.inner_text()
        assert page.locator(".gw-pin").count() == 10
        assert page.evaluate(
            "(() => { const c = document.querySelector('canvas'); return c.getContext('2d')"
            ".getImageData(0, 0, c.width, c.height).data.some(v => v); })()"
        ), "something is painted"
        assert page.locator(".gw-bottom i[data-pattern]").count() == 3
        assert "起点（规模）" not in page.locator(".gw-side").inner_text()
        view = "Object.values(window).find((each) => each instanceof L.Map).getZoom()"
        seen = page.evaluate(view)
        on_screen = page.locator(".leaflet-container").bounding_box()
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        on_paper = page.locator(".leaflet-container").bounding_box()
        assert page.locator(".gw-side").bounding_box()["y"] >= on_paper["y"] + on_paper["height"]
        assert page.locator(".leaflet-bar").filter(visible=True).count() == 0
        pins = [each.bounding_box() for each in page.locator(".gw-pin").all()]
        assert all(on_paper["x"] < pin["x"] < on_paper["x"] + on_paper["width"] for pin in pins)
        assert all(on_paper["y"] < pin["y"] < on_paper["y"] + on_paper["height"] for pin in pins)
        page.emulate_media(media="null")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator(".leaflet-container").bounding_box() == on_screen
        assert page.evaluate(view) == seen
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        page.reload()
        faces = [each.bounding_box() for each in page.locator(".gw-pin span").all()]
        apart = [hypot(a["x"] - b["x"], a["y"] - b["y"]) for a, b in combinations(faces, 2)]
        assert min(apart) > 16, "no number hides another"
        first, last = (page.locator(".gw-pin").nth(at).bounding_box() for at in (0, -1))
        assert 0 < first["x"] < PHONE[0]
        assert 0 < last["x"] < PHONE[0]
        seen = "Object.values(window).find((each) => each instanceof L.Map).getBounds()"
        assert page.evaluate(f"{seen}.getEast() - {seen}.getWest()") < 0.1


def test_the_browser_gives_a_count_its_form(visitors: Visitors, server: str) -> None:
    text = translator("en").part("visits")["late"]
    filled = "async ([text, n]) => (await import('/gw/assets/elements.js')).fill(text, { n })"
    with visiting(visitors, server) as visit:
        visit.open("gw/health")
        told = [visit.page.evaluate(filled, [text, count]) for count in (1, 2)]
    assert told == ["1 day late", "2 days late"]


def test_a_table_sorts_names_as_people_count(visitors: Visitors, server: str) -> None:
    with visiting(visitors, server, role="office_manager") as visit:
        visit.open("responsibility?part=work")
        visit.settled()
        until = "while (!globalThis.gridwardenOrder) await new Promise(requestAnimationFrame);"
        visit.page.evaluate(f"async () => {{ {until} }}")
        texts = ["园12号楼", "园6号楼", "园十一号楼", "园１０号楼", "T10", "T2", "赵四", "张三"]
        ordered = visit.page.evaluate("all => all.sort((a, b) => a.localeCompare(b))", texts)
        assert ordered == [
            "园6号楼",
            "园１０号楼",
            "园十一号楼",
            "园12号楼",
            "张三",
            "赵四",
            "T2",
            "T10",
        ]


def test_a_place_is_looked_for_and_the_map_goes_there(visitors: Visitors, server: str) -> None:
    with visiting(visitors, server) as visit:
        visit.open("map")
        visit.ready()
        estate = visit.page.evaluate("fetch('/gw/places').then((a) => a.json())")["estates"][0][0]
        field = visit.page.get_by_role("combobox", name="搜索社区、小区、楼栋")
        field.fill(estate)
        visit.page.get_by_role("option").first.wait_for(timeout=WAIT_MS)
        seen = visit.page.locator(".gw-map-slot").get_attribute("data-ready")
        field.press("Enter")
        moved = f".gw-map-slot:not([data-ready='{seen}'])"
        visit.page.wait_for_selector(moved, timeout=WAIT_MS)
        field.fill("没有的地方")
        visit.says("没有找到")


class Rested(NamedTuple):
    """What there is about a map at rest: numbers on pins, what lies below, what tables offer.

    ``cells``: what it shows before and after the first row of its list was chosen.
    """

    pins: list[str]
    below_px: int
    tools: set[str]
    cells: list[str]


@pytest.fixture(scope="module")
def rested(visitors: Visitors, server: str) -> Rested:
    """Look at the map; then choose the first row of its list and wait until the map moves."""
    with on_the_map(visitors, server) as visit:
        page = visit.page
        pins = page.locator(".gw-pin b").all_inner_texts()
        main = "document.querySelector('[data-testid=stMain]')"
        below = page.evaluate(f"{main}.scrollHeight - {main}.clientHeight")
        page.locator("[data-testid=stDataFrame]").first.hover()
        tools = page.locator("[data-testid=stElementToolbar] button")
        tools.first.wait_for(state="attached", timeout=WAIT_MS)
        names = {each.get_attribute("aria-label") for each in tools.all() if each.is_visible()}
        slot = page.locator(".gw-map-slot")
        cells = [slot.get_attribute("data-cells")]
        table = page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
        page.mouse.click(table["x"] + 20, table["y"] + 55)
        page.wait_for_selector(f".gw-map-slot:not([data-cells='{cells[0]}'])", timeout=WAIT_MS)
        cells.append(slot.get_attribute("data-cells"))
        return Rested(pins, below, names, cells)


def test_a_row_of_the_list_moves_the_map_and_pins_have_the_lists_numbers(rested: Rested) -> None:
    assert sorted(map(int, rested.pins)) == list(range(1, 11))
    before, after = rested.cells
    assert after != before


def test_a_tick_in_the_list_does_not_move_to_another_building(
    visitors: Visitors, server: str
) -> None:
    # A table whose rows change kept the place of its tick, and so ticked what nobody had chosen.
    ticked = "[data-testid=stDataFrame] [role=row][aria-selected=true]"
    with on_the_map(visitors, server) as visit:
        table = visit.page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
        visit.page.mouse.click(table["x"] + 20, table["y"] + 55)
        visit.page.wait_for_selector(ticked, state="attached", timeout=WAIT_MS)
        name = visit.page.locator(ticked).first.inner_text()
        field = visit.page.get_by_label("在清单中查找")
        field.fill("2号楼")
        field.press("Enter")
        visit.settled()
        first = visit.page.locator("[data-testid=stDataFrame] [role=row]").nth(1).inner_text()
        assert first != name
        assert visit.page.locator(ticked).count() == 0


def test_the_map_s_page_ends_where_the_map_does(rested: Rested) -> None:
    assert rested.below_px <= 1  # both are rounded


def test_names_in_latin_letters_take_less_room_than_as_many_chinese_ones(
    visitors: Visitors, server: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("gw/health")
        widths = visit.page.evaluate(
            "async (names) => { const m = await import('/gw/assets/map/labels.js');"
            " return names.map(m.widthInLetters); }",
            ["青麓山公园", "Qinglu Hill"],
        )
        assert widths[0] == 5
        assert 5 < widths[1] < 7


def test_days_are_looked_at_one_after_another_without_asking_the_page(
    visitors: Visitors, server: str
) -> None:
    with on_the_map(visitors, server) as visit:
        visit.says("2026-11-24")
        with visit.page.expect_request("**/gw/tiles/20260925*/**"):
            visit.page.get_by_role("button", name="按日期播放").click()
        visit.page.locator(".gw-time output", has_text="2026-11-24").wait_for(timeout=WAIT_MS)
        visit.page.get_by_role("button", name="按日期播放").wait_for(timeout=WAIT_MS)


def on_screen(visit: Visit, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place of a small area lies in the window, in pixels."""
    west, south, east, north = map(
        float, (visit.page.locator(".gw-map-slot").get_attribute("data-bounds") or "").split(",")
    )
    box = visit.ready().bounding_box()
    x = box["x"] + (lon - west) / (east - west) * box["width"]
    return x, box["y"] + (north - lat) / (north - south) * box["height"]


def risen(visit: Visit) -> dict[str, Any]:
    """Return a building that came to the two highest tiers within a week of the last score."""
    script = """async () => {
      const asked = performance.getEntriesByType('resource').map((each) => each.name);
      const [, snapshot] = asked.join(' ').match(/gw.tiles.([^/]+)/);
      return (await fetch(`/gw/over/${snapshot}/change`)).json();
    }"""
    points = visit.page.evaluate(script)["points"]
    return next(point for point in points if point["kind"] == "rise")


def test_a_mark_over_the_map_is_asked_for_when_it_is_wanted_and_opens_what_it_marks(
    visitors: Visitors, server: str
) -> None:
    with on_the_map(visitors, server) as visit:
        visit.page.locator(".gw-over summary").click()
        with visit.page.expect_response("**/gw/over/*/change") as answer:
            visit.page.get_by_label("与一周前相比的升降").check()
        assert answer.value.ok
        mark = risen(visit)
        visit.page.locator(".gw-over summary").click()
        visit.settled()
        x, y = on_screen(visit, *mark["place"])
        visit.page.mouse.move(x + 9, y)  # beside the house, on the mark
        visit.page.locator(".gw-tip", has_text="与一周前相比的升降").wait_for(timeout=WAIT_MS)
        visit.page.mouse.click(x + 9, y)
        panel = visit.page.locator(".st-key-map_panel h2, .st-key-map_panel h3")
        panel.filter(has_text=mark["name"]).first.wait_for(timeout=WAIT_MS)


def test_two_days_are_compared_on_either_side_of_a_line(visitors: Visitors, server: str) -> None:
    with on_the_map(visitors, server) as visit:
        building = risen(visit)
        line = visit.page.get_by_role("slider", name="与此日比较")
        earlier = visit.page.get_by_role("combobox", name="与此日比较")
        assert not line.is_visible()
        with visit.page.expect_response("**/gw/tiles/20260925*/building/**"):
            earlier.select_option(label="2026-09-25")
        visit.settled()
        told = {}
        for key in ("End", "Home"):  # the line to the right of it, then to the left
            line.press(key)
            visit.page.mouse.move(5, 5)
            visit.page.mouse.move(*on_screen(visit, *building["place"]))
            told[key] = visit.page.locator(".gw-tip").inner_text()
        assert re.search("[黄蓝]", told["End"])
        assert re.search("[红橙]", told["Home"])
        earlier.select_option(index=0)
        assert not line.is_visible()


def test_the_wall_screen_is_dark_and_shows_the_map_alone(visitors: Visitors, server: str) -> None:
    with visiting(visitors, server) as visit:
        visit.open("map?screen=wall")
        visit.ready()
        visit.settled()
        assert visit.page.locator(".gw-map-slot.gw-dark").count() == 1
        assert not visit.page.locator(".st-key-map_panel").is_visible()
        height = visit.page.locator(".gw-map").bounding_box()["height"]
        assert height >= WIDE[1] - 2
        sign, days = (visit.page.locator(e).bounding_box() for e in (".gw-demo", ".gw-time"))
        assert sign["y"] + sign["height"] <= days["y"], "that the data are invented is seen"


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_the_browser_moves_shifted_tiles_to_the_centimetre_as_python_does(
    visitors: Visitors, server: str, datum: str
) -> None:
    places = [(117.12, 36.19), (113.3, 23.1), (87.6, 43.8), (121.5, 31.2)]
    moved = "async ([places, datum]) => { const m = await import('/gw/assets/map/datum.js');"
    moved += "return places.map((place) => [m.fromWgs84(place, datum), m.toWgs84(place, datum)]); }"
    with visiting(visitors, server) as visit:
        visit.open("gw/health")
        told = visit.page.evaluate(moved, [places, datum])
    for place, (shifted, back) in zip(places, told, strict=True):
        lon, lat = np.array([place[0]]), np.array([place[1]])
        assert np.allclose(shifted, np.ravel(from_wgs84(lon, lat, datum=datum)), atol=1e-7)
        assert np.allclose(back, np.ravel(to_wgs84(lon, lat, datum=datum)), atol=1e-7)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_every_point_of_a_shifted_tile_is_drawn_where_it_belongs_to_the_metre(
    visitors: Visitors, server: str, datum: str
) -> None:
    """From zoom 11 on; farther, where a pixel is more than a hundred metres, to a tenth of it."""
    rng = np.random.default_rng(7)
    places = [(117.12, 36.19), (113.3, 23.1), (87.6, 43.8), (121.5, 31.2)]
    asked = [
        {"z": z, "x": int((lon / 360 + 0.5) * 2**z), "y": int(_down(lat) * 2**z),
         "points": rng.random((60, 2)).tolist()}
        for z in range(6, 20) for lon, lat in places
    ]  # fmt: skip
    drawn = """async ([asked, datum]) => {
      const m = await import('/gw/assets/map/datum.js');
      return asked.map(({ points, ...tile }) => {
        const mesh = m.meshOf(tile, datum);
        return points.map(([x, y]) => {
          const [column, row] = [x, y].map((each) => Math.floor(each * mesh.pieces));
          const { nw, east, south } = m.pieceOf(mesh, column, row);
          const [right, down] = [x * mesh.pieces - column, y * mesh.pieces - row];
          return [0, 1].map((axis) => nw[axis] + right * east[axis] + down * south[axis]);
        });
      });
    }"""
    with visiting(visitors, server) as visit:
        visit.open("gw/health")
        told = visit.page.evaluate(drawn, [asked, datum])
    for tile, points in zip(asked, told, strict=True):
        x, y = (np.array(tile["points"]) + np.array([tile["x"], tile["y"]])).T / 2 ** tile["z"]
        lon, lat = to_wgs84(x * 360 - 180, _latitude(y), datum=datum)
        east, north = np.array(points).T / (256 * 2 ** tile["z"])
        metres = 111_320 * np.hypot(
            (east * 360 - 180 - lon) * np.cos(np.radians(lat)), _latitude(north) - lat
        )
        pixel_m = 156_543 * np.cos(np.radians(lat)) / 2 ** tile["z"]
        assert (metres <= (1.0 if tile["z"] >= 11 else pixel_m / 10)).all(), tile["z"]


def _down(lat: float) -> float:
    return float(0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2 * np.pi))


def _latitude(down: np.ndarray) -> np.ndarray:
    return np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * down))))


def test_shifted_tiles_are_asked_for_where_they_are_seen_and_drawn_there(
    visitors: Visitors, server: str
) -> None:
    """A tile drawn in GCJ-02 stands, whole, where WGS-84 has it."""
    script = """async () => {
      await import('/gw/leaflet/leaflet.js');
      const m = await import('/gw/assets/map/datum.js');
      const box = document.createElement('div');
      box.style = 'width:600px;height:400px';
      document.body.append(box);
      const map = L.map(box, { fadeAnimation: false }).setView([36.19, 117.12], 16);
      const red = document.createElement('canvas');
      red.width = red.height = 256;
      red.getContext('2d').fillStyle = 'red';
      red.getContext('2d').fillRect(0, 0, 256, 256);
      const layer = m.shiftedTiles(red.toDataURL() + '#{z}/{x}/{y}', { datum: 'gcj02' });
      const drawn = [];
      layer.on('tileload', ({ tile, coords }) => drawn.push([tile, coords]));
      await new Promise((done) => { layer.on('load', done); layer.addTo(map); });
      const off = drawn.map(([tile, at]) => {
        const mesh = m.meshOf(at, 'gcj02');
        const here = new DOMMatrix(tile.style.transform);
        return Math.hypot(mesh.at[0][0] - layer._level.origin.x - here.e,
                          mesh.at[0][1] - layer._level.origin.y - here.f);
      });
      const paper = drawn[0][0].getContext('2d');
      const { width, height } = drawn[0][0];
      const middle = [...paper.getImageData(width / 2, height / 2, 1, 1).data];
      const { lng, lat } = map.getCenter();
      const [east, north] = m.fromWgs84([lng, lat], 'gcj02');
      const needed = map.project([north, east], 16).divideBy(256).floor();
      const there = drawn.some(([, at]) => at.x === needed.x && at.y === needed.y);
      return [Math.max(...off), middle, there];
    }"""
    with visiting(visitors, server) as visit:
        visit.open("gw/health")
        farthest, middle, there = visit.page.evaluate(script)
    assert farthest < 2, "the corner lies in the box's corner"
    assert middle == [255, 0, 0, 255]
    assert there


def test_no_table_is_saved_past_the_service_that_writes_it_down(rested: Rested) -> None:
    assert "搜索" in rested.tools
    assert not {name for name in rested.tools if "CSV" in name or "下载" in name}


def test_paper_names_the_part_that_is_printed(visitors: Visitors, server: str) -> None:
    with visiting(visitors, server) as visit:
        visit.open("import?part=list")
        visit.settled()
        visit.page.emulate_media(media="print")
        tabs = visit.page.get_by_role("tab").filter(visible=True)
        assert tabs.all_inner_texts() == ["导入记录"]
        visit.page.emulate_media(media="null")


@pytest.mark.parametrize("width", [WIDE[0], PHONE[0]])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_paper_has_every_row_and_column_of_a_table_its_head_and_a_number_on_each_sheet(
    visitors: Visitors, server: str, language: str, width: int
) -> None:
    with visiting(visitors, server, language=language) as visit:
        visit.page.set_viewport_size({"width": width, "height": WIDE[1]})
        visit.open("import?part=list")
        grid = visit.page.locator("[data-testid=stDataFrame] [role=grid]").first
        grid.wait_for(state="attached", timeout=WAIT_MS)
        visit.settled()
        rows = int(grid.get_attribute("aria-rowcount")) - 1  # the head is one
        in_view = grid.locator("tbody tr").count()
        made = visit.page.pdf(width="210mm", height="180mm")
        assert not visit.page.locator(".gw-on-paper").count(), "the screen has the grid alone"
    with pypdfium2.PdfDocument(made) as document:
        sheets = [page.get_textpage().get_text_bounded() for page in document]
    assert len(re.findall(r"\d{8}T\d{6}", "".join(sheets))) == rows > in_view
    heads = ["".join(each.header_in(translator(language)).split()) for each in IMPORTS]
    with_rows = [each for each in sheets if re.search(r"\d{8}T\d{6}", each)]
    assert len(with_rows) > 1
    for number, sheet in enumerate(with_rows, start=1):
        assert not [head for head in heads if head not in "".join(sheet.split())]
        assert f"{number} / {len(sheets)}" in sheet


def test_what_is_too_long_for_paper_breaks_and_no_cell_is_markup(
    visitors: Visitors, server: str
) -> None:
    bad = "<img src=x onerror=alert(1)>" + "x" * 300
    script = """async (bad) => {
      const { onPaper, fitTable } = await import('/gw/assets/tables.js');
      const cell = () => ({ kind: 'text', displayData: bad });
      const columns = [{ title: bad }, { title: bad }];
      const table = onPaper({ columns, rows: 2, getCellContent: cell });
      document.body.append(table);
      fitTable(table);
      return [table.querySelectorAll('img').length, table.rows[1].cells[1].textContent];
    }"""
    with visiting(visitors, server) as visit:
        visit.open("import?part=list")
        visit.settled()
        assert visit.page.evaluate(script, bad) == [0, bad]
        visit.page.emulate_media(media="print")
        printed = visit.page.locator("body > .gw-on-paper")
        assert printed.evaluate("each => each.offsetWidth") <= visit.page.viewport_size["width"]
        visit.page.emulate_media(media="null")


def test_of_the_list_beside_a_printed_map_the_first_rows_are_on_paper_and_it_says_so(
    visitors: Visitors, server: str
) -> None:
    with visiting(visitors, server, role="office_manager") as visit:
        visit.open("map")
        visit.ready()
        visit.settled()
        visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        table = visit.page.locator("[class*=st-key-map_panel] .gw-on-paper")
        rows, caption = table.locator("tbody tr").count(), table.locator("caption").inner_text()
        visit.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert rows == 40
    assert re.fullmatch(r"1–40 / [\d,]+", caption)


def test_no_page_of_paper_ends_with_the_heading_of_a_chart(visitors: Visitors, server: str) -> None:
    headings = {"为什么：各项分值相加即为得分", "走势"}  # both stand above a chart that has words
    with visiting(visitors, server, role="office_manager") as visit:
        visit.open(f"building?unit={BUILDING}")
        visit.page.get_by_text("该楼已拆除？").wait_for(timeout=WAIT_MS)
        visit.settled()
        visit.page.locator("[data-testid='stVegaLiteChart'] svg").nth(1).wait_for(timeout=WAIT_MS)
        for height in (180, 220, 250):
            made = visit.page.pdf(width="210mm", height=f"{height}mm")
            with pypdfium2.PdfDocument(made) as document:
                texts = [page.get_textpage().get_text_bounded().split("\n") for page in document]
            assert len(texts) > 1
            assert not {lines[-1].strip() for lines in texts} & headings, height
            assert not [lines for lines in texts if not "".join(lines).strip()], height
            assert "该楼已拆除" not in str(texts), "paper says nothing that only offers to act"
        small_map = visit.page.locator("[data-testid=stIFrame]")
        on_screen = small_map.bounding_box()["width"]
        visit.page.emulate_media(media="print")
        visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert small_map.bounding_box()["width"] == pytest.approx(min(on_screen, A4_PX), abs=1)
        visit.page.emulate_media(media="null")


def test_a_map_on_paper_lies_on_nothing(visitors: Visitors, server: str) -> None:
    with visiting(visitors, server, role="office_manager") as visit:
        visit.open("start")
        visit.settled()
        visit.page.emulate_media(media="print")
        shown = visit.page.locator(".gw-map").first.bounding_box()
        places = visit.page.locator("[class*='st-key-start_place']").first.bounding_box()
        assert places["y"] >= shown["y"] + shown["height"]
        visit.page.emulate_media(media="null")


def test_a_phone_writes_days_as_the_other_pages_do(visitors: Visitors, server: str) -> None:
    told = """async () => {
      const { dayText } = await import('/gw/assets/visits/elements.js');
      return [dayText('2020-12-01', 'en'), dayText('2020-12-01', 'zh')];
    }"""
    with visiting(visitors, server) as visit:
        visit.open("gw/health")
        assert visit.page.evaluate(told) == ["1 Dec 2020", "2020年12月1日"]
