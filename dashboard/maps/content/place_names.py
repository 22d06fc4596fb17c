"""Names and borders on the map, and the search over them."""

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from dashboard.maps.layer_cache import of_sight
from dashboard.maps.layers import SCALE, Payload, outlines
from dashboard.maps.tiles.answers import pack
from dashboard.runtime import context
from governance.scores.basemap import Places

MOST_FOUND: Final = 8
_LONGEST_TEXT: Final = 60


def places() -> Places:
    """Return names and borders that the acting user may see."""
    service, actor = context.office().basemap, context.actor()
    return of_sight("places", lambda: service.places(actor))


def payload() -> Payload:
    """Return borders of communities and the middles of estates, packed for the browser.

    ``communities`` has ``ids``, ``names``, ``middles`` (longitude and latitude) and outlines as
    :func:`dashboard.maps.layers.outlines` packs them; ``whole`` one outline of all;
    ``estates`` a list of name, longitude, latitude and number of buildings, the largest first.
    """
    return of_sight("places_payload", lambda: pack(_packed(places())))


def found(text: str, *, snapshot_id: str) -> dict[str, Any]:
    """Return what holds all the given words, at most eight of each kind.

    Returns ``found``: a list of ``unit`` (empty for an estate), ``name``, ``place`` (what it is
    part of), ``lon`` and ``lat``; communities first, then estates, then buildings.
    """
    words = text.casefold()[:_LONGEST_TEXT].split()
    if not words:
        return {"found": []}
    known = places()
    shapes = shapely.from_wkb(known.communities["geom"].map(bytes).tolist())
    middles = shapely.point_on_surface(shapes)
    communities = known.communities.assign(
        lon=shapely.get_x(middles), lat=shapely.get_y(middles), place=""
    )
    estates = known.estates.assign(unit="", place="")
    office, actor = context.office(), context.actor()
    buildings = office.risk_map.find(actor, text, snapshot_id=snapshot_id, limit=MOST_FOUND)
    buildings = buildings.assign(place=buildings["std_address"])
    columns = ["unit", "name", "place", "lon", "lat"]
    parts = [_holding(communities, words), _holding(estates, words), buildings]
    rows = pd.concat([part[columns] for part in parts], ignore_index=True)
    rows = rows[np.isfinite(rows[["lon", "lat"]].to_numpy(float)).all(axis=1)]
    return {"found": rows.astype(object).to_dict("records")}


def _holding(frame: pd.DataFrame, words: list[str]) -> pd.DataFrame:
    names = frame["name"].astype("string").fillna("").str.casefold()
    held = np.logical_and.reduce([names.str.contains(word, regex=False) for word in words])
    return frame[held].head(MOST_FOUND)


def _packed(known: Places) -> dict[str, Any]:
    shapes = shapely.from_wkb(known.communities["geom"].map(bytes).tolist())
    shapes = np.asarray(shapes, dtype=object)
    middles = shapely.get_coordinates(shapely.point_on_surface(shapes)).round(6).tolist()
    whole = np.array([shapely.union_all(shapes)], dtype=object) if len(shapes) else shapes
    estates = known.estates.sort_values(["buildings", "name"], ascending=[False, True])
    return {
        "scale": SCALE,
        "communities": {
            "ids": known.communities["unit"].tolist(),
            "names": known.communities["name"].tolist(),
            "middles": middles,
            **outlines(shapes),
        },
        "whole": outlines(whole),
        "estates": estates[["name", "lon", "lat", "buildings"]].round(6).to_numpy().tolist(),
    }
