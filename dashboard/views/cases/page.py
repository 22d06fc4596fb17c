"""线索与案件: what came in, what is done about it, and by when."""

import streamlit as st

from dashboard.ui import parts
from dashboard.ui.frame import Page
from dashboard.ui.parts import Part
from dashboard.views.cases import deadlines, inbox
from governance.access.permissions import Action, may


def show(page: Page) -> None:
    """Show the inbox and, to who may, the deadlines."""
    say = page.say
    st.title(say.name("page", "cases"))
    shown = parts.show_parts(
        page,
        [
            Part("inbox", say("Inbox"), inbox.show, allowed=may(page.actor, Action.SEE_CASES)),
            Part("deadlines", say("Deadlines"), deadlines.show,
                 allowed=may(page.actor, Action.MANAGE_CASES)),
        ],
        key="cases_parts",
    )  # fmt: skip
    if not shown:
        page.info("Leads and cases are seen by who takes them in, verifies, decides or manages.")
