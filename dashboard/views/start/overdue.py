"""Which buildings are due for a visit and were not visited, when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.ui import frame
from dashboard.ui.tables import search_table

if TYPE_CHECKING:
    from dashboard.i18n import Words
    from dashboard.ui.frame import Page

_COLUMNS = ("name", "tier", "due_on", "days_late", "last_visit_at", "last_result", "building_id")
_OPEN = "overdue_open_building"


def show(page: Page) -> None:
    """Offer the list of what is due; it is worked out only once it is opened."""
    say = page.say
    folded = st.expander(
        say("Which buildings are due"), key="start_overdue_list", on_change="rerun"
    )
    if not folded.open:
        return
    with folded:
        due = page.office.coverage.breaches(page.actor)
        if due.empty:
            st.caption(say("Nothing is overdue."))
            return
        st.caption(say("Choose a row to open the building."))
        search_table.show(
            page, readable(due, say=say), key="start_due", title=say("Buildings due for a visit"),
            on_pick=lambda place: st.session_state.update({_OPEN: due["building_id"][place]}),
        )  # fmt: skip
    if unit := st.session_state.pop(_OPEN, None):
        frame.go(page, "building", unit=str(unit))


def readable(due: pd.DataFrame, *, say: Words) -> pd.DataFrame:
    """Return what is due with codes in words and days as people write them.

    Parameters
    ----------
    due
        As `governance.visits.service.VisitDesk.breaches`.
    say
        Wording.
    """
    days = {name: pd.to_datetime(due[name]).dt.strftime("%Y-%m-%d").fillna("")
            for name in ("due_on", "last_at")}  # fmt: skip
    named = due.assign(
        tier=[say.name("tier", str(tier)) if tier else "" for tier in due["tier"].fillna("")],
        due_on=days["due_on"],
        last_visit_at=days["last_at"],
        last_result=[say.name("visit_result", str(result)) if result else say("never visited")
                     for result in due["last_result"].fillna("")],
    )  # fmt: skip
    return named[list(_COLUMNS)]
