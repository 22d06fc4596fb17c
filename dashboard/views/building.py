"""楼栋: one building, its score and everything behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.components import (
    building_detail,
    building_list,
    building_search,
    choices,
    drift_note,
    first_steps,
    frame,
)

if TYPE_CHECKING:
    from dashboard.components.frame import Page


def show(page: Page) -> None:
    """Search a building and explain it."""
    say = page.say
    st.title(say("Building"))
    snapshots = page.office.snapshots(page.actor)
    if snapshots.empty:
        first_steps.show(page)
        return
    with frame.telling_failures(say):
        with st.sidebar:
            snapshot = choices.choose_snapshot(snapshots, say=say, key="building_snapshot")
        drift_note.show(page)
        unit = building_search.show(page, snapshot_id=snapshot.snapshot_id)
        if unit is None:
            with st.sidebar:
                communities = choices.choose_communities(snapshot.snapshot_id, say=say)
            building_list.show(page, snapshot_id=snapshot.snapshot_id, communities=communities)
        else:
            building_detail.show(page, unit, snapshot_id=snapshot.snapshot_id)
