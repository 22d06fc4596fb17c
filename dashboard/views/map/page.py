"""一张图: where risk is, and for a chosen place why."""

import streamlit as st

from dashboard.maps import pages
from dashboard.ui.frame import Page
from dashboard.ui.sections import drift_warning, filters, first_steps, model_note, scoring_state
from dashboard.views.map import side, street_map


def show(page: Page) -> None:
    """Show the map, and beside it the list or the chosen unit."""
    say = page.say
    settings = page.office.settings(page.actor)
    st.title(pages.street_title(settings, say=say))
    snapshots = page.office.scores.snapshots(page.actor)
    if snapshots.empty:
        first_steps.show(page)
        return
    with page.telling_failures():
        with st.sidebar:
            choice = filters.choose_map(page, snapshots)
        st.caption(side.standing(choice, snapshots, say=say))
        scoring_state.show(page)
        model_note.show(page, snapshots, choice.snapshot_id)
        drift_warning.show(page)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            street_map.show(
                choice,
                selected=side.selected(),
                say=say,
                on_pick=side.choose,
                tiles=(settings.tile_url, settings.tile_attribution or "")
                if settings.tile_url
                else None,
            )
            side.show_export(page, choice)
        with right:
            side.show(page, choice)
