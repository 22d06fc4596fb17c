"""我的楼栋: a warden's buildings of the day, and one tap for what was seen there.

In the browser: list, recording, and a queue that needs no connection. The list and the records
travel by routes of their own (:mod:`dashboard.server.visits`); through Streamlit go only words and
addresses, so nothing that is typed waits for a rerun.
"""

from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.server.visits.wording import page_words
from dashboard.ui import browser_component
from dashboard.ui.frame import Page
from dashboard.ui.sections import suspicions
from governance.access.permissions import Action, Actor, may

_component = browser_component.declare("visits", slot="gw-visits-slot")
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
        _component(key="visits", data=component_data(page.actor, say=page.say))


def _show_suspicions(page: Page) -> None:
    """Show first what waits for a chief, to who settles it."""
    if not (may(page.actor, Action.RECORD_VISIT) and may(page.actor, Action.SEE_REASONS)):
        return
    waiting = page.office.suspicions.waiting(page.actor)
    if not waiting.empty:
        page.subheader("Suspicions to check ({count})", count=len(waiting))
    suspicions.show(page, waiting, key="my_suspicions")


def component_data(actor: Actor, *, say: Translator) -> dict[str, Any]:
    """Return what the component needs: account, rights, addresses and words; no building."""
    return {
        **page_words(say),
        "account": actor.id,
        "person": actor.name,
        "mayRecord": may(actor, Action.RECORD_VISIT),
        "mayHistory": may(actor, Action.SEE_VISITS),
    }
