"""What every page is drawn with: headings that a screen reader can walk through."""

import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

import dashboard

DRAWN_PAST_THE_FRAME = re.compile(r"st\.(sub)?header\(|[\"']#{2,} ")


def _page() -> None:
    from dashboard.i18n import translator
    from dashboard.ui.frame import Page

    page = Page(office=None, say=translator("zh"))  # type: ignore[arg-type]
    page.subheader("Why")
    page.header("博城公寓3幢")
    page.subheader("Trend")
    page.heading("XS-2026-5554")


def test_a_heading_stands_one_level_below_what_is_above_it() -> None:
    drawn = AppTest.from_function(_page).run()
    assert [each.value for each in drawn.header] == ["为什么", "博城公寓3幢"]
    assert [each.value for each in drawn.subheader] == ["走势", "XS-2026-5554"]


def test_no_page_draws_a_heading_without_knowing_what_is_above_it() -> None:
    drawers = [*Path(dashboard.__file__).parent.glob("views/**/*.py"),
               *Path(dashboard.__file__).parent.glob("ui/sections/*.py")]  # fmt: skip
    assert [
        each.name for each in drawers if DRAWN_PAST_THE_FRAME.search(each.read_text("utf-8"))
    ] == []
