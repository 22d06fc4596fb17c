"""Figures of several offices: over the weeks, and on their outlines."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from dashboard.charts import vega
from dashboard.charts.vega import Spec

_WEEKS_PX: Final = 280
_MAP_PX: Final = 420
# Paul Tol's muted scheme without its light colours, and dashes: no line needs colour vision.
_COLOURS: Final = ("#332288", "#117733", "#aa4499", "#1f78a8", "#7f7a1f", "#a3123a")
_DASHES: Final[tuple[list[int], ...]] = ([1, 0], [6, 3], [2, 3])
_HALO: Final[Spec] = {"color": "white", "stroke": "white", "strokeWidth": 4, "opacity": 0.85}
Rings = Sequence[Sequence[tuple[float, float]]]


def weeks(rows: Sequence[Mapping[str, Any]], *, title: str) -> Spec:
    """Draw a figure of each office over the weeks.

    ``rows``: ``week`` (ISO, such as ``2026-W48``), ``name`` of the office, ``value``.
    """
    names = list(dict.fromkeys(str(row["name"]) for row in rows))
    colours = {name: _COLOURS[at % len(_COLOURS)] for at, name in enumerate(names)}
    dashes = {name: _DASHES[at // len(_COLOURS) % len(_DASHES)] for at, name in enumerate(names)}
    legend: Spec = {"title": None, "orient": "bottom", "columns": 4}
    encoding: dict[str, Any] = {
        "x": vega.steps("week"),
        "y": vega.number("value", title),
        "color": vega.by("name", colours, legend=legend),
        "tooltip": vega.tooltip(name=" ", week=" ", value=title),
    }
    return vega.chart(
        _WEEKS_PX,
        [
            vega.layer("line", strokeDash=vega.by("name", dashes, legend=legend), **encoding),
            vega.layer({**vega.DOT, "size": 60}, **encoding),
        ],
        data={"values": [dict(row) for row in rows]},
    )


def outlines(offices: Sequence[tuple[str, Rings, float | None]], *, title: str) -> Spec:
    """Draw the outlines of offices, darker where a figure is larger, with their names.

    ``offices``: name, rings of longitude and latitude, figure.
    """
    shapes = [
        {"type": "Feature", "name": name, "value": value,
         "geometry": {"type": "MultiPolygon", "coordinates": [[_wound(ring)] for ring in rings]}}
        for name, rings, value in offices
    ]  # fmt: skip
    middles = [
        {"name": name, "lon": sum(x for x, _ in rings[0]) / len(rings[0]),
         "lat": sum(y for _, y in rings[0]) / len(rings[0])}
        for name, rings, _ in offices
    ]  # fmt: skip
    scale = {"scheme": "blues", "domainMin": 0}
    colour = {"field": "value", "type": "quantitative", "scale": scale, "legend": {"title": title}}
    place: dict[str, Any] = {
        "longitude": {"field": "lon", "type": "quantitative"},
        "latitude": {"field": "lat", "type": "quantitative"},
        "text": {"field": "name"},
    }
    return vega.chart(
        _MAP_PX,
        [
            vega.layer({"type": "geoshape", "stroke": vega.INK}, shapes, color=colour,
                       tooltip=vega.tooltip(name=" ", value=title)),
            vega.layer({"type": "text", **_HALO}, middles, **place),
            vega.layer({"type": "text", "color": vega.INK}, middles, **place),
        ],
        projection={"type": "mercator"},
    )  # fmt: skip


def _wound(ring: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Return a ring clockwise, as d3 wants it: the other way round it is all but the outline."""
    area = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(ring))
    wound = ring if area > 0 else ring[::-1]
    return [[x, y] for x, y in wound]
