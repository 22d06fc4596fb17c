"""The buildings that no longer stand, by what was said here and by imported tables."""

import streamlit as st

from dashboard.documents.columns import DAY, MINUTE, Column, columns_of
from dashboard.ui import links, table
from dashboard.ui.frame import Page
from dashboard.views.importing.review.one_address import ROWS

_CHOSEN = "buildings_ended_chosen"
COLUMNS = (
    Column("name"),
    Column("ended_on", format=DAY),
    Column("later_rows"),
    Column("reason", empty="by the imported table"),
    *columns_of("by"),
    Column("at", format=MINUTE),
    Column("building_id"),
)


def show(page: Page) -> None:
    """List them, the last one first; a row leads to the building's page, where it is taken back."""
    ended = page.office.building_ends.all(page.actor)
    page.caption(
        "A building's page has the form at its end; a table of buildings says so in its column "
        "“Pulled down on”."
    )
    if ended.empty:
        page.info("No building is noted as pulled down.")
        return

    pick = links.choose_building(ended, key=_CHOSEN)
    title = page.say("Buildings pulled down")
    table.table(page, ended, COLUMNS, key="buildings_ended", pick=pick, export=title)
    links.show_building(page, ended, key=_CHOSEN)
    chosen = ended[ended["building_id"] == st.session_state.get(_CHOSEN)]
    if ended["later_rows"].any():
        page.caption(
            "Rows since tell of a day after the end, and count in no score. Choose a building to "
            "see its own. If it stands, take its end back on its page; if they mean another one, "
            "give the code or address of that building in them and import them again."
        )
    if chosen["later_rows"].any():
        rows = page.office.building_ends.later_rows(page.actor, str(chosen["building_id"].iloc[0]))
        table.table(page, rows, ROWS, key="buildings_ended_rows", search=False)
