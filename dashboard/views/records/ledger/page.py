"""台账: what waits for a decision, what is on the ledger, key lists, and the rules."""

import streamlit as st

from dashboard.ui import parts
from dashboard.ui.frame import Page
from dashboard.ui.parts import Part
from dashboard.views.records.ledger import key_lists, lines, rules, to_decide
from governance.access.permissions import Action, may


def show(page: Page) -> None:
    """Show the page's parts."""
    say = page.say
    st.title(say.name("page", "ledger"))
    if not may(page.actor, Action.SEE_LEDGER):
        page.info("The ledger is seen by who keeps it, leads a community or enforces.")
        return
    page.office.ledger.catch_up(page.actor)
    parts.show_parts(
        page,
        [
            Part("lines", say("On the ledger"), lines.show),
            Part("decide", say("To be decided"), to_decide.show),
            Part("key", say("Key lists"), key_lists.show),
            Part("rules", say("Rules of the ledger"), rules.show),
        ],
        key="ledger_parts",
        first="lines" if "line" in st.query_params else _first(page),
    )


def _first(page: Page) -> str:
    """Return what to begin with: what is to be decided, where anything is."""
    counts = page.office.ledger.counts(page.actor)
    waits = any(counts.get(kind) for kind in ("enter", "reopen", "exit", "观察"))
    return "decide" if waits and may(page.actor, Action.EDIT_LEDGER) else "lines"
