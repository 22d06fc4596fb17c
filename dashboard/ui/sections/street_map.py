"""The street map: tiles on one canvas; geometry comes by its own routes, only ids travel here.

The browser fetches what is in view (``/gw/tiles/…``, ``/gw/basemap/…``), draws the basemap,
buildings and cells, and sends back the unit that was picked. A rerun costs some three kilobytes.
"""

from collections.abc import Callable

import streamlit as st

from dashboard.maps.content.street_data import MapChoice, Seen
from dashboard.server.maps import first_sight
from dashboard.ui import browser_component
from dashboard.ui.frame import Page

_component = browser_component.declare("street_map", slot="gw-map-slot")
_KEY = "street_map"


def show(
    page: Page,
    choice: MapChoice,
    seen: Seen,
    *,
    on_pick: Callable[[str], None],
    height_px: int | None = None,
) -> None:
    """Draw the map; a pick is handed over before the next run, so that it shows all through it.

    ``on_pick``: called with the unit a person picked by mouse, touch or keyboard.
    ``height_px``: None where the page's style says it.
    """
    data = {**first_sight.street_map(choice, seen, say=page.say), "height": height_px}

    def hand_over() -> None:
        on_pick(str(st.session_state[_KEY]["picked"]["unit"]))

    _component(key=_KEY, data=data, on_picked_change=hand_over)
