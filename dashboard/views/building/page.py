"""楼栋: one building, its score and everything behind it."""

from __future__ import annotations

import streamlit as st

from dashboard.documents.columns import UNITS
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.ui import drift_warning, filters, first_steps, frame, table
from dashboard.ui.frame import Page
from dashboard.views.building import detail as building_detail
from dashboard.views.building import search as building_search

_MOST_SHOWN = 10
_LISTED = ("rank", "tier", "name", "score", "kind", "community")


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
            _show_top(page, snapshot_id=snapshot.snapshot_id, communities=communities)
        else:
            building_detail.show(page, unit, snapshot_id=snapshot.snapshot_id)


def _show_top(page: Page, *, snapshot_id: str, communities: tuple[str, ...]) -> None:
    """List the buildings to look at first; a chosen row is opened by the address bar's ``unit``."""
    say = page.say
    buildings = map_layer(LayerChoice("building", snapshot_id, communities))
    first = buildings.nsmallest(_MOST_SHOWN, "rank").reset_index(drop=True)
    st.subheader(say("The {count} highest-ranked buildings", count=len(first)))
    st.caption(say("Pick a row, search above, or choose on the map."))
    table.table(
        page,
        first,
        [column for column in UNITS if column.name in _LISTED],
        key="building_top",
        search=False,
        pick=lambda place: st.query_params.update({"unit": str(first["unit"].iloc[place])}),
    )
