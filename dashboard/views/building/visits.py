"""What was seen at a building: suspicions that wait, past visits, their photos."""

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.ui import table
from dashboard.ui.frame import Page
from dashboard.ui.sections import material, suspicions
from governance.access.permissions import Action, may

_MOST_VISITS = 50
_MOST_WITH_PHOTOS = 12
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


def show_suspicions(page: Page, unit: str) -> None:
    """Show what waits here for a grid chief; nothing where nothing does."""
    if not may(page.actor, Action.SEE_VISITS):
        return
    waiting = page.office.suspicions.waiting(page.actor, building_id=unit)
    if not waiting.empty:
        page.subheader("Suspicions to check ({count})", count=len(waiting))
    suspicions.show(page, waiting, key="card_suspicions", of_building=True)


def show(page: Page, unit: str) -> None:
    """List the last visits recorded here, above them those with photos."""
    visits = page.office.worklist.visits(page.actor, building_id=unit, limit=_MOST_VISITS)
    page.subheader("Visits recorded here ({count})", count=len(visits))
    if visits.empty:
        page.caption("Nobody has recorded a visit here yet.")
        return
    _show_photos(page, visits[visits["photos"].map(len) > 0].head(_MOST_WITH_PHOTOS))
    title = page.say("Visits")
    table.table(page, visits, VISITS, key="card_visits", export=title, height_px=260)


def _show_photos(page: Page, visits: pd.DataFrame) -> None:
    say = page.say
    for row in visits.to_dict("records"):
        st.caption(f"{row['at']:%Y-%m-%d %H:%M} · {say.name('visit_result', row['result'])}")
        st.html(suspicions.photos(row["photos"], say=say))
        material.offer_visit_photos(page, row["photos"])
