"""Where a case is: a small map, and the way to the building's page."""

from typing import Final

import numpy as np
import pandas as pd
import shapely
import streamlit as st

from dashboard.i18n.markdown import plain
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.maps.layers import shapes_of
from dashboard.ui import links
from dashboard.ui.frame import Page
from dashboard.ui.sections import places_map
from dashboard.ui.sections.places_map import Place, Places
from governance.cases.views import CaseView

_MAP_PX: Final = 260
_AROUND_DEGREES: Final = 0.0016
"""About 160 m: what is drawn beside the building."""
_MOST_AROUND: Final = 300


def show(page: Page, view: CaseView) -> None:
    """Name the place, lead to its page, and draw it where one knows where it is."""
    building = view.facts["building_id"]
    page.subheader("Where")
    if not building:
        address = view.facts["address"] or page.say("no address")
        page.caption("{address} · not at a building yet: its address waits to be decided.",
                     address=address)  # fmt: skip
        return
    buildings = _known_buildings(page)
    known = buildings[buildings["unit"] == building]
    _lead_to(page, str(building), known)
    for day in page.office.building_ends.days(page.actor, [str(building)]).values():
        page.warning("Pulled down since {day}", day=day)
    if not known.empty and np.isfinite(known[["lon", "lat"]].to_numpy(float)).all():
        _draw(page, view, known.iloc[0], buildings)


def _known_buildings(page: Page) -> pd.DataFrame:
    snapshots = page.office.scores.snapshots(page.actor)
    if snapshots.empty:
        return pd.DataFrame(columns=["unit", "name", "lon", "lat", "geom"])
    return map_layer(LayerChoice("building", str(snapshots["snapshot_id"].iloc[0])))


def _lead_to(page: Page, building: str, known: pd.DataFrame) -> None:
    name = str(known["name"].iloc[0]) if len(known) else building
    label = f"**{plain(name)}**"
    if not links.show(page, "building", label, unit=building):
        st.markdown(label)


def _draw(page: Page, view: CaseView, row: pd.Series, buildings: pd.DataFrame) -> None:
    lon, lat = float(row["lon"]), float(row["lat"])
    is_near = (buildings["lon"] - lon).abs().lt(_AROUND_DEGREES) & (
        (buildings["lat"] - lat).abs().lt(_AROUND_DEGREES)
    )
    near = buildings[is_near].head(_MOST_AROUND)
    outlines = [
        (str(unit), _rings(shape))
        for unit, shape in zip(near["unit"], shapes_of(near), strict=True)
        if shape is not None
    ]
    unit, name = str(row["unit"]), str(row["name"] or row["unit"])
    pin = Place(None, unit, name, view.facts["address"], lon, lat)
    places = Places(subject=unit, pins=[pin], outlines=outlines, chosen=unit)
    places_map.show(page, places, key="case_map", height_px=_MAP_PX)


def _rings(shape: shapely.Geometry) -> list[list[list[float]]]:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return [shapely.get_coordinates(part.exterior).round(6).tolist() for part in parts]
