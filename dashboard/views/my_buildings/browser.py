"""My buildings in the browser: list, recording, and a queue that needs no connection.

The list and the records travel by routes of their own (:mod:`dashboard.server.visits`);
through Streamlit go only words and addresses, so nothing that is typed waits for a rerun.
"""

from typing import Any

from dashboard.i18n import Translator
from dashboard.server.visits.wording import page_words
from dashboard.ui import browser_component
from dashboard.ui.frame import Page
from governance.access.permissions import Action, Actor, may

_component = browser_component.declare("visits", slot="gw-visits-slot")


def show(page: Page) -> None:
    """Draw the page of whoever is signed in."""
    _component(key="visits", data=component_data(page.actor, say=page.say))


def component_data(actor: Actor, *, say: Translator) -> dict[str, Any]:
    """Return what the component needs: account, rights, addresses and words; no building."""
    return {
        **page_words(say),
        "account": actor.id,
        "person": actor.name,
        "mayRecord": may(actor, Action.RECORD_VISIT),
        "mayHistory": may(actor, Action.SEE_VISITS),
    }
