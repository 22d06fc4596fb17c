"""A part of a page with a script of its own: how it is declared and where its files are."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.maps.palette import TIERS
from dashboard.server.assets_url import LEAFLET_SCRIPT, kept_url
from dashboard.server.routes import ground_urls
from dashboard.ui.frame import Page

# A component's script runs from a blob: address, so it imports ours by its full address.
_LOADER = """
export default function (component) {
  const slot = component.parentElement;
  slot.gridwarden ??= import(location.origin + component.data.script);
  let gone = false;
  slot.gridwarden.then((module) => { if (!gone) module.show(component); });
  return () => { gone = true; slot.gridwarden.then((module) => module.remove(slot)); };
}
"""


def declare(name: str, *, slot: str) -> Callable[..., Any]:
    """Declare a component whose script exports ``show(component)`` and ``remove(slot)``.

    Parameters
    ----------
    name
        Its name, unique among all.
    slot
        Class of the one element that it starts from.
    """
    return st.components.v2.component(
        f"gridwarden_{name}", html=f'<div class="{slot}"></div>', js=_LOADER, isolate_styles=False
    )


def files(name: str) -> dict[str, str]:
    """Return where the browser finds a part's script and style."""
    return {"script": kept_url(f"{name}.js"), "style": kept_url(f"{name}.css")}


def tiers(say: Translator) -> dict[str, dict[str, str]]:
    """Return how the browser words and colours tiers."""
    return {
        style.tier: {
            "label": say.name("tier", style.tier),
            "fill": style.fill,
            "outline": style.outline,
        }
        for style in TIERS
    }


def map_files(page: Page, name: str) -> dict[str, Any]:
    """Return where the browser finds a map's script, style, Leaflet and the ground under it."""
    facts = page.office.settings(page.actor)
    tiles = None
    if facts.tile_url:
        credit = facts.tile_attribution or ""
        tiles = {"url": facts.tile_url, "attribution": credit, "datum": facts.tile_datum}
    credit = page.office.ground.attribution(page.actor)
    return {
        "ground": {**ground_urls(page.say.language), "attribution": credit},
        "tiles": tiles,
        "script": kept_url(f"{name}.js"),
        "style": kept_url("map/map.css"),
        "leaflet": [LEAFLET_SCRIPT, "/gw/leaflet/leaflet.css"],
    }
