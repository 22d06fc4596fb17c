"""The highest-ranked buildings, for whoever comes without one in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.ui.tables import unit_table

if TYPE_CHECKING:
    from dashboard.ui.frame import Page

_MOST_SHOWN = 10
_COLUMNS = ("rank", "tier", "name", "score", "kind", "community")


def show(page: Page, *, snapshot_id: str, communities: tuple[str, ...]) -> None:
    """List the buildings to look at first; a chosen row is opened by the address bar's ``unit``."""
    say = page.say
    buildings = map_layer(LayerChoice("building", snapshot_id, communities))
    first = buildings.nsmallest(_MOST_SHOWN, "rank")
    st.subheader(say("The {count} highest-ranked buildings", count=len(first)))
    st.caption(say("Pick a row, search above, or choose on the map."))
    unit_table.pickable(
        unit_table.readable(first, say=say), say=say, on_pick=_open, key="building_top",
        height_px=420, columns=_COLUMNS,
    )  # fmt: skip


def _open(unit: str) -> None:
    st.query_params["unit"] = unit
