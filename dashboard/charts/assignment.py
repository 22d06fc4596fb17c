"""The chart of an assignment: how even the load gets by how much may change."""

import pandas as pd

from dashboard.charts import vega
from dashboard.charts.vega import Spec
from dashboard.i18n import Translator

_CHOSEN = "#b1532a"
_CURVE_PX = 170


def evenness_curve(curve: pd.DataFrame, *, now: tuple[float, float], say: Translator) -> Spec:
    """Draw how even the load gets by how much may change, and where the sliders stand.

    ``curve``: ``moved_share, max_over_mean``, a row for each step.
    ``now``: share that changes and evenness of the chosen proposal.
    """
    x = vega.number("moved", say("share that changes hands"), share=True)
    y = vega.number("even", say("highest load / mean"), scale={"zero": False})
    points = [
        {"moved": float(share), "even": float(load)}
        for share, load in curve[["moved_share", "max_over_mean"]].to_numpy()
    ]
    chosen = [{"moved": now[0], "even": now[1], "label": say("chosen")}]
    tooltip = vega.tooltip({**x, "format": ".1%"}, {**y, "format": ".3f"})
    line = {"type": "line", "color": vega.LINE, "point": True}
    dot = {**vega.DOT, "size": 160, "color": _CHOSEN, "stroke": vega.INK, "strokeWidth": 1}
    text = {"type": "text", "dy": -14, "color": vega.INK}
    return vega.chart(
        _CURVE_PX,
        [
            vega.layer(line, points, x=x, y=y, tooltip=tooltip),
            vega.layer(dot, chosen, x=x, y=y),
            vega.layer(text, chosen, x=x, y=y, text={"field": "label"}),
        ],
    )
