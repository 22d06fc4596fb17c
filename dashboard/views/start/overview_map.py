"""The map of the newest score on the start page; its pins are the places to look at first."""

import pandas as pd
import streamlit as st

from dashboard.maps.content import list_marks
from dashboard.maps.content.street_data import MapChoice, Seen, days_of
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.ui.sections import street_map
from governance.access.permissions import Action, may

_CHOSEN, _HEIGHT_PX = "start_map_chosen", 640
_BUILDING = "building"


def show(page: Page, places: pd.DataFrame) -> None:
    """Draw it for who may see the map; a building that is picked opens on its page.

    ``places``: `governance.overview.first_places.PLACE_COLUMNS`, best rank first.
    """
    if places.empty or not may(page.actor, Action.SEE_MAP):
        return
    days = days_of(page.office.scores.snapshots(page.actor))
    newest, day = days[-1]
    units = map_layer(LayerChoice(_BUILDING, newest))
    first = units[units["unit"].isin(places["unit"])].sort_values("rank", ignore_index=True)
    seen = Seen(level=_BUILDING, pins=list_marks.pins(_BUILDING, first), days=[(newest, day)])
    choice = MapChoice(newest, day)
    street_map.show(page, choice, seen, on_pick=_choose, height_px=_HEIGHT_PX)
    if picked := st.session_state.pop(_CHOSEN, None):
        if picked in set(units["unit"]):
            frame.go(page, "building", unit=picked)
        frame.go(page, "map")


def _choose(unit: str) -> None:
    st.session_state[_CHOSEN] = unit
