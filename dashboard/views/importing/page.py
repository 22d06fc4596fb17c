"""导入: files in, what became of every row, and the way back."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.ui import frame, score_form
from dashboard.ui.frame import Page
from dashboard.views.importing import address_review, complainant, grid_check
from dashboard.views.importing import history as importing_history
from dashboard.views.importing import upload as importing_upload
from governance.access.permissions import Action, may


def show(page: Page) -> None:
    """Import files, list and undo imports, decide on addresses, score: what one may of these."""
    say = page.say
    st.title(say("Import"))
    # Names that never change: with a count in one, a decision would throw people to the first tab.
    known: dict[str, tuple[str, Action, Callable[[Page], None]]] = {
        "file": (say("Import a file"), Action.IMPORT, importing_upload.show),
        "list": (say("Imports so far"), Action.UNDO_IMPORT, importing_history.show),
        "addresses": (say("Addresses to decide"), Action.REVIEW_ADDRESS, address_review.show),
        "grids": (say("Grids"), Action.IMPORT, grid_check.show),
        "score": (say("Score"), Action.SCORE, score_form.show),
        "callback": (say("Calling back"), Action.SEE_IDENTITY, complainant.show),
    }
    parts = {
        name: (label, part)
        for name, (label, action, part) in known.items()
        if may(page.actor, action)
    }
    if not parts:
        st.info(say("Files are brought in by others here."))
        return
    first = parts.get(st.query_params.get("part", ""), next(iter(parts.values())))
    labels = [label for label, _ in parts.values()]
    tabs = st.tabs(labels, key="import_tabs", on_change="rerun", default=first[0])
    for tab, (_, part) in zip(tabs, parts.values(), strict=True):
        # A closed tab's upload would be lost; the check of grids has nothing to lose but seconds.
        if tab.open or part is not grid_check.show:
            with tab, frame.telling_failures(say):
                part(page)
