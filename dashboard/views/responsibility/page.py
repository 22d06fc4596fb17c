"""责任: who answers for which building, what is missing, and who should take what."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.responsibility import chains, handover
from dashboard.views.responsibility import problems as responsibility_problems
from dashboard.views.responsibility.assignment import propose
from governance.access.permissions import Action, may

PARTS = ("work", "chain", "assign", "handover")


def show(page: Page) -> None:
    """Show what is missing, the chain of a building, the assignment and hand-overs."""
    say = page.say
    st.title(say("Responsibility"))
    parts = {
        "work": (say("Missing and double"), responsibility_problems.show),
        "chain": (say("Chain of a building"), chains.show),
        "assign": (say("Assign wardens"), propose.show),
        "handover": (say("Hand-over"), handover.show),
    }
    if not may(page.actor, Action.PROPOSE_ASSIGNMENT):
        del parts["assign"]
    chosen = st.query_params.get("part", PARTS[0])
    first = parts.get(chosen, parts[PARTS[0]])[0]
    names = [name for name, _ in parts.values()]
    tabs = st.tabs(names, key="responsibility_tabs", on_change="rerun", default=first)
    for tab, (_, part) in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab, frame.telling_failures(say):
                part(page)
