"""线索材料: photos, films, sound and papers, from when they are taken in until they leave."""

import streamlit as st

from dashboard.ui import links, parts
from dashboard.ui.frame import Page
from dashboard.ui.parts import Part
from dashboard.views.records.evidence import browse, one_piece, upload
from governance.access.permissions import Action, may


def show(page: Page) -> None:
    """Show the list or one piece, and to who may, where files are taken in."""
    say = page.say
    st.title(say.name("page", "evidence"))
    page.caption(
        "Lead material until two enforcement officers take it over; nothing here is ever deleted."
    )
    if number := links.opened("material"):
        one_piece.show(page, number)
        return
    parts.show_parts(
        page,
        [
            Part("list", say("All material"), browse.show),
            Part(
                "add",
                say("Take in material"),
                upload.show,
                allowed=may(page.actor, Action.ADD_EVIDENCE),
            ),
        ],
        key="evidence_parts",
    )
