"""导入: files in, what became of every row, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components import (
    frame,
    grid_check,
    import_file,
    import_list,
    review_queue,
    score_now,
)

if TYPE_CHECKING:
    from dashboard.components.frame import Page


def show(page: Page) -> None:
    """Import files, list and undo imports, decide on addresses, score."""
    say = page.say
    st.title(say("Import"))
    # Names that never change: with a count in one, a decision would throw people to the first tab.
    names = [say("Import a file"), say("Imports so far"), say("Addresses to decide"),
             say("Grids"), say("Score")]  # fmt: skip
    parts = (
        import_file.show, import_list.show, review_queue.show, grid_check.show, score_now.show
    )  # fmt: skip
    tabs = st.tabs(names, key="import_tabs", on_change="rerun")
    for tab, part in zip(tabs, parts, strict=True):
        # A closed tab's upload would be lost; the check of grids has nothing to lose but seconds.
        if tab.open or part is not grid_check.show:
            with tab, frame.telling_failures(say):
                part(page)
