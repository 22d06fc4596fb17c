"""What else watches over the score: reporting, drift and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components import (
    evaluation_drift,
    evaluation_reporting,
    evaluation_time,
    frame,
)

if TYPE_CHECKING:
    from dashboard.components.frame import Page


def show(page: Page) -> None:
    """Show one tab for each service."""
    say = page.say
    st.header(say("Watching over the score"))
    names = [say("Reporting by community"), say("Change since the reference"), say("Times")]
    parts = (evaluation_reporting.show, evaluation_drift.show, evaluation_time.show)
    for tab, part in zip(st.tabs(names), parts, strict=True):
        with tab, frame.telling_failures(say):
            part(page)
