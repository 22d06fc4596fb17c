"""The street map: tiles on one canvas; geometry comes by its own routes, only ids travel here.

The browser fetches what is in view (``/gw/tiles/…``, ``/gw/ground/…``), draws the ground, buildings
and cells, and sends back the unit that was picked. A rerun costs some three kilobytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.maps.content import over_layers, shown
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.maps.palette import NO_TIER, TIERS
from dashboard.server.routes import unit_urls
from dashboard.ui import browser_component
from dashboard.ui.frame import Page
from dashboard.ui.sections.filters import MapChoice

_component = browser_component.declare("street_map", slot="gw-map-slot")
_KEY = "street_map"
WALL = "wall"
"""Value of ``?screen=`` for a screen on a wall: a dark map, nothing to choose beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What else the map shows.

    Parameters
    ----------
    level
        What the list ranks; cells and grids are then drawn by their tier.
    pins
        The list's first lines, as :func:`dashboard.maps.content.shown.pins` gives them.
    selected
        The unit that is highlighted and moved to, or None.
    days
        Snapshots that can be looked at, oldest first: id and day.
    """

    level: str
    pins: Sequence[dict[str, Any]]
    selected: str | None
    days: Sequence[tuple[str, str]]


def drawn_buildings(choice: MapChoice) -> pd.DataFrame:
    """Return the buildings that the filters leave."""
    return map_layer(_layer(choice))


def show(
    page: Page,
    choice: MapChoice,
    seen: Seen,
    *,
    on_pick: Callable[[str], None],
    height_px: int | None = None,
) -> None:
    """Draw the map; a pick is handed over before the next run, so that it shows all through it.

    Parameters
    ----------
    page
        For whom, and in which words.
    choice
        Layers and filters.
    seen
        What else is shown.
    on_pick
        Called with the unit a person picked by mouse, touch or keyboard.
    height_px
        None where the page's style says it.
    """
    data: dict[str, Any] = {
        **browser_component.map_files(page, "map/street/street_map"),
        **unit_urls(choice.snapshot_id),
        **_drawn(choice),
        **_pointed_out(seen, choice.snapshot_id),
        **_worded(page, choice),
        "height": height_px,
        "over": [
            {"name": name, "label": page.say.name("over_layer", name)} | _key_to(name, page.say)
            for name in over_layers.offered(page.actor, days=len(seen.days))
        ],
    }

    def hand_over() -> None:
        on_pick(str(st.session_state[_KEY]["picked"]["unit"]))

    _component(key=_KEY, data=data, on_picked_change=hand_over)


def _key_to(layer: str, say: Translator) -> dict[str, Any]:
    """Return what the marks of a layer mean, of one that has several."""
    if layer != over_layers.CASES:
        return {}
    return {
        "legend": [
            {"sign": str(number), "hue": hue, "means": say.name("case_stage", stage)}
            for number, (stage, hue) in enumerate(over_layers.CASE_HUES.items(), 1)
        ]
    }


def _layer(choice: MapChoice) -> LayerChoice:
    return LayerChoice("building", choice.snapshot_id, choice.communities, choice.kinds)


def _drawn(choice: MapChoice) -> dict[str, Any]:
    return {
        "snapshot": choice.snapshot_id,
        "filters": urlencode({"community": choice.communities, "kind": choice.kinds}, doseq=True),
        "cells": choice.cells,
        "grids": choice.grids,
        "buildings": choice.buildings,
        "bounds": shown.bounds(_layer(choice)),
    }


def _pointed_out(seen: Seen, snapshot_id: str) -> dict[str, Any]:
    box = shown.box_of(seen.selected, snapshot_id) if seen.selected else None
    return {
        "ranked": seen.level,
        "days": [list(each) for each in seen.days],
        "pins": list(seen.pins),
        "selected": seen.selected,
        "focus": {"unit": seen.selected, "box": box} if box else None,
    }


def _worded(page: Page, choice: MapChoice) -> dict[str, Any]:
    say, buildings = page.say, drawn_buildings(choice)
    return {
        "theme": "dark" if st.query_params.get("screen") == WALL else "light",
        "counts": shown.counts(buildings, [style.tier for style in TIERS]),
        "styles": _styles(buildings, say=say),
        "unscored": NO_TIER.as_json() | {"label": say("not scored")},
        "words": say.part("street_map"),
    }


def _styles(buildings: pd.DataFrame, *, say: Translator) -> list[dict[str, Any]]:
    """Return how tiers are drawn, what they are called and which share of buildings they are."""
    held = shown.counts(buildings, [style.tier for style in TIERS])
    total = max(sum(held), 1)
    return [
        style.as_json()
        | {
            "label": say.name("tier", style.tier),
            "meaning": say("{share} of buildings", share=f"{count / total:.0%}"),
        }
        for style, count in zip(TIERS, held, strict=True)
    ]
