"""What lies where on the street map, on every screen and on a PC without WebGL."""

from collections.abc import Iterator
from typing import Any

import pytest
from visits import PHONE, WAIT_MS, WIDE, Visit, visiting

pytestmark = pytest.mark.browser

LARGE = (1920, 1080)
LEVELS = ".st-key-list_level button, .st-key-list_level [role=combobox]"
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
    profile = browser.new_context(locale="zh-CN")
    profile.add_init_script(REFUSE_WEBGL)
    yield {"zh": profile}
    profile.close()


def painted(visit: Visit) -> bool:
    return bool(
        visit.page.evaluate(
            "(() => { const c = document.querySelector('.gw-map canvas');"
            " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v);"
            " })()"
        )
    )


def test_the_map_is_painted_where_there_is_no_webgl(no_webgl: Any, server: str) -> None:
    with visiting(no_webgl, server) as visit:
        visit.open("map")
        visit.ready()
        visit.settled()
        webgl = "document.createElement('canvas').getContext('webgl')"
        assert visit.page.evaluate(f"{webgl} === null")
        assert painted(visit)
        assert visit.page.locator(".gw-pin").count() == 10


@pytest.mark.parametrize("size", [WIDE, LARGE])
def test_neither_legend_nor_list_covers_a_corner_of_the_street(
    visitors: dict[str, Any], server: str, size: tuple[int, int]
) -> None:
    with visiting(visitors, server, size=size) as visit:
        visit.open("map")
        visit.ready()
        visit.settled()
        corners = visit.page.evaluate(CORNERS)
        assert len(corners) > 4
        for panel in (".gw-legend", ".st-key-map_panel"):
            box = visit.page.locator(panel).bounding_box()
            right, bottom = box["x"] + box["width"], box["y"] + box["height"]
            covered = [
                (x, y) for x, y in corners if box["x"] <= x <= right and box["y"] <= y <= bottom
            ]
            assert covered == []


def test_on_a_phone_every_layer_can_be_ticked_and_the_title_reads_in_the_dark(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server, size=PHONE) as visit:
        visit.open("map")
        visit.ready()
        visit.settled()
        visit.page.locator(".gw-over summary").click()
        for layer in visit.page.locator(".gw-over input").all():
            layer.check(timeout=WAIT_MS)
            assert layer.is_checked()
        visit.page.get_by_role("button", name="深色").click()
        assert visit.page.locator(".gw-map-slot.gw-dark").count() == 1
        title = visit.page.locator(".st-key-map_head h1")
        assert title.evaluate(LUMINANCE) < 0.4  # it stands on white


@pytest.mark.parametrize("size", [PHONE, WIDE, LARGE])
def test_the_map_draws_the_units_that_the_list_ranks_at_every_width(
    visitors: dict[str, Any], server: str, size: tuple[int, int]
) -> None:
    with visiting(visitors, server, size=size) as visit:
        visit.open("map")
        visit.ready()
        visit.settled()
        visit.page.locator(LEVELS).first.click()
        visit.page.get_by_role("option", name="街区单元").click()
        visit.page.wait_for_selector(".gw-map-slot[data-cells^='cell:9']", timeout=WAIT_MS)
        visit.settled()
        assert visit.page.evaluate(SHOWN_LAYERS) == "cell:9"
        assert min(map(int, visit.page.locator(".gw-pin b").all_inner_texts())) == 1
