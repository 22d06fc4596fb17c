"""The street map: Leaflet on canvas; geometry comes by its own route, only ids travel here.

The browser fetches each layer of a snapshot once (``/gw/map/…``), draws cells, grids or buildings
by zoom and sends back the unit that was picked. A rerun costs some two kilobytes.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n import Translator
from dashboard.maps.palette import NO_TIER, TIERS
from dashboard.server.routes import layer_url
from dashboard.ui import browser_component
from dashboard.ui.sections.filters import MapChoice

_component = browser_component.declare("street_map", slot="gw-map-slot")
_KEY = "street_map"
_HEIGHT_PX = 620  # on a wide screen; a phone takes at most seven tenths of its screen


def show(
    choice: MapChoice,
    *,
    selected: str | None,
    say: Translator,
    on_pick: Callable[[str], None],
    tiles: tuple[str, str] | None = None,
) -> None:
    """Draw the map; a pick is handed over before the next run, so that it shows all through it.

    Parameters
    ----------
    choice
        Layers and filters.
    selected
        The unit that is highlighted, or None.
    say
        Wording of legend, tooltips and controls.
    on_pick
        Called with the unit a person picked by mouse, touch or keyboard.
    tiles
        Address and attribution of a base map, or None for white.
    """
    data: dict[str, Any] = {
        **browser_component.map_files("map/street_map"),
        "layers": layer_url(choice.snapshot_id),
        "filters": urlencode({"community": choice.communities, "kind": choice.kinds}, doseq=True),
        "cells": choice.cells,
        "grids": choice.grids,
        "buildings": choice.buildings,
        "selected": selected,
        "height": _HEIGHT_PX,
        "tiles": {"url": tiles[0], "attribution": tiles[1]} if tiles else None,
        "styles": [style.as_json() | {"label": say.name("tier", style.tier)} for style in TIERS],
        "unscored": NO_TIER.as_json() | {"label": say("not scored")},
        "words": say.part("street_map"),
    }

    def hand_over() -> None:
        on_pick(str(st.session_state[_KEY]["picked"]["unit"]))

    _component(key=_KEY, data=data, on_picked_change=hand_over)
