"""Who answers for a building today, on any past day, and who has before."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard.documents.columns import DAY, MINUTE, Column, columns_of
from dashboard.ui import chain_cards, table
from dashboard.ui.frame import Page
from dashboard.views.responsibility import edit as responsibility_edit
from dashboard.views.responsibility.problems import CHAIN_UNIT
from governance.access.permissions import Action, may

_MOST_FOUND = 20
HISTORY = (
    Column("duty", kind="duty"),
    *columns_of("person", "org"),
    Column("valid_from", format=DAY),
    Column("valid_to", format=DAY),
    Column("pledge_on", format=DAY),
    Column("recorded_at", format=MINUTE),
    *columns_of("recorded_by", "reason"),
    Column("withdrawn_at", format=MINUTE),
)


def show(page: Page) -> None:
    """Search a building, show its chain on a day, its history, and let it be changed."""
    say = page.say
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        unit = choose_building(page, key="chain")
    if unit is None:
        st.info(say("Search a building, or choose a row of the list of what is missing."))
        responsibility_edit.show_changes(page)
        return
    on = right.date_input(say("On the day"), value="today", format="YYYY-MM-DD", key="chain_day")
    show_building(page, unit, on=on if _is_day(on) else None)
    if may(page.actor, Action.EDIT_RESPONSIBILITY):
        responsibility_edit.show(page, unit)
    responsibility_edit.show_changes(page)


def show_building(page: Page, unit: str, *, on: date | None = None) -> None:
    """Show a building's chain on a day and everything that was ever written down about it."""
    say = page.say
    chain = page.office.responsibility.chain(page.actor, unit, on=on)
    st.subheader(say("{name}: who answers on {day}", name=chain.name or unit, day=chain.on))
    chain_cards.show_chain(page, chain)
    history = page.office.responsibility.history(page.actor, unit)
    with st.expander(say("History of its duties ({count})", count=len(history))):
        if history.empty:
            st.caption(say("Nothing was written down about this building alone."))
            return
        table.table(
            page,
            history,
            HISTORY,
            key="chain_history",
            export=say("Duties of {name}", name=chain.name or unit),
        )


def choose_building(page: Page, *, key: str) -> str | None:
    """Ask for a building by words; a picked row or the address bar's ``unit`` stands until then."""
    say = page.say
    text = st.text_input(
        say("Search a building"), key=f"{key}_search", placeholder=say("address, name or code")
    ).strip()
    if not text:
        linked = st.query_params.get("unit") or st.session_state.get(CHAIN_UNIT)
        return str(linked) if linked else None
    duties = page.office.responsibility.duties_of_day(page.actor)
    places = table.matching(duties[["building_id", "name"]], text)[:_MOST_FOUND]
    if not places:
        st.warning(say("No building matches “{text}”.", text=text))
        return None
    matches = duties.iloc[places]
    names = dict(zip(matches["building_id"], matches["name"], strict=True))
    chosen = st.selectbox(
        say("{count} found", count=len(names)), list(names), key=f"{key}_found",
        format_func=lambda unit: names[unit] or unit,
    )  # fmt: skip
    return str(chosen)


def _is_day(on: object) -> bool:
    return on is not None and not isinstance(on, tuple)
