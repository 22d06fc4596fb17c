"""Every map of the pages turns dark at a button, and light again."""

from typing import Any

import pytest
from visits import POLLING_MS, WAIT_MS, Visit, visiting

pytestmark = pytest.mark.browser

# Mean luminance, 0 to 1, of what is painted of a map, in a picture of fifty pixels.
LUMINANCE = """() => {
  const copy = new OffscreenCanvas(50, 50).getContext("2d", { willReadFrequently: true });
  for (const canvas of document.querySelectorAll(".leaflet-container canvas")) {
    if (canvas.checkVisibility({ visibilityProperty: true })) copy.drawImage(canvas, 0, 0, 50, 50);
  }
  const { data } = copy.getImageData(0, 0, 50, 50);
  let sum = 0, count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (!data[at + 3]) continue;
    sum += (0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2]) / 255;
    count += 1;
  }
  return sum / count;
}"""
DARK, LIGHT = "< 0.35", "> 0.65"
ASSIGNMENT = "responsibility?part=assign"


def turns(document: Any, luminance: str) -> None:
    """Press a map's button and wait until the map is as light as that."""
    document.get_by_role("button", name="深色 / 浅色").click(timeout=WAIT_MS)
    reached = f"() => ({LUMINANCE})() {luminance}"
    document.wait_for_function(reached, timeout=WAIT_MS, polling=POLLING_MS)


def open_map(visit: Visit, path: str) -> None:
    visit.open(path)
    visit.ready()
    visit.settled()


@pytest.mark.parametrize("path", ["start", ASSIGNMENT])
def test_a_map_of_a_page_turns_dark_and_light_again(
    visitors: dict[str, Any], server: str, path: str
) -> None:
    with visiting(visitors, server) as visit:
        open_map(visit, path)
        turns(visit.page, DARK)
        turns(visit.page, LIGHT)


def test_a_map_stays_dark_when_a_unit_is_chosen_and_on_the_next_page(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server) as visit:
        open_map(visit, "map")
        turns(visit.page, DARK)
        visit.page.locator(".gw-pin").last.click(force=True)
        visit.page.wait_for_selector(".stHtml .gw-facts", timeout=WAIT_MS)
        visit.settled()
        assert visit.page.locator(".gw-map-slot.gw-dark").count() == 1
        visit.page.get_by_role("link", name="开始", exact=True).click()
        visit.page.wait_for_selector(".st-key-map_stage", state="detached", timeout=WAIT_MS)
        visit.ready()
        assert visit.page.locator(".gw-map-slot.gw-dark").count() == 1


def test_a_building_among_its_neighbours_turns_dark_and_light_again(
    visitors: dict[str, Any], server: str, first_building: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open(f"building?unit={first_building}")
        visit.settled()
        frame = visit.page.locator("iframe").element_handle().content_frame()
        turns(frame, DARK)
        turns(frame, LIGHT)
