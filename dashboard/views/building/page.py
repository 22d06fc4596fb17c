"""楼栋: one building, its score and everything behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.ui import drift_warning, filters, first_steps, frame
from dashboard.views.building import detail as building_detail
from dashboard.views.building import list as building_list
from dashboard.views.building import search as building_search

if TYPE_CHECKING:
    from dashboard.ui.frame import Page


def show(page: Page) -> None:
    """Search a building and explain it."""
    say = page.say
    st.title(say("Building"))
    snapshots = page.office.scores.snapshots(page.actor)
    if snapshots.empty:
        first_steps.show(page)
        return
    with frame.telling_failures(say):
        with st.sidebar:
            snapshot = filters.choose_snapshot(snapshots, say=say, key="building_snapshot")
        drift_warning.show(page)
        unit = building_search.show(page, snapshot_id=snapshot.snapshot_id)
        if unit is None:
            with st.sidebar:
                communities = filters.choose_communities(snapshot.snapshot_id, say=say)
            building_list.show(page, snapshot_id=snapshot.snapshot_id, communities=communities)
        else:
            building_detail.show(page, unit, snapshot_id=snapshot.snapshot_id)
