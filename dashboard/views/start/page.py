"""开始: what changed, what waits, what is missing; each line leads to where it is dealt with."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import first_steps, frame
from dashboard.ui.frame import Page
from dashboard.views.start import changes as start_changes
from dashboard.views.start import coverage as start_coverage
from dashboard.views.start import to_do as start_to_do


def show(page: Page) -> None:
    """Show the week, what is overdue, gaps in responsibility, coverage and warnings."""
    say = page.say
    settings = page.office.settings(page.actor)
    street = settings.street or settings.name
    st.title(say("{street}: this week", street=street) if street else say("This week"))
    with frame.telling_failures(say):
        facts = page.office.overview.summary(page.actor)
        if not facts.has_rows or not facts.has_score:
            first_steps.show(page)
            return
        st.caption(start_changes.standing(facts, say=say))
        left, right = st.columns(2, gap="large")
        with left:
            start_to_do.show(page, facts)
            start_coverage.show(page, facts.coverage)
        with right:
            start_changes.show(page, facts)
