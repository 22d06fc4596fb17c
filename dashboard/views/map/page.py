"""一张图: where risk is, and for a chosen place why."""

from __future__ import annotations

import streamlit as st

from dashboard.maps import pages
from dashboard.ui import drift_warning, filters, first_steps, frame
from dashboard.ui.frame import Page
from dashboard.views.map import side as map_side
from dashboard.views.map import street_map


def show(page: Page) -> None:
    """Show the map, and beside it the list or the chosen unit."""
    say = page.say
    settings = page.office.settings(page.actor)
    st.title(pages.street_title(settings, say=say))
    snapshots = page.office.scores.snapshots(page.actor)
    if snapshots.empty:
        first_steps.show(page)
        return
    with frame.telling_failures(say):
        with st.sidebar:
            choice = filters.choose_map(page, snapshots)
        st.caption(map_side.standing(choice, snapshots, say=say))
        drift_warning.show(page)
        wide, side = st.columns([3, 2], gap="medium")
        with wide:
            street_map.show(
                street_map.Shown(
                    choice.snapshot_id, cells=choice.cells, grids=choice.grids,
                    buildings=choice.buildings, communities=choice.communities,
                    kinds=choice.kinds, selected=map_side.selected(),
                ),
                say=say,
                on_pick=lambda picked: map_side.choose(picked.unit),
                tiles=(settings.tile_url, settings.tile_attribution or "")
                if settings.tile_url else None,
            )  # fmt: skip
            map_side.show_export(page, choice)
        with side:
            map_side.show(page, choice)
