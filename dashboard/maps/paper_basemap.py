"""The basemap of standalone maps, light and dark: streets, water, green, borders, names."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from dashboard.i18n import Translator
from dashboard.maps.content.place_names import places
from dashboard.maps.layer_cache import LayerChoice, map_layer, of_sight
from dashboard.maps.layers import shapes_of
from dashboard.maps.standalone.standalone_map import MapScript, StandaloneMap, add_shapes
from dashboard.maps.tiles.basemap_tiles import names_in
from dashboard.runtime import context

MOST_FEATURES: Final = 3_000
AREA_COLOURS: Final = {"用地": "#e9e6df", "绿地": "#d3e4c7", "水系": "#b5d3e8", "建筑": "#dedad2"}
ROAD_STYLES: Final = {
    "高速": ("#f6c667", 7.0),
    "主干道": ("#fde7b0", 6.0),
    "次干道": ("#ffffff", 4.5),
    "支路": ("#ffffff", 3.0),
    "小路": ("#f7f5f1", 1.5),
    "": ("#ffffff", 3.0),
}
"""Colour and width in pixels, by level."""
_CASING: Final = "#cfc8bb"
DARK_AREAS: Final = {"用地": "#121b25", "绿地": "#13261f", "水系": "#0f2c44", "建筑": "#223040"}
DARK_ROADS: Final = {
    "高速": ("#6b5a2e", "#2b2618"),
    "主干道": ("#42505f", "#18222d"),
    "次干道": ("#334150", "#151e28"),
    "支路": ("#28343f", "#141c25"),
    "小路": ("#1e2832", "#131a22"),
    "": ("#28343f", "#141c25"),
}
"""Colour and casing in the dark, by level."""
_LINES: Final = {"水系": ("#9fc4de", "#17405f", 2.2), "铁路": ("#b9b4ab", "#34414f", 1.6)}
"""Colour by day and in the dark, width in pixels: rivers and rails."""
_NAMED: Final = {"绿地": "gw-green", "水系": "gw-water", "地名": "gw-estate"}
_BORDER: Final = {"fill": False, "color": "#46566b", "weight": 1.8, "interactive": False,
                  "dark": {"color": "#6fa8d6"}}  # fmt: skip
_GRID: Final = {"fill": False, "color": "#3c4858", "weight": 0.8, "opacity": 0.5,
                "dashArray": "5 4", "interactive": False, "dark": {"color": "#94aac2"}}  # fmt: skip
_ESTATES_FROM: Final = 15

Box = Sequence[float]
"""West, south, east and north, degrees."""


def add_basemap(page: StandaloneMap, box: Box, *, say: Translator) -> None:
    """Draw what of the basemap lies in a box, as far as the acting user may see, with its names.

    Whose it is stands in a corner.
    A button turns the map dark: whatever has a style under ``dark`` in its own takes that.

    ``page``: the map; what is added later lies over it.
    ``box``: what is drawn; of more than 3,000 features the longest.
    """
    clip = shapely.box(*box)
    features = _features()
    features = features.assign(name=names_in(features, english=say.language == "en"))
    inside = clipped(features, clip)
    for kind, colour in AREA_COLOURS.items():
        areas = inside[(inside["kind"] == kind) & (inside["dimension"] == 2)]  # noqa: PLR2004 -- an area
        style = {"fillColor": colour, "fillOpacity": 1.0, "stroke": False, "interactive": False,
                 "dark": {"fillColor": DARK_AREAS[kind]}}  # fmt: skip
        _add(page, areas, [style] * len(areas))
    lines = inside[inside["dimension"] == 1]
    for kind, (colour, dark, width) in _LINES.items():
        style = {"color": colour, "weight": width, "fill": False, "interactive": False,
                 "dark": {"color": dark}}  # fmt: skip
        drawn = lines[lines["kind"] == kind]
        _add(page, drawn, [style] * len(drawn))
    roads = lines[lines["kind"] == "道路"]
    roads = roads.assign(width=[ROAD_STYLES[level][1] for level in roads["level"]]).sort_values(
        "width"
    )
    for casing in (True, False):
        _add(page, roads, [_road(level, casing=casing) for level in roads["level"]])
    known = places()
    borders = clipped(known.communities.assign(kind="", level=""), clip)
    _add(page, borders, [_BORDER] * len(borders))
    named = inside[inside["name"] != ""].drop_duplicates(["kind", "name"])
    names = _names(named, known.communities, known.estates, clip)
    page.add_child(MapScript("names", names=names, above=False))
    if credit := _attribution():
        page.add_child(MapScript("credit", credit=escape(credit)))
    page.add_child(MapScript("dark_button", label=say("Dark / light")))


def add_grids(page: StandaloneMap, snapshot_id: str) -> None:
    """Draw the borders of the official grids that one may see."""
    grids = shapes_of(map_layer(LayerChoice("grid", snapshot_id)))
    grids = grids[~shapely.is_missing(grids)]
    if len(grids):
        add_shapes(page, grids, name="grids", styles=[_GRID] * len(grids))


def add_pins(page: StandaloneMap, pins: Sequence[dict[str, Any]]) -> None:
    """Stick numbered pins in a map, as :func:`dashboard.maps.content.list_marks.pins`."""
    names = [[pin["lat"], pin["lon"], str(pin["number"]), "gw-pin", 0] for pin in pins]
    page.add_child(MapScript("names", names=names, above=True))


def _features() -> pd.DataFrame:
    office, actor = context.office(), context.actor()
    return of_sight("basemap_features", lambda: office.basemap.features(actor))


def _attribution() -> str:
    return context.office().basemap.attribution(context.actor())


def clipped(features: pd.DataFrame, clip: shapely.Geometry) -> pd.DataFrame:
    """Return what of features lies in a box, with ``shape`` and its ``dimension``: 0 to 2."""
    shapes = shapely.from_wkb([bytes(wkb) for wkb in features["geom"]])
    shapes = shapely.clip_by_rect(shapes, *clip.bounds) if len(shapes) else np.array([], object)
    frame = features.assign(shape=shapes, dimension=shapely.get_dimensions(shapes))
    frame = frame[~(shapely.is_empty(shapes) | shapely.is_missing(shapes))]
    longest = shapely.length(frame["shape"].to_numpy(object)).argsort()[::-1][:MOST_FEATURES]
    drawn: pd.DataFrame = frame.iloc[np.sort(longest)]
    return drawn


def _road(level: str, *, casing: bool) -> dict[str, Any]:
    colour, width = ROAD_STYLES[level]
    return {"color": _CASING if casing else colour, "weight": width + 1.6 if casing else width,
            "opacity": 1.0, "fill": False, "interactive": False,
            "dark": {"color": DARK_ROADS[level][casing]}}  # fmt: skip


def _add(page: StandaloneMap, frame: pd.DataFrame, styles: Sequence[dict[str, Any]]) -> None:
    if len(frame):
        add_shapes(page, frame["shape"].to_numpy(object), name="basemap", styles=styles,
                   precision_mode="pointwise")  # fmt: skip


def _names(
    named: pd.DataFrame, communities: pd.DataFrame, estates: pd.DataFrame, clip: shapely.Geometry
) -> list[list[Any]]:
    """Return place, text, class and smallest zoom of each name, the text escaped."""
    middles = shapely.point_on_surface(shapely.from_wkb(communities["geom"].map(bytes).tolist()))
    rows = [
        (point, name, "gw-community", 0)
        for point, name in zip(middles, communities["name"], strict=True)
    ]
    rows += [
        (shapely.point_on_surface(row.shape), row.name, _NAMED[str(row.kind)], _ESTATES_FROM)
        for row in named[named["kind"].isin(list(_NAMED))].itertuples(index=False)
    ]
    roads = named[named["kind"] == "道路"]
    rows += [
        (shapely.line_interpolate_point(shapely.get_geometry(shape, 0), 0.5, normalized=True), name,
         "gw-road", _ESTATES_FROM)
        for shape, name in zip(roads["shape"], roads["name"], strict=True)
    ]  # fmt: skip
    spots = shapely.points(estates[["lon", "lat"]].to_numpy(float))
    order = np.argsort(-estates["buildings"].to_numpy(), kind="stable")
    names = estates["name"].tolist()
    rows += [(spots[at], names[at], "gw-estate", _ESTATES_FROM) for at in order]
    return [
        [round(point.y, 6), round(point.x, 6), escape(str(name)), kind, zoom]
        for point, name, kind, zoom in rows
        if clip.contains(point)
    ]
