"""My buildings in the browser: list, recording, and a queue that needs no connection.

The list and the records travel by routes of their own (:mod:`dashboard.visit_routes`); through
Streamlit go only words and addresses, so nothing that is typed waits for a rerun of the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dashboard.components import browser_part
from dashboard.components.visiting.wording import names_of, page_words, pairs
from dashboard.palette import TIERS
from data.contracts.inspections import RESULT, SIGNS
from governance.access import Action, may

if TYPE_CHECKING:
    from dashboard.components.frame import Page
    from dashboard.words import Words
    from governance.access import Actor

STEPS = ("none", "again", "joint_team", "chief_looks", "refer")
_component = browser_part.declare("visiting", slot="gw-visits-slot")


def show(page: Page, *, key: str = "visiting") -> None:
    """Draw the page of whoever is signed in.

    Parameters
    ----------
    page
        Whom it serves, in which words.
    key
        Identity of the widget.
    """
    _component(key=key, data=component_data(page.actor, say=page.say))


def component_data(actor: Actor, *, say: Words) -> dict[str, Any]:
    """Return what the component needs: account, rights, addresses and words; no building."""
    return {
        **browser_part.files("visiting"),
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
        "tiers": {
            style.tier: {
                "label": say.name("tier", style.tier),
                "fill": style.fill,
                "outline": style.outline,
            }
            for style in TIERS
        },
        "results": pairs("visit_result", RESULT.values, say=say),
        "signs": pairs("sign", SIGNS.values, say=say),
        "steps": pairs("next_step", STEPS, say=say),
        "names": names_of(
            {"visit_result": RESULT.values, "sign": SIGNS.values, "next_step": STEPS}, say=say
        ),
        "words": page_words(say),
    }
