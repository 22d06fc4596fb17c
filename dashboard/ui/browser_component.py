"""A part of a page with a script of its own: how it is declared and where its files are."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.maps.palette import TIERS
from dashboard.server.assets_url import kept_url

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

    ``name``: its name, unique among all.
    ``slot``: class of the one element that it starts from.
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
