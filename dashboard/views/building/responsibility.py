"""On a building's page: who answers for it today, and the last visits."""

from __future__ import annotations

import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.ui import chain_cards, frame, table
from dashboard.ui.frame import Page
from geo.errors import GridwardenError
from governance.access.permissions import Action, may

_MOST_VISITS = 50
VISITS = (
    Column("visited_at", source="at", format=MINUTE),
    Column("result", kind="visit_result"),
    Column("visit_kind", source="kind", kind="visit_kind"),
    Column("door", source="unit"),
    Column("signs", kind="sign"),
    Column("next_step", kind="next_step"),
    Column("retry_at", format=MINUTE),
    Column("note"),
)
"""What is told of a building's visits; nobody's name is in it."""


def show(page: Page, unit: str) -> None:
    """Show the chain of duties and the visits of a building, as far as one may see them."""
    if may(page.actor, Action.SEE_RESPONSIBILITY):
        _show_chain(page, unit)
    if may(page.actor, Action.SEE_VISITS):
        _show_visits(page, unit)


def _show_chain(page: Page, unit: str) -> None:
    say = page.say
    st.subheader(say("Who answers for it"))
    try:
        chain = page.office.responsibility.chain(page.actor, unit)
    except GridwardenError as error:  # without staff there is no chain, and the page still stands
        st.caption(say.error(error))
        return
    chain_cards.show_chain(page, chain)
    if st.button(say("Change the duties of this building"), key="card_chain"):
        frame.go(page, "responsibility", part="chain", unit=unit)


def _show_visits(page: Page, unit: str) -> None:
    say = page.say
    visits = page.office.worklist.visits(page.actor, building_id=unit, limit=_MOST_VISITS)
    st.subheader(say("Visits recorded here ({count})", count=len(visits)))
    if visits.empty:
        st.caption(say("Nobody has recorded a visit here yet."))
        return
    table.table(page, visits, VISITS, key="card_visits", export=say("Visits"), height_px=260)
