"""Maps of the ways that teams take: a colour for each shift, stops numbered in the order to walk.

Drawn for the planner with what planners may know, and for a team without it: what a stop's label
says is given by the caller.
"""

from collections.abc import Iterable, Mapping, Sequence
from colorsys import hls_to_rgb
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from dashboard.i18n import Translator
from dashboard.i18n.patrol import clock, listed, shift_text
from dashboard.maps.paper_basemap import AREA_COLOURS, DARK_AREAS, add_basemap
from dashboard.maps.standalone.standalone_map import (
    MapScript,
    StandaloneMap,
    add_shapes,
    heading,
    legend,
    style_of,
)
from dashboard.maps.territories import HUES
from dashboard.runtime import context

_MOST_NAMED: Final = 14
_GOLDEN_TURN: Final = 0.618034
"""Of the circle of colours, from one to the next: any number of them lie far apart."""
_LIGHTNESSES: Final = (0.32, 0.45, 0.58)
_ROOM: Final = 0.012
"""Degrees that the map shows beside the ways: about a kilometre."""
_WIDEST: Final = 2.5
"""So many times as wide as high is the frame on a wide page: the basemap ends nowhere inside."""
_SNAP: Final = 0.25
"""Steps of zoom in which a whole route is fitted: with whole ones it fills a quarter on a phone."""
_HOUSES_WITHIN: Final = 0.003
"""Degrees from a stop: houses farther than some 300 m help nobody to find it."""
_MOST_HOUSES: Final = 3_000
_HOUSE: Final = {"fillColor": AREA_COLOURS["建筑"], "fillOpacity": 1.0, "color": "#b9b2a6",
                 "weight": 1, "interactive": False,
                 "dark": {"fillColor": DARK_AREAS["建筑"], "color": "#33465a"}}  # fmt: skip
_STOP_PX, _APART_PX = 9, 16
"""Radius of a stop in whose ring its number stands; how far apart two of them lie at least."""
_EDGE: Final = {"color": "#ffffff", "weight": 6, "opacity": 0.85, "fill": False}
"""Under each way, so that it is seen on any background."""


@dataclass(frozen=True, slots=True)
class Way:
    """A shift's way: its name, its colour, and where it goes in order.

    ``lon``, ``lat``: degrees, WGS-84; stops without a place are left out.
    ``numbers``, ``labels``: of each stop: its place in the order, and what its tooltip says as
    plain text.
    """

    name: str
    hue: str
    """CSS colour."""
    lon: Sequence[float]
    lat: Sequence[float]
    numbers: Sequence[int]
    labels: Sequence[str]


def hues_of(shifts: Iterable[str]) -> dict[str, str]:
    """Give each shift a colour of its own, the same on map and board, in order of their codes."""
    return {shift: _hue(place) for place, shift in enumerate(sorted(map(str, set(shifts))))}


def _hue(place: int) -> str:
    """Return the colours that colour-blind people tell apart, then others around the circle."""
    if place < len(HUES):
        return HUES[place]
    turn = (place - len(HUES)) * _GOLDEN_TURN % 1.0
    lightness = _LIGHTNESSES[place % len(_LIGHTNESSES)]
    return "#" + "".join(f"{round(each * 255):02x}" for each in hls_to_rgb(turn, lightness, 0.6))


def routes_of(
    shifts: pd.DataFrame, stops: pd.DataFrame, *, hues: Mapping[str, str], say: Translator
) -> list[Way]:
    """Return the ways of shifts that have stops, in order.

    ``shifts``: ``shift_id, team, day, part``.
    ``stops``: ``shift_id, place, name, arrive, lon, lat`` and any of ``mode``, ``tier``.
    ``hues``: shift to colour.
    """
    placed = stops[np.isfinite(stops[["lon", "lat"]].to_numpy(float)).all(axis=1)]
    by_shift = dict(tuple(placed.sort_values("place").groupby("shift_id")))
    return [
        Way(
            name=shift_text(shift, say=say),
            hue=hues[str(shift.shift_id)],
            lon=way["lon"].tolist(),
            lat=way["lat"].tolist(),
            numbers=way["place"].tolist(),
            labels=[_label(row, say=say) for row in way.itertuples(index=False)],
        )
        for shift in shifts.itertuples(index=False)
        if (way := by_shift.get(shift.shift_id)) is not None
    ]


def walk_of(buildings: pd.DataFrame, *, name: str) -> Way:
    """Return somebody's own walk of a day as a way.

    ``buildings``: rows of ``my_buildings`` of that day.
    """
    placed = buildings[np.isfinite(buildings[["lon", "lat"]].to_numpy(float)).all(axis=1)]
    placed = placed.sort_values("order")
    return Way(
        name=name,
        hue=HUES[0],
        lon=placed["lon"].tolist(),
        lat=placed["lat"].tolist(),
        numbers=placed["order"].tolist(),
        labels=[f"{row.order} · {row.name}" for row in placed.itertuples(index=False)],
    )


def routes_page(ways: Sequence[Way], *, title: str, facts: str, say: Translator) -> str:
    """Return ways as one page that opens on any PC without internet.

    ``title``, ``facts``: heading and a line under it, plain text.
    """
    page = _placed(ways)
    if ways:
        add_basemap(page, _around(ways), say=say)
        _add_houses(page, ways)
        _add_lines(page, ways)
        _add_stops(page, ways)
        page.add_child(MapScript("numbers", radius=_STOP_PX, apart=_APART_PX))
    facts = facts if ways else say("None of these stops has a place on the map.")
    return page.page(title=title, above=heading(title, facts), below=_legend(ways))


def _add_houses(page: StandaloneMap, ways: Sequence[Way]) -> None:
    """Draw the houses around stops in grey; of more than 3,000 those nearest to one."""
    lon, lat = np.concatenate([(way.lon, way.lat) for way in ways], axis=1)
    stops = shapely.multipoints(np.column_stack([lon, lat]))
    box = shapely.bounds(stops) + _HOUSES_WITHIN * np.array([-1, -1, 1, 1])
    houses = context.office().basemap.footprints(context.actor(), box)
    away = shapely.distance(houses, stops)
    nearest = np.argsort(away, kind="stable")[:_MOST_HOUSES]
    drawn = houses[nearest[away[nearest] < _HOUSES_WITHIN]]
    if len(drawn):
        add_shapes(page, drawn, name="houses", styles=[_HOUSE] * len(drawn))


def _add_lines(page: StandaloneMap, ways: Sequence[Way]) -> None:
    walked = [way for way in ways if len(way.lon) > 1]
    if not walked:
        return
    lines = [shapely.LineString(list(zip(way.lon, way.lat, strict=True))) for way in walked]
    styles = [{"color": way.hue, "weight": 3, "opacity": 0.85, "fill": False} for way in walked]
    add_shapes(page, lines, name="edges", styles=[_EDGE] * len(lines), precision_mode="pointwise")
    add_shapes(
        page, lines, name="ways", styles=styles, labels=[way.name for way in walked],
        precision_mode="pointwise",  # a line between stops in one place stays a line
    )  # fmt: skip


def _add_stops(page: StandaloneMap, ways: Sequence[Way]) -> None:
    styles = [
        style_of("#ffffff", way.hue, width_px=3, opacity=0.9) | {"radius": _STOP_PX, "number": each}
        for way in ways
        for each in way.numbers
    ]
    add_shapes(
        page,
        [point for way in ways for point in shapely.points(way.lon, way.lat)],
        name="stops",
        styles=styles,
        labels=[label for way in ways for label in way.labels],
    )


def _around(ways: Sequence[Way]) -> tuple[float, float, float, float]:
    """Return a box around ways, degrees, with room beside them, as wide as a page is."""
    lon, lat = [x for way in ways for x in way.lon], [y for way in ways for y in way.lat]
    wide = _WIDEST * (max(lat) - min(lat)) / np.cos(np.radians(max(lat)))
    aside = _ROOM + max(0.0, float(wide) - (max(lon) - min(lon))) / 2
    return min(lon) - aside, min(lat) - _ROOM, max(lon) + aside, max(lat) + _ROOM


def _placed(ways: Sequence[Way]) -> StandaloneMap:
    if not ways:
        return StandaloneMap(location=[0, 0], zoom_start=2)
    lon, lat = np.array([(x, y) for way in ways for x, y in zip(way.lon, way.lat, strict=True)]).T
    page = StandaloneMap(location=[float(lat.mean()), float(lon.mean())], zoom_start=17)
    page.options["zoomSnap"] = _SNAP
    bounds = [[float(lat.min()), float(lon.min())], [float(lat.max()), float(lon.max())]]
    page.add_child(MapScript("whole_view", bounds=bounds))
    return page


def _label(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    parts = [f"{int(row.place)}. {row.name}", clock(row.arrive)]
    if getattr(row, "mode", ""):
        parts.append(say.name("visit_kind", str(row.mode)))
    if getattr(row, "tier", ""):
        parts.append(say.name("tier", str(row.tier)))
    return listed(parts, say=say)


def _legend(ways: Sequence[Way]) -> str:
    """Name each way; of many none, for their panel would hide the map. Their tooltips name them."""
    if len(ways) > _MOST_NAMED:
        return ""
    return legend(((way.hue, way.hue, way.name, "plain") for way in ways), height="4px")
