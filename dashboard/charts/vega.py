"""What all charts are made of: axes, layers, colours, in plain Vega-Lite.

Plain dictionaries, because building charts through altair costs more than the whole page.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

Spec = dict[str, Any]
INK, QUIET, LINE = "#1d2733", "#6b7682", "#5f6875"
DOT: Final[Spec] = {"type": "point", "filled": True, "opacity": 1}
REFERENCE: Final[Spec] = {"color": QUIET, "strokeDash": [4, 3]}
"""How a line looks that values are compared with."""
# Marks and legends are silent for screen readers: they would be read in English, number by number.
# The table below a chart says the same.
_CONFIG: Final[Spec] = {
    "font": "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif",
    "axis": {"labelFontSize": 13, "titleFontSize": 12, "labelColor": INK,
             "titleColor": "#4a5563", "gridColor": "#e6eaee", "domainColor": "#b6c0ca"},
    "mark": {"aria": False},
    "legend": {"aria": False},
    "text": {"fontSize": 13},
    "view": {"stroke": None},
}  # fmt: skip


def chart(height_px: float, layers: Sequence[Spec], **shared: object) -> Spec:
    """Return a chart of layers; ``shared`` is what they have in common, such as data."""
    return {"height": height_px, **shared, "layer": list(layers), "config": _CONFIG}


def layer(
    mark: Spec | str, rows: Sequence[Mapping[Any, Any]] | None = None, **encoding: object
) -> Spec:
    """Return rows drawn as a mark; without rows, those of the whole chart."""
    data = {} if rows is None else {"data": {"values": [dict(row) for row in rows]}}
    drawn = {"type": mark} if isinstance(mark, str) else mark
    return {**data, "mark": drawn, "encoding": encoding}


def number(
    field: str, title: str | None = None, *, share: bool = False, **settings: object
) -> Spec:
    """Return the channel of a number; ``share`` writes its axis in per cent.

    ``settings`` are Vega-Lite's ``scale`` and ``axis``.
    """
    if share:
        settings["axis"] = {"format": ".0%", **dict(settings.get("axis") or {})}  # type: ignore[call-overload]
    return {"field": field, "type": "quantitative", "title": title, **settings}


def rows_of(field: str, *, limit_px: int) -> Spec:
    """Return the channel of rows one below the other, in the order given, each with its name."""
    axis = {"labelLimit": limit_px, "ticks": False, "labelOverlap": False, "labelFlush": False}
    return {"field": field, "type": "nominal", "sort": None, "title": None, "axis": axis}


def steps(field: str, title: str | None = None) -> Spec:
    """Return the channel of columns side by side, in their order."""
    axis = {"labelAngle": 0, "labelOverlap": True}
    return {"field": field, "type": "ordinal", "title": title, "axis": axis}


def by(field: str, looks: Mapping[str, object], *, legend: Spec | None = None) -> Spec:
    """Return the channel that gives each value of a field its look: a colour, dashes, a shape."""
    scale = {"domain": list(looks), "range": list(looks.values())}
    return {"field": field, "type": "nominal", "scale": scale, "legend": legend}


def tooltip(*fields: Spec, **titles: str) -> list[Spec]:
    """Return what is told where the pointer stays: fields, and others by name and title."""
    shown: list[Spec] = [
        {name: each[name] for name in ("field", "type", "title", "format") if name in each}
        for each in fields
    ]
    return shown + [{"field": name, "title": title} for name, title in titles.items()]


def upright(at: float) -> Spec:
    """Return a layer with an upright line at one value."""
    x = {"field": "at", "type": "quantitative"}  # no title: it would stand for that of the values
    return layer({"type": "rule", **REFERENCE}, [{"at": at}], x=x)
