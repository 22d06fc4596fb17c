"""The button that scores the workspace as of a day."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.maps.layer_cache import forget_layers
from dashboard.ui import frame
from dashboard.ui.frame import Page


def show(page: Page, *, key: str = "score_now") -> None:
    """Ask for a day and score what was known by its end."""
    say = page.say
    if told := st.session_state.pop(f"{key}_done", None):
        st.success(told)
    with st.form(key):
        as_of = st.date_input(
            say("As of"),
            value=page.office.clock.today(),
            format="YYYY-MM-DD",
            help=say("Only what was known by the end of this day is used."),
        )
        asked = st.form_submit_button(say("Score now"), type="primary")
    if not asked or not isinstance(as_of, date):
        return
    with frame.telling_failures(say), st.spinner(say("Scoring …")):
        made = page.office.scores.run(page.actor, as_of=as_of)
        forget_layers()
        st.session_state[f"{key}_done"] = say(
            "Scored as of {day}: {buildings} buildings, {cells} cells.",
            day=made.as_of,
            buildings=f"{made.buildings:,}",
            cells=f"{made.cells:,}",
        )
        st.rerun()
