"""A small map of one place or of several numbered ones, with the buildings beside them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from dashboard.server.maps import first_sight
from dashboard.ui import browser_component
from dashboard.ui.frame import Page

_component = browser_component.declare("candidates_map", slot="gw-map-slot")
Rings = Sequence[Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the map.

    ``lon``, ``lat``: degrees, WGS-84.
    """

    number: int | None
    """What its pin says; None where it is the only one."""
    unit: str
    name: str
    address: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What a map shows."""

    subject: str
    """What it is about: another one moves the map to its places."""
    pins: Sequence[Place]
    outlines: Sequence[tuple[str, Rings]]
    """Building and its rings of longitude and latitude: the places and what is beside them."""
    chosen: str | None
    points: Sequence[Sequence[float]] = ()
    """Longitude and latitude of what is marked by a dot."""


def show(
    page: Page,
    places: Places,
    *,
    key: str,
    height_px: int,
    on_pick: Callable[[str], None] = lambda _unit: None,
) -> None:
    """Draw a map, unless there is nothing to draw.

    ``on_pick``: called with the building of a pin or outline that was picked, before the next run.
    """
    if not places.pins and not places.points:
        return
    data: dict[str, Any] = {
        **first_sight.map_files("map/candidates_map", page.say.language),
        "height": height_px,
        "address": places.subject,
        "candidates": [asdict(each) for each in places.pins],
        "outlines": [list(each) for each in places.outlines],
        "points": list(places.points),
        "chosen": places.chosen,
        "words": page.say.part("candidates_map"),
    }

    def hand_over() -> None:
        on_pick(str(st.session_state[key]["picked"]["unit"]))

    _component(key=key, data=data, on_picked_change=hand_over)
