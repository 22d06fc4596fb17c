"""The street map: Leaflet on canvas; geometry comes by its own route, only ids travel here.

The browser fetches each layer of a snapshot once (``/gw/map/…``), draws cells, grids or buildings
by zoom and sends back the unit that was picked. A rerun costs some two kilobytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n import Translator
from dashboard.maps.palette import NO_TIER, TIERS
from dashboard.server.routes import layer_url
from dashboard.ui import browser_component
from dashboard.ui.filters import AUTO

_component = browser_component.declare("street_map", slot="gw-map-slot")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the map shows.

    Parameters
    ----------
    snapshot_id
        Whose layers are drawn.
    cells
        ``auto`` (by zoom) or one of ``cell:8``, ``cell:9``, ``cell:10``; None draws no cells.
    grids, buildings
        Whether official grids and, when near enough, buildings are drawn.
    communities, kinds
        Filters, passed on to the data route; empty means all.
    selected
        The unit that is highlighted, or None.
    """

    snapshot_id: str
    cells: str | None = AUTO
    grids: bool = True
    buildings: bool = True
    communities: Sequence[str] = ()
    kinds: Sequence[str] = ()
    selected: str | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """The unit a person picked on the map: its id and ``cell:N``, ``grid`` or ``building``."""

    unit: str
    layer: str


def show(
    shown: Shown,
    *,
    say: Translator,
    on_pick: Callable[[Picked], None],
    height_px: int = 620,
    tiles: tuple[str, str] | None = None,
    key: str = "street_map",
) -> None:
    """Draw the map; a pick is handed over before the next run, so that it shows all through it.

    Parameters
    ----------
    shown
        Layers, filters and selection.
    say
        Wording of legend, tooltips and controls.
    on_pick
        Called with the unit a person picked by mouse, touch or keyboard.
    height_px
        Height on a wide screen; a phone takes at most seven tenths of its screen.
    tiles
        Address and attribution of a base map, or None for white.
    key
        Identity of the widget.
    """

    def hand_over() -> None:
        picked = st.session_state[key]["picked"]
        on_pick(Picked(str(picked["unit"]), str(picked["layer"])))

    _component(
        key=key,
        data=_data(shown, say=say, height_px=height_px, tiles=tiles),
        on_picked_change=hand_over,
    )


def _data(
    shown: Shown, *, say: Translator, height_px: int, tiles: tuple[str, str] | None
) -> dict[str, Any]:
    filters = urlencode({"community": shown.communities, "kind": shown.kinds}, doseq=True)
    return {
        **browser_component.map_files("map/street_map"),
        "layers": layer_url(shown.snapshot_id),
        "filters": filters,
        "cells": shown.cells,
        "grids": shown.grids,
        "buildings": shown.buildings,
        "selected": shown.selected,
        "height": height_px,
        "tiles": {"url": tiles[0], "attribution": tiles[1]} if tiles else None,
        "styles": [style.as_json() | {"label": say.name("tier", style.tier)} for style in TIERS],
        "unscored": NO_TIER.as_json() | {"label": say("not scored")},
        "words": say.part("street_map"),
    }
