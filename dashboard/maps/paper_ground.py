"""The ground under maps that stand alone: streets, water, green, borders and names."""

from collections.abc import Sequence
from html import escape
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from branca.element import MacroElement
from folium.template import Template

from dashboard.maps.content.place_names import places
from dashboard.maps.layer_cache import LayerChoice, map_layer, of_sight
from dashboard.maps.layers import shapes_of
from dashboard.maps.standalone_map import StandaloneMap, add_shapes
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
_BORDER: Final = {"fill": False, "color": "#46566b", "weight": 1.8, "interactive": False}
_GRID: Final = {"fill": False, "color": "#3c4858", "weight": 0.8, "opacity": 0.5,
                "dashArray": "5 4", "interactive": False}  # fmt: skip
_ESTATES_FROM: Final = 15

Box = Sequence[float]
"""West, south, east and north, degrees."""


def add_ground(page: StandaloneMap, box: Box) -> None:
    """Draw what of the ground lies in a box, as far as the acting user may see, and its names.

    Parameters
    ----------
    page
        The map; what is added later lies over it.
    box
        What is drawn; of more than 3,000 features the longest.
    """
    clip = shapely.box(*box)
    features = _features()
    inside = clipped(features, clip)
    for kind, colour in AREA_COLOURS.items():
        areas = inside[(inside["kind"] == kind) & (inside["dimension"] == 2)]  # noqa: PLR2004 -- an area
        style = {"fillColor": colour, "fillOpacity": 1.0, "stroke": False, "interactive": False}
        _add(page, areas, [style] * len(areas))
    roads = inside[(inside["kind"] == "道路") & (inside["dimension"] == 1)]
    roads = roads.assign(width=[ROAD_STYLES[level][1] for level in roads["level"]]).sort_values(
        "width"
    )
    for casing in (True, False):
        _add(page, roads, [_road(level, casing=casing) for level in roads["level"]])
    known = places()
    borders = clipped(known.communities.assign(kind="", level=""), clip)
    _add(page, borders, [_BORDER] * len(borders))
    page.add_child(_Names(_names(roads, known.communities, known.estates, clip)))


def add_grids(page: StandaloneMap, snapshot_id: str) -> None:
    """Draw the borders of the official grids that one may see."""
    grids = shapes_of(map_layer(LayerChoice("grid", snapshot_id)))
    grids = grids[~shapely.is_missing(grids)]
    if len(grids):
        add_shapes(page, grids, name="grids", styles=[_GRID] * len(grids))


def add_pins(page: StandaloneMap, pins: Sequence[dict[str, Any]]) -> None:
    """Stick numbered pins in a map, as :func:`dashboard.maps.content.shown.pins` gives them."""
    page.add_child(_Names([[pin["lat"], pin["lon"], str(pin["number"]), "gw-pin", 0]
                           for pin in pins], above=True))  # fmt: skip


def _features() -> pd.DataFrame:
    office, actor = context.office(), context.actor()
    return of_sight("ground_features", lambda: office.ground.features(actor))


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
            "opacity": 1.0, "fill": False, "interactive": False}  # fmt: skip


def _add(page: StandaloneMap, frame: pd.DataFrame, styles: Sequence[dict[str, Any]]) -> None:
    if len(frame):
        add_shapes(page, frame["shape"].to_numpy(object), name="ground", styles=styles,
                   precision_mode="pointwise")  # fmt: skip


def _names(
    roads: pd.DataFrame, communities: pd.DataFrame, estates: pd.DataFrame, clip: shapely.Geometry
) -> list[list[Any]]:
    """Return place, text, class and smallest zoom of each name, the text escaped."""
    middles = shapely.point_on_surface(shapely.from_wkb(communities["geom"].map(bytes).tolist()))
    rows = [
        (point, name, "gw-community", 0)
        for point, name in zip(middles, communities["name"], strict=True)
    ]
    named = roads[roads["name"] != ""].drop_duplicates("name")
    rows += [
        (shapely.line_interpolate_point(shapely.get_geometry(shape, 0), 0.5, normalized=True), name,
         "gw-road", _ESTATES_FROM)
        for shape, name in zip(named["shape"], named["name"], strict=True)
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


class _Names(MacroElement):  # type: ignore[misc]  # branca ships no types
    """Names on a map, those of small places from near by only."""

    _template = Template(
        "{% macro header(this, kwargs) %}<style>{{ this.style }}</style>{% endmacro %}"
        "{% macro script(this, kwargs) %}(() => {"
        "const map = {{ this._parent.get_name() }};"
        "const given = {{ this.names|tojson }}, isAbove = {{ (this.offset > 0)|tojson }};"
        "const names = given.map(([lat, lon, text, kind, zoom]) => ({ zoom,"
        " long: text.length * (kind === 'gw-community' ? 18 : 13),"
        " mark: L.marker([lat, lon], { interactive: false, keyboard: false,"
        " zIndexOffset: {{ this.offset }}, icon: L.divIcon({ className: 'gw-name ' + kind,"
        " html: '<span>' + text + '</span>', iconSize: [0, 0] }) }) }));"
        "const free = (map.keptFree ??= []);"  # place, half a width, height above and below
        "if (isAbove) free.push(...given.map(([lat, lon]) => [lat, lon, 13, 32, 0]));"
        "const show = () => { const boxes = free.map(([lat, lon, aside, above, below]) => {"
        "const { x, y } = map.project([lat, lon]);"
        "return [x - aside, y - above, x + aside, y + below]; });"
        "for (const { zoom, long, mark } of names) {"
        "const { x, y } = map.project(mark.getLatLng());"
        "const box = [x - long / 2, y - 9, x + long / 2, y + 9];"
        "const isFree = isAbove || !boxes.some((b) => b[0] < box[2]"
        " && b[2] > box[0] && b[1] < box[3] && b[3] > box[1]);"
        "if (map.getZoom() >= zoom && isFree) { boxes.push(box); mark.addTo(map); }"
        " else mark.remove(); } };"
        "map.on('zoomend', show); addEventListener('load', show); show(); })();{% endmacro %}"
    )

    def __init__(self, names: list[list[Any]], *, above: bool = False) -> None:
        super().__init__()
        self._name = "Names"
        self.offset = 500 if above else -500
        self.names = names
        self.style = _NAME_STYLE


_NAME_STYLE: Final = (
    ".gw-name span { position: absolute; transform: translate(-50%, -50%); white-space: nowrap; "
    "font: 500 12px/1.2 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif; color: #3a4554; "
    "text-shadow: 0 0 2px #fff, 0 0 3px #fff, 0 0 4px #fff; pointer-events: none; } "
    ".gw-community span { font-weight: 700; font-size: 15px; letter-spacing: 2px; "
    "color: #24344b; } "
    ".gw-road span { color: #5d564a; } "
    ".gw-pin span { min-width: 22px; padding: 4px 0; text-align: center; border-radius: 12px; "
    "background: #a3123a; border: 2px solid #fff; color: #fff; font-weight: 700; "
    "text-shadow: none; transform: translate(-50%, -130%); "
    "box-shadow: 0 1px 4px rgb(0 0 0 / 40%); }"
)
