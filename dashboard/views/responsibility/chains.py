"""Who answers for a building today, on any past day, and who has before."""

from datetime import date

import streamlit as st

from dashboard.documents.columns import DAY, MINUTE, Column, columns_of
from dashboard.ui import pick, table
from dashboard.ui.frame import Page
from dashboard.ui.sections import chain_cards
from dashboard.views.responsibility import edit
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
    edits = may(page.actor, Action.EDIT_RESPONSIBILITY)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        unit = choose_building(page, key="chain")
    if unit is None:
        page.info("Search a building, or choose a row of the list of what is missing.")
    else:
        today = page.office.clock.today()
        on = pick.day(page.say("On the day"), today, key="chain_day", at=right)
        _show_building(page, unit, on=on)
        if edits:
            edit.show(page, unit)
    if edits:
        edit.show_changes(page)


def _show_building(page: Page, unit: str, *, on: date | None) -> None:
    """Show a building's chain on a day and everything that was ever written down about it."""
    say = page.say
    chain = page.office.responsibility.chain(page.actor, unit, on=on)
    name = chain.name or unit
    page.subheader("{name}: who answers on {day}", name=name, day=chain.on)
    chain_cards.show_chain(page, chain)
    history = page.office.responsibility.history(page.actor, unit)
    with st.expander(say("History of its duties ({count})", count=len(history))):
        if history.empty:
            page.caption("Nothing was written down about this building alone.")
            return
        title = say("Duties of {name}", name=name)
        table.table(page, history, HISTORY, key="chain_history", export=title)


def choose_building(page: Page, *, key: str) -> str | None:
    """Ask for a building by words; a picked row or the address bar's ``unit`` stands until then."""
    text = pick.search_text(page, key=f"{key}_search")
    if not text:
        linked = st.query_params.get("unit") or st.session_state.get(CHAIN_UNIT)
        return str(linked) if linked else None
    duties = page.office.responsibility.duties_of_day(page.actor)
    places = table.matching(duties[["building_id", "name"]], text)[:_MOST_FOUND]
    if not places:
        page.warning("No building matches “{text}”.", text=text)
        return None
    rows = duties.iloc[places]
    names = {
        unit: name or unit for unit, name in zip(rows["building_id"], rows["name"], strict=True)
    }
    chosen: str = pick.one(page.say("{count} found", count=len(names)), names, key=f"{key}_found")
    return chosen
