"""导入: files in, what became of every row, and the way back."""

import streamlit as st

from dashboard.ui import parts
from dashboard.ui.frame import Page
from dashboard.ui.parts import Part
from dashboard.ui.sections.score import score_form, scoring_state
from dashboard.views.importing import ended, grid_check, history, upload
from dashboard.views.importing.review import part as address_review
from governance.access.permissions import Action, may


def show(page: Page) -> None:
    """Import files, list and undo imports, decide on addresses, score: what one may of these."""
    say = page.say
    st.title(say("Import"))
    shown = (
        ("file", say("Import a file"), Action.IMPORT, upload.show),
        ("list", say("Imports so far"), Action.UNDO_IMPORT, history.show),
        ("addresses", say("Addresses to decide"), Action.REVIEW_ADDRESS, address_review.show),
        ("grids", say("Grids"), Action.IMPORT, grid_check.show),
        ("ended", say("Buildings pulled down"), Action.END_BUILDINGS, ended.show),
        ("score", say("Score"), Action.SCORE, _show_score),
        ("callback", say("Calling back"), Action.SEE_IDENTITY, _show_complainant),
    )
    # A closed tab's upload would be lost; the others have nothing to lose but seconds.
    any_part = parts.show_parts(
        page,
        [
            Part(name, label, show, may(page.actor, action), when_closed=name == "file")
            for name, label, action, show in shown
        ],
        key=upload.TABS_KEY,
    )
    if not any_part:
        page.info("Files are brought in by others here.")


def _show_score(page: Page) -> None:
    scoring_state.show(page)
    score_form.show(page)


def _show_complainant(page: Page) -> None:
    """Ask for a ticket and say whom to call back: shown once, never kept, logged before."""
    say = page.say
    page.caption("For calling back only. Each look-up is written down before it is shown.")
    with st.form("complainant", clear_on_submit=True):
        ticket = st.text_input(say("Ticket number"), key="complainant_ticket").strip()
        if not st.form_submit_button(say("Who complained?")) or not ticket:
            return
    complainant = page.office.complainants.look_up(page.actor, ticket)
    page.heading(complainant.ticket_no)
    # As code: what somebody gave as a name is shown, never read as a link or a picture.
    st.code(
        "\n".join(part for part in (complainant.name, complainant.phone) if part), language=None
    )
