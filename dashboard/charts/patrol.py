"""Charts of patrol plans: how often something was found, each with the range it may lie in."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts.score import CONFIG, INK, Spec
from dashboard.i18n import Translator

_COLOURS = {"list": "#1f5f8b", "random": "#b1532a"}
_ROW_PX, _AXIS_PX = 48, 56
_ROOM = 1.08  # so that the longest range ends inside


def share_text(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    """Return a rate with its range, a dash where nothing was visited."""
    if pd.isna(row.rate):
        return "—"
    return say("{rate}, {low} to {high}", rate=f"{row.rate:.0%}", low=f"{row.low:.0%}",
               high=f"{row.high:.0%}")  # fmt: skip


def rates_spec(arms: pd.DataFrame, *, say: Translator) -> Spec:
    """Draw a point and its range for each arm that was visited.

    Parameters
    ----------
    arms
        ``arm, visited, found, rate, low, high``; rates 0 to 1.
    say
        Names of the arms and the axis.
    """
    seen: Any = arms[arms["visited"] > 0]
    rows = [
        {"arm": say.name("arm", str(row.arm)), "rate": float(row.rate), "low": float(row.low),
         "high": float(row.high), "text": share_text(row, say=say),
         "hue": _COLOURS.get(str(row.arm), INK)}
        for row in seen.itertuples(index=False)
    ]  # fmt: skip
    most = min(1.0, float(seen["high"].max()) * _ROOM) if rows else 1.0
    y: Spec = {"field": "arm", "type": "nominal", "sort": None, "title": None,
               "axis": {"labelLimit": 200, "ticks": False}}  # fmt: skip
    x: Spec = {"type": "quantitative", "title": say("share of visits that found something"),
               "axis": {"format": ".0%", "tickCount": 6},
               "scale": {"domain": [0, most]}}  # fmt: skip
    colour: Spec = {"field": "hue", "type": "nominal", "scale": None, "legend": None}
    tooltip: list[Spec] = [{"field": "arm", "title": say("Arm")},
                           {"field": "text", "title": say("Rate")}]  # fmt: skip
    return {
        "data": {"values": rows},
        "height": _ROW_PX * max(len(rows), 1) + _AXIS_PX,
        "encoding": {"y": y, "color": colour, "tooltip": tooltip},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.45},
             "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 150, "opacity": 1},
             "encoding": {"x": {**x, "field": "rate"}}},
            {"mark": {"type": "text", "dy": -15, "align": "left", "color": INK},
             "encoding": {"x": {**x, "field": "low"}, "text": {"field": "text"},
                          "color": {"value": INK}}},
        ],
        "config": CONFIG,
    }  # fmt: skip
