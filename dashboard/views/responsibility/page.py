"""责任: who answers for which building, what is missing, and who should take what."""

import streamlit as st

from dashboard.ui import parts
from dashboard.ui.frame import Page
from dashboard.ui.parts import Part
from dashboard.views.responsibility import chains, handover, problems
from dashboard.views.responsibility.assignment import propose
from governance.access.permissions import Action, may
from governance.overview.approvals import ASSIGNMENTS


def show(page: Page) -> None:
    """Show what is missing, the chain of a building, the assignment and hand-overs."""
    say = page.say
    st.title(say("Responsibility"))
    assigns = may(page.actor, Action.PROPOSE_ASSIGNMENT)
    shown = (
        Part("work", say("Gaps and overlaps"), problems.show),
        Part("chain", say("Chain of a building"), chains.show),
        Part("assign", say("Assign wardens"), propose.show, allowed=assigns),
        Part("handover", say("Hand-over"), handover.show),
    )
    first = "assign" if page.approvals.get(ASSIGNMENTS) else ""
    parts.show_parts(page, shown, key="responsibility_tabs", first=first)
