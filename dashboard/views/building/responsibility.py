"""On a building's page: who answers for it today, and the last visits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.ui import chain_cards, frame
from dashboard.ui.tables import search_table
from geo.errors import GridwardenError
from governance.access.permissions import Action, may

if TYPE_CHECKING:
    from dashboard.i18n import Words
    from dashboard.ui.frame import Page

_MOST_VISITS = 50
_COLUMNS = ("at", "result", "kind", "unit", "signs", "next_step", "retry_at", "note")


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
    search_table.show(
        page, readable(visits, say=say), key="card_visits", title=say("Visits"), height_px=260
    )


def readable(visits: pd.DataFrame, *, say: Words) -> pd.DataFrame:
    """Return visits with their codes in words; nobody's name is in them."""
    named = visits.assign(
        result=[say.name("visit_result", str(code)) for code in visits["result"]],
        kind=[say.name("visit_kind", str(code)) for code in visits["kind"]],
        next_step=[say.name("next_step", str(code)) for code in visits["next_step"]],
        signs=["、".join(say.name("sign", str(each)) for each in signs or ())
               for signs in visits["signs"]],
        at=pd.to_datetime(visits["at"]).dt.strftime("%Y-%m-%d %H:%M"),
        retry_at=pd.to_datetime(visits["retry_at"]).dt.strftime("%Y-%m-%d %H:%M").fillna(""),
    )  # fmt: skip
    return named[[name for name in _COLUMNS if name in named]].rename(
        columns={"at": "visited_at", "kind": "visit_kind", "unit": "door"}
    )
