"""我的楼栋: a warden's buildings of the day, and one tap for what was seen there."""

import streamlit as st

from dashboard.ui.frame import Page
from dashboard.ui.sections import suspicions
from dashboard.views.my_buildings import browser
from governance.access.permissions import Action, may

LOOKING = (Action.RECORD_VISIT, Action.SEE_VISITS, Action.SEE_REGISTER)


def show(page: Page) -> None:
    """Show the buildings of whoever is signed in, or say whom to ask."""
    st.title(page.say("My buildings"))
    if not any(may(page.actor, action) for action in LOOKING):
        page.info(
            "Your account looks after no buildings. Wardens and building heads record "
            "their visits here."
        )
        return
    with page.telling_failures():
        _show_suspicions(page)
        browser.show(page)


def _show_suspicions(page: Page) -> None:
    """Show first what waits for a chief, to who settles it."""
    if not (may(page.actor, Action.RECORD_VISIT) and may(page.actor, Action.SEE_REASONS)):
        return
    waiting = page.office.suspicions.waiting(page.actor)
    if not waiting.empty:
        page.subheader("Suspicions to check ({count})", count=len(waiting))
    suspicions.show(page, waiting, key="my_suspicions")
