"""What else watches over the score: reporting, drift and times."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.evaluation.monitoring import drift, reporting, times


def show(page: Page) -> None:
    """Show one tab for each service."""
    say = page.say
    st.header(say("Watching over the score"))
    names = [say("Reporting by community"), say("Change since the reference"), say("Times")]
    parts = (reporting.show, drift.show, times.show)
    for tab, part in zip(st.tabs(names), parts, strict=True):
        with tab, frame.telling_failures(say):
            part(page)
