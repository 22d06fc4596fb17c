"""What lies where on the street map, on every screen and on a PC without WebGL."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from math import hypot
from typing import Any, NamedTuple

import pytest
from visits import PHONE, WAIT_MS, WIDE, Visit, new_profile, on_the_map, visiting

from dashboard.maps.palette import TIERS

pytestmark = pytest.mark.browser

A4_PX = 720
"""Width of a sheet without its margins."""
TWO_FRAMES = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
SHOWN_LAYERS = "() => document.querySelector('.gw-map-slot').dataset.cells.split('/')[0]"
# Rectangles on the screen of every corner of the street's border.
CORNERS = """async () => {
  const { scale, whole } = await (await fetch('/gw/places')).json();
  const [west, south, east, north] =
    document.querySelector('.gw-map-slot').dataset.bounds.split(',').map(Number);
  const frame = document.querySelector('.gw-map').getBoundingClientRect();
  let x = 0, y = 0;
  const corners = [];
  for (let at = 0; at < whole.xy.length; at += 2) {
    x += whole.xy[at];
    y += whole.xy[at + 1];
    corners.push([frame.left + frame.width * (x / scale - west) / (east - west),
      frame.top + frame.height * (north - y / scale) / (north - south)]);
  }
  return corners;
}"""
REFUSE_WEBGL = """(() => {
  for (const Canvas of [HTMLCanvasElement, OffscreenCanvas]) {
    const real = Canvas.prototype.getContext;
    Canvas.prototype.getContext = function (kind, ...more) {
      return kind.startsWith('webg') ? null : real.call(this, kind, ...more);
    };
  }
})()"""
LUMINANCE = """(element) => {
  const [r, g, b] = getComputedStyle(element).color.match(/[0-9.]+/g).map(Number);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}"""


@pytest.fixture(scope="module")
def no_webgl(browser: Any) -> Iterator[dict[str, Any]]:
    """Keep a profile in which no canvas gives WebGL, as on an office PC without a driver."""
    profile = new_profile(browser, locale="zh-CN")
    profile.add_init_script(REFUSE_WEBGL)
    yield {"zh": profile}
    profile.close()


SEEN_CANVAS = ".gw-map canvas:not([style*='hidden'])"


def painted(visit: Visit) -> bool:
    return bool(
        visit.page.evaluate(
            f'(() => {{ const c = document.querySelector("{SEEN_CANVAS}");'
            " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v);"
            "})()"
        )
    )


# In every frame the canvases that are seen, until it is asked for.
WATCH_CANVASES = f"""() => {{
  window.frames_seen = [];
  const look = () => {{
    window.frames_seen.push([...document.querySelectorAll("{SEEN_CANVAS}")]);
    requestAnimationFrame(look);
  }};
  look();
}}"""
FRAMES = (
    "() => [window.frames_seen.map((seen) => seen.length), new Set(window.frames_seen.flat()).size]"
)


def test_while_a_picture_is_drawn_the_one_before_it_is_seen(
    visitors: dict[str, Any], server: str
) -> None:
    with on_the_map(visitors, server) as visit:
        visit.page.evaluate(WATCH_CANVASES)
        visit.zoom(nearer=True)
        counts, pictures = visit.page.evaluate(FRAMES)
        assert set(counts) == {1}
        assert pictures == 2
        assert painted(visit)


# A picture of twenty tasks, asked for anew in each of many tasks: whether one was seen meanwhile.
ASKED_ALL_THE_TIME = """async () => {
  await import('/gw/leaflet/leaflet.js');
  const { canvasLayer } = await import('/gw/assets/map/canvas_layer.js');
  const box = document.createElement('div');
  box.style = 'width:300px;height:200px';
  document.body.append(box);
  const map = L.map(box, { fadeAnimation: false }).setView([36.19, 117.12], 16);
  const layer = canvasLayer(function* () { for (let n = 0; n < 20; n++) yield 1e6; }).addTo(map);
  let seen = false;
  layer.paint().then(() => { seen = true; });
  for (let turn = 0; turn < 2000 && !seen; turn++) {
    layer.paint();
    await new Promise((done) => setTimeout(done, 1));
  }
  return seen;
}"""


def test_a_picture_that_is_asked_for_all_the_time_is_seen_nevertheless(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("gw/health")
        assert visit.page.evaluate(ASKED_ALL_THE_TIME)


def test_the_map_is_painted_where_there_is_no_webgl(no_webgl: Any, server: str) -> None:
    with on_the_map(no_webgl, server) as visit:
        webgl = "document.createElement('canvas').getContext('webgl')"
        assert visit.page.evaluate(f"{webgl} === null")
        assert painted(visit)
        assert visit.page.locator(".gw-pin").count() == 10


class Seen(NamedTuple):
    """What is seen of the map at a size of the window: places and boxes in pixels."""

    corners: list[tuple[float, float]]
    panels: list[dict[str, float]]
    layers: str
    pins: list[int]


@pytest.fixture(scope="module")
def seen_at(visitors: dict[str, Any], server: str) -> Callable[[tuple[int, int]], Seen]:
    """Return what looks at the map at a size, once for all that is asked of it."""
    return cache(lambda size: look_at_the_map(visitors, server, size))


def look_at_the_map(visitors: dict[str, Any], server: str, size: tuple[int, int]) -> Seen:
    """Open the map; then let the list rank cells."""
    with on_the_map(visitors, server, size=size) as visit:
        corners = [(float(x), float(y)) for x, y in visit.page.evaluate(CORNERS)]
        panels = [visit.page.locator(each).bounding_box()
                  for each in (".gw-legend", ".st-key-map_panel")]  # fmt: skip
        levels = visit.page.get_by_role("combobox", name=re.compile("排序对象"))
        levels.scroll_into_view_if_needed()  # what unfolds folds up again where a page scrolls
        visit.settled()
        levels.click()
        visit.page.get_by_role("option", name="街区单元").click()
        visit.page.wait_for_selector(".gw-map-slot[data-cells^='cell:9']", timeout=WAIT_MS)
        visit.settled()
        pins = [int(text) for text in visit.page.locator(".gw-pin b").all_inner_texts()]
        return Seen(corners, panels, visit.page.evaluate(SHOWN_LAYERS), pins)


def test_neither_legend_nor_list_covers_a_corner_of_the_street(
    seen_at: Callable[[tuple[int, int]], Seen],
) -> None:
    seen = seen_at(WIDE)
    assert len(seen.corners) > 4
    for box in seen.panels:
        right, bottom = box["x"] + box["width"], box["y"] + box["height"]
        covered = [
            (x, y) for x, y in seen.corners if box["x"] <= x <= right and box["y"] <= y <= bottom
        ]
        assert covered == []


def test_the_days_lie_whole_between_the_menu_and_the_list_on_a_small_screen(
    visitors: dict[str, Any], server: str
) -> None:
    with on_the_map(visitors, server, size=(1024, 768)) as visit:
        days, slot, panel = (
            visit.page.locator(each).bounding_box()
            for each in (".gw-time", ".gw-map-slot", ".st-key-map_panel")
        )
        assert slot["x"] <= days["x"]
        assert days["x"] + days["width"] <= panel["x"]


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_the_map_draws_the_units_that_the_list_ranks_at_every_width(
    seen_at: Callable[[tuple[int, int]], Seen], size: tuple[int, int]
) -> None:
    seen = seen_at(size)
    assert seen.layers == "cell:9"
    assert min(seen.pins) == 1


def test_a_number_tells_of_its_own_building_and_stands_beside_those_of_buildings_close_by(
    visitors: dict[str, Any], server: str
) -> None:
    with on_the_map(visitors, server) as visit:
        for pin in visit.page.locator(".gw-pin").all():
            pin.hover(force=True)
            visit.page.evaluate(TWO_FRAMES)
            told = visit.page.locator(".gw-tip-name").inner_text()
            assert told.startswith(f"{pin.inner_text()}. "), "not of what it hides"
        for _ in range(3):
            visit.zoom(nearer=False)
        boxes = [each.bounding_box() for each in visit.page.locator(".gw-pin").all()]
        assert visit.page.locator(".gw-pin-band").count() > 0
        faces = [(box["x"], box["y"]) for box in boxes if box]
        apart = [hypot(a - x, b - y) for (a, b), (x, y) in combinations(faces, 2)]
        assert len(apart) == 45
        assert min(apart) > 16


# Events of the mouse over the map, all within one frame: each its kind and its place in the window.
MOVE_WITHIN_A_FRAME = """(events) => new Promise((go) => requestAnimationFrame(() => {
  const frame = document.querySelector(".gw-map");
  for (const [kind, clientX, clientY] of events)
    frame.dispatchEvent(new MouseEvent(kind, { bubbles: true, clientX, clientY }));
  requestAnimationFrame(() => requestAnimationFrame(go));
}))"""


def test_of_what_a_quick_mouse_passes_the_map_tells_of_the_last_and_of_nothing_once_it_left(
    visitors: dict[str, Any], server: str
) -> None:
    with on_the_map(visitors, server) as visit:
        box = visit.page.locator(".gw-map").bounding_box()
        middle = [box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.5]
        beside = [box["x"] + 2, box["y"] + 2]
        tip = visit.page.locator(".gw-tip")
        visit.page.evaluate(MOVE_WITHIN_A_FRAME, [["mousemove", *middle]])
        told = tip.inner_text()
        visit.page.evaluate(MOVE_WITHIN_A_FRAME, [["mousemove", *middle], ["mouseout", *beside]])
        assert tip.count() == 0
        passed = [["mousemove", *beside], ["mousemove", *middle]]
        visit.page.evaluate(MOVE_WITHIN_A_FRAME, passed)
        assert tip.inner_text() == told


def test_the_list_gives_the_map_its_place_until_a_building_is_picked(
    visitors: dict[str, Any], server: str
) -> None:
    def street_px() -> float:
        across = [x for x, _ in visit.page.evaluate(CORNERS)]
        return float(max(across) - min(across))

    with on_the_map(visitors, server) as visit:
        panel = visit.page.locator(".st-key-map_panel")
        beside = street_px()
        button = visit.page.get_by_role("button", name="收起 / 展开清单")
        visit.paint_anew(button)
        assert not panel.is_visible()
        assert button.get_attribute("aria-expanded") == "false"
        assert street_px() > 1.2 * beside
        visit.page.reload()
        visit.ready()
        visit.settled()
        assert not panel.is_visible(), "the browser remembers it"
        assert button.get_attribute("aria-expanded") == "false"
        visit.page.locator(".gw-pin").first.click(force=True)
        panel.get_by_role("heading").first.wait_for(timeout=WAIT_MS)
        assert button.get_attribute("aria-expanded") == "true"
        button.click()
        button.click()
        visit.page.reload()
        visit.ready()
        assert panel.is_visible(), "and that it was shown again"


def test_the_map_prints_as_it_is_seen_with_its_legend_and_the_list_below(
    visitors: dict[str, Any], server: str
) -> None:
    with on_the_map(visitors, server) as visit:
        page, frame = visit.page, visit.page.locator(".gw-map")
        bounds = "document.querySelector('.gw-map-slot').dataset.bounds"
        on_screen, seen = frame.bounding_box(), page.evaluate(bounds)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.evaluate(TWO_FRAMES)
        paper = frame.bounding_box()
        assert 600 < paper["width"] <= A4_PX
        assert (
            abs(paper["height"] / paper["width"] - on_screen["height"] / on_screen["width"]) < 0.01
        )
        assert painted(visit)
        assert page.evaluate(bounds) == seen
        legend = page.locator(".gw-legend li")
        assert legend.filter(visible=True).count() == legend.count() >= 4
        size = legend.first.evaluate("(li) => li.getBoundingClientRect().height")
        assert size > 12, "its words are as large as others"
        key = page.locator(".gw-legend").bounding_box()
        assert key["y"] >= paper["y"] + paper["height"], "it covers nothing of the map"
        assert (
            page.locator(".gw-buttons button, .gw-search input").filter(visible=True).count() == 0
        )
        assert page.locator(".gw-pin").filter(visible=True).count() > 0
        panel = page.locator(".st-key-map_panel").bounding_box()
        assert panel["y"] >= paper["y"] + paper["height"]
        page.emulate_media(media="null")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        page.evaluate(TWO_FRAMES)
        assert frame.bounding_box() == on_screen
        assert page.locator(".gw-map .gw-legend").count() == 1
        assert page.evaluate(bounds) == seen


def test_paper_names_the_layers_that_are_drawn_with_what_their_marks_mean(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server, role="office_manager") as visit:
        visit.open("map")
        visit.ready()
        visit.settled()
        page, layers = visit.page, visit.page.locator(".gw-over")
        layers.locator("summary").click()
        layers.get_by_label("在办案件").check(timeout=WAIT_MS)
        layers.get_by_label("与一周前相比的升降").check(timeout=WAIT_MS)
        layers.locator("summary").click()
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        frame = page.locator(".gw-map").bounding_box()
        told = layers.locator("label, li").filter(visible=True)
        assert "▲\n升为红或橙" in told.all_inner_texts()
        assert "2\n待核查" in told.all_inner_texts()
        assert "在办案件" in told.all_inner_texts()
        assert "下周巡查路线" not in told.all_inner_texts()
        assert layers.bounding_box()["y"] >= frame["y"] + frame["height"]
        page.emulate_media(media="null")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator(".leaflet-top.leaflet-left > .gw-over").count() == 1
        assert not layers.locator("li").filter(visible=True).count(), "folded as before"


def test_on_a_phone_every_layer_can_be_ticked_and_the_title_reads_in_the_dark(
    visitors: dict[str, Any], server: str
) -> None:
    with on_the_map(visitors, server, size=PHONE) as visit:
        visit.page.locator(".gw-over summary").click()
        for layer in visit.page.locator(".gw-over input").all():
            layer.check(timeout=WAIT_MS)
            assert layer.is_checked()
        visit.page.get_by_role("button", name="深色").click()
        assert visit.page.locator(".gw-map-slot.gw-dark").count() == 1
        title = visit.page.locator(".st-key-map_head h1")
        assert title.evaluate(LUMINANCE) < 0.4  # it stands on white


# Every colour that the map's canvas fills and strokes with since it was asked last, and the widest
# stroke of each in pixels of the screen.
REMEMBER_COLOURS = """(() => {
  window.drawn = { fills: {}, strokes: {} };
  const own = new OffscreenCanvas(1, 1).getContext("2d");
  window.plain = (colour) => {
    own.fillStyle = colour;
    return own.fillStyle;
  };
  const real = CanvasRenderingContext2D.prototype;
  const { fill, stroke } = real;
  const isMap = (context) => context.canvas.isConnected && context.canvas.closest(".gw-map");
  real.fill = function (...given) {
    if (isMap(this)) window.drawn.fills[this.fillStyle] = true;
    return fill.apply(this, given);
  };
  real.stroke = function (...given) {
    const px = this.lineWidth * this.getTransform().a / devicePixelRatio;
    const { strokes } = window.drawn;
    if (isMap(this)) strokes[this.strokeStyle] = Math.max(px, strokes[this.strokeStyle] ?? 0);
    return stroke.apply(this, given);
  };
})()"""
COLOURS = """async () => {
  const { THEMES: { light } } = await import("/gw/assets/map/theme.js");
  const named = ["built", "grid", "community", "outside", "outsideLine"];
  return Object.fromEntries(named.map((name) => [name, window.plain(light[name])]));
}"""
MOST_STEPS = 8


def drawn_anew(visit: Visit, *, nearer: bool) -> dict[str, Any]:
    """Bring the map nearer or farther by a step; return what was drawn since."""
    visit.page.evaluate("window.drawn = { fills: {}, strokes: {} }")
    visit.zoom(nearer=nearer)
    drawn: dict[str, Any] = visit.page.evaluate("window.drawn")
    return drawn


class Drawn(NamedTuple):
    """The colours of the theme; what was drawn a step nearer, and then at each step farther."""

    colours: dict[str, str]
    steps: list[dict[str, Any]]


@pytest.fixture(scope="module")
def drawn(browser: Any, server: str) -> Drawn:
    """Draw the map from near, and step by step from farther until borders of grids are gone."""
    profile = new_profile(browser, locale="zh-CN")
    profile.add_init_script(REMEMBER_COLOURS)
    with on_the_map({"zh": profile}, server) as visit:
        colours = visit.page.evaluate(COLOURS)
        steps = [drawn_anew(visit, nearer=True)]
        while colours["grid"] in steps[-1]["strokes"] and len(steps) < MOST_STEPS:
            steps.append(drawn_anew(visit, nearer=False))
    profile.close()
    return Drawn(colours, steps)


def test_low_risk_has_no_colour_and_the_outside_of_the_street_is_shaded(drawn: Drawn) -> None:
    colours, fills = drawn.colours, set(drawn.steps[0]["fills"])
    raised, low = {style.fill for style in TIERS[:-1]}, TIERS[-1].fill
    assert raised <= fills
    assert low not in fills
    assert {colours["built"], colours["outside"]} <= fills


def test_borders_of_communities_are_heavy_at_every_zoom_those_of_grids_are_drawn_from_near(
    drawn: Drawn,
) -> None:
    colours, strokes = drawn.colours, [step["strokes"] for step in drawn.steps]
    assert colours["grid"] in strokes[0]
    assert colours["grid"] not in strokes[-1]
    for seen in strokes:
        assert seen[colours["outsideLine"]] > seen[colours["community"]] >= 1.5 - 1e-6
    assert strokes[0][colours["community"]] > strokes[0][colours["grid"]]


TOLD_OTHER_BOUNDS = """async (bounds) => {
  const data = await (await fetch("/gw/first-sight?lang=zh")).json();
  const parentElement = document.createElement("div"), slot = document.createElement("div");
  slot.className = "gw-map-slot";
  parentElement.append(slot);
  document.body.append(parentElement);
  const map = await import(data.script);
  const painted = async (data) => {
    const before = slot.dataset.ready;
    await map.show({ parentElement, data, setTriggerValue() {} });
    while (slot.dataset.ready === before) await new Promise(requestAnimationFrame);
    return slot.dataset.bounds.split(",").map(Number);
  };
  return [data.bounds, await painted(data), await painted({ ...data, bounds })];
}"""


def test_told_the_box_of_a_community_the_map_moves_to_it(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("gw/health")
        west, south, east, north = visit.page.evaluate(
            "async () => (await (await fetch('/gw/first-sight')).json()).bounds"
        )
        part = [west, south, (west + east) / 2, (south + north) / 2]
        whole, *seen = visit.page.evaluate(TOLD_OTHER_BOUNDS, part)
        for box, view in zip((whole, part), seen, strict=True):
            assert view[0] < box[0] < box[2] < view[2]
            assert view[1] < box[1] < box[3] < view[3]
        assert seen[1][2] - seen[1][0] < seen[0][2] - seen[0][0]


def map_before_its_page(visit: Any, server: str) -> list[Any]:
    """Open the map, hold back the page's own script and return the requests for it."""
    held: list[Any] = []
    visit.page.route("**/static/js/index.*.js", lambda route: held.append(route))  # noqa: PLW0108 -- the handler is inspected
    visit.page.goto(f"{server}/map", wait_until="commit")
    visit.page.wait_for_selector(".gw-first-sight .gw-map-slot[data-ready]", timeout=WAIT_MS)
    return held


def test_the_map_is_drawn_before_its_page_and_moves_into_it(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server, size=PHONE) as visit:
        held = map_before_its_page(visit, server)
        assert held
        assert visit.page.locator("[data-testid=stApp]").count() == 0
        assert painted(visit)
        visit.page.evaluate("document.querySelector('.gw-map').wasFirst = true")
        visit.page.locator(".gw-pin").first.click(force=True)
        for each in held:
            each.continue_()
        visit.ready()
        visit.page.wait_for_selector(".stHtml .gw-facts", timeout=WAIT_MS)  # the pick was told
        visit.settled()
        assert visit.page.evaluate("document.querySelector('.gw-map').wasFirst")
        assert visit.page.locator(".gw-map-slot").count() == 1
        assert visit.page.locator(".gw-first-sight, .gw-unit-card").count() == 0


def test_another_page_is_never_covered_by_the_map_that_was_drawn_first(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server) as visit:
        held = map_before_its_page(visit, server)
        visit.page.evaluate("history.replaceState(null, '', '/plan')")
        visit.page.wait_for_selector(".gw-first-sight", state="detached", timeout=WAIT_MS)
        for each in held:
            each.continue_()
        visit.settled()
        assert visit.page.locator(".gw-map-slot").count() == 0


class HeldAnswers:
    """What the server answers to a page, which from some time on hears nothing until it is told."""

    def __init__(self, page: Any) -> None:
        self.is_holding = False
        self._held: list[tuple[Any, Any]] = []
        page.route_web_socket("**/_stcore/stream*", self._through)

    def _through(self, socket: Any) -> None:
        def answered(message: Any) -> None:
            if self.is_holding:
                self._held.append((socket, message))
            else:
                socket.send(message)

        socket.connect_to_server().on_message(answered)

    def tell(self) -> None:
        self.is_holding = False
        for socket, message in self._held:
            socket.send(message)


def test_a_click_shows_the_units_card_until_the_page_has_drawn_it(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server) as visit:
        answers = HeldAnswers(visit.page)
        visit.open("map")
        visit.ready()
        visit.settled()
        answers.is_holding = True
        visit.page.locator(".gw-pin").last.click(force=True)
        card = visit.page.locator(".gw-unit-card")
        card.wait_for(timeout=WAIT_MS)
        told = card.inner_text()
        assert visit.page.locator(".stHtml .gw-facts").count() == 0
        answers.tell()
        visit.page.wait_for_selector(".stHtml .gw-facts", timeout=WAIT_MS)
        visit.settled()
        assert visit.page.locator(".stHtml .gw-facts").inner_text() in told
        assert card.count() == 0
        visit.page.close()  # how its answers go is never undone
