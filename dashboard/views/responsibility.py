"""责任: who answers for which building, what is missing, and who should take what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components import (
    frame,
    responsibility_assign,
    responsibility_chains,
    responsibility_handover,
    responsibility_work,
)
from governance.access import Action, may

if TYPE_CHECKING:
    from dashboard.components.frame import Page

PARTS = ("work", "chain", "assign", "handover")


def show(page: Page) -> None:
    """Show what is missing, the chain of a building, the assignment and hand-overs."""
    say = page.say
    st.title(say("Responsibility"))
    parts = {
        "work": (say("Missing and double"), responsibility_work.show),
        "chain": (say("Chain of a building"), responsibility_chains.show),
        "assign": (say("Assign wardens"), responsibility_assign.show),
        "handover": (say("Hand-over"), responsibility_handover.show),
    }
    if not may(page.actor, Action.PROPOSE_ASSIGNMENT):
        del parts["assign"]
    asked = st.query_params.get("part", PARTS[0])
    first = parts.get(asked, parts[PARTS[0]])[0]
    names = [name for name, _ in parts.values()]
    tabs = st.tabs(names, key="responsibility_tabs", on_change="rerun", default=first)
    for tab, (_, part) in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab, frame.telling_failures(say):
                part(page)
