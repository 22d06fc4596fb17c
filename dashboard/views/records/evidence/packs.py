"""Pieces as a pack to save, once it was said what for."""

import streamlit as st

from dashboard.documents.html import render
from dashboard.server.evidence.routes import PACK
from dashboard.ui.frame import Page


def offer(page: Page, numbers: list[str], *, key: str) -> None:
    """Offer pieces as a pack, once it was said what for; the browser saves it by itself."""
    say = page.say
    has_purpose = bool(st.session_state.get(f"{key}_purpose"))
    with st.expander(say("Export pack: {count}", count=len(numbers)), expanded=has_purpose):
        page.caption(
            "The files as they came, their hashes, the record as PDF and a verifier that needs "
            "nothing but Python. Each export is a step of every piece's custody."
        )
        chosen = numbers
        if len(numbers) > 1:
            chosen = st.multiselect(say("Pieces"), numbers, key=f"{key}_numbers",
                                    placeholder=say("choose"))  # fmt: skip
        purpose = st.text_input(
            say("What for, and for whom"), key=f"{key}_purpose", max_chars=300
        ).strip()
        if chosen and purpose:
            fields = {"numbers": " ".join(chosen), "purpose": purpose}
            action = f"{PACK}?lang={say.language}"
            st.html(render("records/save.html", action=action, fields=fields,
                           label=say("Save the pack")))  # fmt: skip
        else:
            page.caption("Choose pieces and say what for; then the pack can be saved.")
