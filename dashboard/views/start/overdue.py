"""Which buildings are due for a visit and were not visited, when somebody asks."""

from __future__ import annotations

import streamlit as st

from dashboard.documents.columns import DAY, Column
from dashboard.i18n import Translator
from dashboard.ui import frame, table
from dashboard.ui.frame import Page

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
        table.table(
            page,
            due,
            _columns(say),
            key="start_due",
            export=say("Buildings due for a visit"),
            pick=lambda place: st.session_state.update({_OPEN: due["building_id"].iloc[place]}),
        )
    if unit := st.session_state.pop(_OPEN, None):
        frame.go(page, "building", unit=str(unit))


def _columns(say: Translator) -> tuple[Column, ...]:
    return (
        Column("name"),
        Column("tier", kind="tier"),
        Column("due_on", format=DAY),
        Column("days_late"),
        Column("last_visit_at", source="last_at", format=DAY),
        Column("last_result", kind="visit_result", empty=say("never visited")),
        Column("building_id"),
    )
