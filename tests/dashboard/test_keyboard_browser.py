"""The keyboard stays where it is when a part of the page moves, unfolds or closes."""

from typing import Any

import pytest
from visits import PHONE, WAIT_MS, WIDE, on_the_map, visiting

pytestmark = pytest.mark.browser


def test_a_part_that_is_moved_on_the_page_keeps_the_focus(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("plan")
        visit.settled()
        visit.page.locator("[role=tab]").first.focus()
        visit.page.evaluate(
            "() => { const e = document.querySelector('[class*=st-key-plan_tabs]');"
            " e.parentElement.append(e); }"
        )
        visit.page.wait_for_function(
            "() => document.activeElement.matches('[role=tab]')", timeout=WAIT_MS
        )


def test_what_a_button_unfolds_takes_the_keyboard_and_gives_it_back(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("import?part=list")
        keys = visit.page.keyboard
        button = visit.page.get_by_role("button", name="撤销这次导入")
        button.focus(timeout=WAIT_MS)
        visit.settled()
        keys.press("Enter")
        unfolded = visit.page.get_by_test_id("stPopoverBody")
        unfolded.wait_for(timeout=WAIT_MS)
        visit.settled()
        for _ in range(3):  # more than there are controls in it
            keys.press("Tab")
            assert unfolded.evaluate("body => body.contains(document.activeElement)")
        keys.press("Escape")
        unfolded.wait_for(state="detached", timeout=WAIT_MS)
        visit.settled()
        assert button.evaluate("button => button === document.activeElement")


def test_a_choice_shows_its_focus_by_its_border_alone(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("import")
        choice = visit.page.get_by_test_id("stSelectbox").locator("input").first
        choice.focus(timeout=WAIT_MS)
        visit.page.keyboard.press("ArrowDown")
        visit.page.keyboard.press("Escape")
        visit.settled()
        assert choice.evaluate("each => each === document.activeElement")
        assert choice.evaluate("each => getComputedStyle(each).outlineStyle") == "none"


@pytest.mark.parametrize("by", ["pointer", "key"])
def test_what_takes_the_focus_of_a_part_that_is_gone_shows_it_to_who_uses_keys_alone(
    visitors: dict[str, Any], server: str, by: str
) -> None:
    with visiting(visitors, server) as visit:
        visit.open("building")
        rows = visit.page.get_by_test_id("stDataFrame").first
        rows.wait_for(timeout=WAIT_MS)
        visit.settled()
        rows.click(position={"x": 16, "y": 50}, timeout=WAIT_MS)
        if by == "key":
            visit.page.keyboard.press("Shift")
        visit.page.wait_for_url("**/building?unit=*", timeout=WAIT_MS)
        visit.page.wait_for_function(
            "() => document.activeElement.matches('.stVerticalBlock')", timeout=WAIT_MS
        )
        ring = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert visit.page.evaluate(ring) == ("none" if by == "pointer" else "solid")


WHERE = """() => {
  const e = document.activeElement;
  const { left, right, top, bottom } = e.getBoundingClientRect();
  const seen = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
  const shown = e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  return [e === document.body, e.matches("canvas *") || (seen && shown), e.outerHTML.slice(0, 120)];
}"""
"""Whether the walk is over, and whether what has the focus is seen; a table draws its own focus."""


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("path", ["start", "import?part=list"])
def test_whoever_walks_a_page_by_tab_sees_each_focus_and_comes_to_its_end(
    visitors: dict[str, Any], server: str, path: str, size: tuple[int, int]
) -> None:
    with visiting(visitors, server, size=size) as visit:
        visit.open(path)
        visit.settled()
        unseen, over = [], False
        for _ in range(100):
            visit.page.keyboard.press("Tab")
            visit.page.wait_for_timeout(50)
            over, seen, what = visit.page.evaluate(WHERE)
            if over:
                break
            unseen += [] if seen else [what]
        assert over, "nothing keeps the keys"
        assert unseen == []


def test_the_way_around_on_a_phone_takes_the_keyboard_and_gives_it_back_by_escape(
    visitors: dict[str, Any], server: str
) -> None:
    with visiting(visitors, server, size=PHONE) as visit:
        visit.open("start")
        visit.settled()
        button = visit.page.get_by_test_id("stExpandSidebarButton")
        button.focus(timeout=WAIT_MS)
        visit.page.keyboard.press("Enter")
        inside = "() => document.activeElement.closest('[data-testid=stSidebar]') !== null"
        visit.page.wait_for_function(inside, timeout=WAIT_MS)
        visit.page.keyboard.press("Escape")
        back = "() => document.activeElement.matches('[data-testid=stExpandSidebarButton]')"
        visit.page.wait_for_function(back, timeout=WAIT_MS)
        # as Streamlit keeps it for every later page of this profile, however wide
        visit.page.evaluate("localStorage.removeItem('stSidebarCollapsed-')")


def test_layers_of_the_map_fold_by_escape_and_its_search_comes_first(
    visitors: dict[str, Any], server: str
) -> None:
    with on_the_map(visitors, server) as visit:
        visit.page.locator(".gw-map").focus()
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("() => document.activeElement.matches('.gw-search input')")
        layers = visit.page.locator(".gw-over details")
        layers.locator("summary").focus()
        visit.page.keyboard.press("Enter")
        visit.page.keyboard.press("Tab")
        assert layers.evaluate("fold => fold.open && fold.contains(document.activeElement)")
        visit.page.keyboard.press("Escape")
        assert not layers.evaluate("fold => fold.open")
        assert layers.evaluate("fold => fold.firstChild === document.activeElement")
