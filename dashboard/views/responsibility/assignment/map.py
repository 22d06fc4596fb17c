"""The map of territories, before and after a proposal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from dashboard.maps.territories import lay_out
from dashboard.ui import browser_component
from dashboard.ui.frame import Page

_HEIGHT_PX = 480
_component = browser_component.declare("territory_map", slot="gw-map-slot")


def show(page: Page, proposal: Any, *, key: str) -> None:  # noqa: ANN401 -- of governance
    """Draw whose each building is, with a switch between today and the proposal."""
    say = page.say
    names = {"after": say("As proposed"), "before": say("As it is")}
    shown = st.segmented_control(
        say("Territories"), list(names), format_func=names.__getitem__, default="after",
        required=True, key=f"{key}_state",
    )  # fmt: skip
    points = lay_out(proposal.rows)
    if not points.lon:
        st.caption(say("None of these buildings has a place on the map."))
        return
    _component(
        key=key,
        data={
            **browser_component.map_files("map/territory_map"),
            "height": _HEIGHT_PX,
            "shown": shown,
            **asdict(points),
            "words": say.part("territory_map"),
        },
    )  # fmt: skip
    st.caption(say("A point is a building, its colour its warden; a dark ring is a building that "
                   "would change hands, a white point has no warden."))  # fmt: skip
