"""My buildings in the browser: list, recording, and a queue that needs no connection.

The list and the records travel by routes of their own (:mod:`dashboard.server.visit_routes`);
through Streamlit go only words and addresses, so nothing that is typed waits for a rerun.
"""

from typing import Any

from dashboard.i18n import Translator
from dashboard.ui import browser_component
from dashboard.ui.frame import Page
from data.contracts.vocabulary import NextStep, VisitResult, VisitSign
from governance.access.permissions import Action, Actor, may

_CODES = {"visit_result": VisitResult, "sign": VisitSign, "next_step": NextStep}
"""Codes by kind; no code belongs to two kinds."""
_LISTS = {"results": "visit_result", "signs": "sign", "steps": "next_step"}
_component = browser_component.declare("visiting", slot="gw-visits-slot")


def show(page: Page) -> None:
    """Draw the page of whoever is signed in."""
    _component(key="visiting", data=component_data(page.actor, say=page.say))


def component_data(actor: Actor, *, say: Translator) -> dict[str, Any]:
    """Return what the component needs: account, rights, addresses and words; no building."""
    return {
        **browser_component.files("visits/visiting"),
        "list": "/gw/my-buildings",
        "patrol": "/gw/my-patrol",
        "visits": "/gw/visits",
        "photo": "/gw/visits/photo/",
        "paper": "/gw/patrol-list",
        "excel": "/gw/patrol-list.xlsx",
        "signIn": "/gw/sign-in?next=/my-buildings",
        "account": actor.id,
        "mayRecord": may(actor, Action.RECORD_VISIT),
        "mayHistory": may(actor, Action.SEE_VISITS),
        "language": say.language,
        **{
            part: [[code, say.name(kind, code)] for code in _CODES[kind]]
            for part, kind in _LISTS.items()
        },
        "names": {code: say.name(kind, code) for kind in _CODES for code in _CODES[kind]},
        "words": say.part("visits") | {"nothingFound": say.name("visit_result", "未发现异常")},
    }
