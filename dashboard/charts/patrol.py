"""Charts of patrol plans: how often something was found, each with the range it may lie in."""

from typing import Any

import pandas as pd

from dashboard.charts import vega
from dashboard.charts.vega import Spec
from dashboard.i18n import Translator

_COLOURS = {"list": "#1f5f8b", "random": "#b1532a"}
_ROW_PX, _AXIS_PX = 48, 56
_ROOM = 1.08  # so that the longest range ends inside


def share_text(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    """Return a rate with its range, a dash where nothing was visited."""
    if pd.isna(row.rate):
        return "—"
    rate, low, high = (f"{share:.0%}" for share in (row.rate, row.low, row.high))
    return say("{rate}, {low} to {high}", rate=rate, low=low, high=high)


def rates_spec(arms: pd.DataFrame, *, say: Translator) -> Spec:
    """Draw a point and its range for each arm that was visited.

    ``arms``: ``arm, visited, found, rate, low, high``; rates 0 to 1.
    """
    seen: Any = arms[arms["visited"] > 0]
    rows = [
        {"arm": say.name("arm", str(row.arm)), "rate": float(row.rate), "low": float(row.low),
         "high": float(row.high), "text": share_text(row, say=say),
         "hue": _COLOURS.get(str(row.arm), vega.INK)}
        for row in seen.itertuples(index=False)
    ]  # fmt: skip
    most = min(1.0, float(seen["high"].max()) * _ROOM) if rows else 1.0
    found, domain = say("share of visits that found something"), {"domain": [0, most]}
    x = vega.number("low", found, share=True, axis={"tickCount": 6}, scale=domain)
    text = {"type": "text", "dy": -15, "align": "left", "color": vega.INK}
    return vega.chart(
        _ROW_PX * max(len(rows), 1) + _AXIS_PX,
        [
            vega.layer(
                {"type": "rule", "strokeWidth": 4, "opacity": 0.45}, x=x, x2={"field": "high"}
            ),
            vega.layer({**vega.DOT, "size": 150}, x={**x, "field": "rate"}),
            vega.layer(text, x=x, text={"field": "text"}, color={"value": vega.INK}),
        ],
        data={"values": rows},
        encoding={
            "y": vega.rows_of("arm", limit_px=200),
            "color": {"field": "hue", "type": "nominal", "scale": None, "legend": None},
            "tooltip": vega.tooltip(arm=say("Arm"), text=say("Rate")),
        },
    )
