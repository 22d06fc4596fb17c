"""一张图: where risk is, and for a chosen place why."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.maps import pages
from dashboard.maps.content import list_marks
from dashboard.maps.content.street_data import MapChoice, Seen, days_of
from dashboard.maps.layer_cache import map_layer
from dashboard.server.maps.first_sight import WALL
from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.ui.sections import filters, first_steps, street_map
from dashboard.ui.sections.score import drift_warning, model_note, scoring_state
from dashboard.views.map import figures, side


def show(page: Page) -> None:
    """Show the map over the whole page; on it figures, and the list or the chosen unit."""
    say = page.say
    title = pages.street_title(page.office.settings(page.actor), say=say)
    snapshots = page.office.scores.snapshots(page.actor)
    if snapshots.empty:
        st.title(title)
        first_steps.show(page)
        return
    with page.telling_failures():
        with st.sidebar:
            choice = filters.choose_map(page, snapshots)
        with st.container(key="map_wall" if _on_a_wall() else "map_stage"):
            with st.container(key="map_head"):
                st.title(title)
                strip = st.container()
            _show_map(page, choice, snapshots)
            with strip:  # the map waits for no figure
                whole = not (choice.communities or choice.kinds)
                figures.show(page, map_layer(choice.layer), whole=whole)


@frame.part
def _show_map(page: Page, choice: MapChoice, snapshots: pd.DataFrame) -> None:
    """Show the map and what stands beside it: a pick there draws nothing else of the page anew.

    Who picked a unit waits for its reasons, all others for the map: that comes first.
    """
    with page.telling_failures():
        place, panel = st.container(key="map_place"), st.container(key="map_panel")
        level, units = side.ranked(choice)
        seen = Seen(
            level=level,
            pins=list_marks.pins(level, units),
            selected=side.selected(),
            days=days_of(snapshots),
            dark=_on_a_wall(),
        )
        why = side.tells_why()
        if why:
            _show_side(page, choice, panel)
        with place:
            street_map.show(page, choice, seen, on_pick=side.choose)
        if not why:
            _show_side(page, choice, panel)
        with panel:
            _show_notes(page, choice, snapshots)


def _show_side(page: Page, choice: MapChoice, panel: DeltaGenerator) -> None:
    with panel:
        side.show(page, choice)


def _show_notes(page: Page, choice: MapChoice, snapshots: pd.DataFrame) -> None:
    """Say below the list what is seen, and offer it as a file."""
    st.caption(side.standing(choice, snapshots, say=page.say))
    scoring_state.show(page)
    model_note.show(page, snapshots, choice.snapshot_id)
    drift_warning.show(page)
    side.show_export(page, choice)


def _on_a_wall() -> bool:
    return st.query_params.get("screen") == WALL
