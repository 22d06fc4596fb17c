"""Who complained: for the hotline clerk, one ticket at a time, shown once and never kept."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page


def show(page: Page) -> None:
    """Ask for a ticket and say whom to call back; the look-up is logged before it is made."""
    say = page.say
    st.caption(say("For calling back only. Each look-up is written down before it is shown."))
    with st.form("complainant", clear_on_submit=True):
        ticket = st.text_input(say("Ticket number"), key="complainant_ticket")
        asked = st.form_submit_button(say("Who complained?"))
    if not (asked and ticket.strip()):
        return
    with frame.telling_failures(say):
        found = page.office.complainants.look_up(page.actor, ticket.strip())
        st.subheader(found.ticket_no)
        # As code: what somebody gave as a name is shown, never read as a link or a picture.
        st.code("\n".join(part for part in (found.name, found.phone) if part), language=None)
