"""The keyboard stays where it is when Streamlit moves a part of the page."""

from typing import Any

import pytest
from visits import WAIT_MS, visiting

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
