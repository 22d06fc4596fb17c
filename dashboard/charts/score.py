"""Charts of a score: how its points add up, and how it moved.

Plain Vega-Lite specifications; building them through altair costs more than the whole page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.i18n import Translator
from dashboard.maps.palette import TIERS

Spec = dict[str, Any]
INK = "#1d2733"
RAISES, LOWERS, TOTAL = "#b1532a", "#2f7d74", "#3d4a58"
CONFIG: Spec = {
    "font": "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif",
    "axis": {"labelFontSize": 13, "titleFontSize": 12, "labelColor": INK,
             "titleColor": "#4a5563", "gridColor": "#e6eaee", "domainColor": "#b6c0ca"},
    "text": {"fontSize": 13},
    "view": {"stroke": None},
}  # fmt: skip
_NUMBERS: Spec = {
    "mark": {"type": "text", "align": "left", "dx": 5, "color": INK},
    "encoding": {"x": {"field": "edge", "type": "quantitative"}, "text": {"field": "text"}},
}
_BAR_PX = 26
_ROOM_FOR_LABELS = 1.28  # so that the longest bar's number stays inside
BASE = "exposure"  # what a place scores for its size alone, before anything was seen


def points_table(points: Mapping[str, float], *, say: Translator) -> pd.DataFrame:
    """Lay points end to end: ``factor, points, start, end, kind``, the total last.

    Parameters
    ----------
    points
        Factor to points; they add up to the score.
    say
        Names the factors.

    Returns
    -------
    The base first, then the others by size without those of no points, then one row for the sum,
    which starts at zero.
    """
    base = [name for name in points if name == BASE]
    others = [n for n in points if n != BASE and points[n] != 0]
    others.sort(key=lambda n: (-abs(points[n]), n))
    rows, at = [], 0.0
    for name in base + others:
        value = float(points[name])
        kind = "raises" if value >= 0 else "lowers"
        rows.append((say.name("factor", name), value, at, at + value, kind))
        at += value
    rows.append((say("Score"), at, 0.0, at, "total"))
    return pd.DataFrame(rows, columns=["factor", "points", "start", "end", "kind"])


def points_bar(points: Mapping[str, float], *, say: Translator) -> Spec:
    """Draw points as bars laid end to end, the last one their sum."""
    table = points_table(points, say=say)
    rows: list[Spec] = [
        {
            **{str(name): value for name, value in row.items()},
            "text": _signed(row["points"], total=row["kind"] == "total"),
            "edge": max(row["start"], row["end"]),
        }
        for row in table.to_dict("records")
    ]
    factor = {"field": "factor", "title": say("Factor")}
    value = {"field": "points", "title": say("Points"), "type": "quantitative", "format": ",.2f"}
    names = {"field": "factor", "type": "nominal", "sort": None, "title": None,
             "axis": {"labelLimit": 170, "ticks": False}}  # fmt: skip
    return {
        "data": {"values": rows},
        "height": _BAR_PX * len(rows) + 40,
        "encoding": {"y": names, "tooltip": [factor, value]},
        "layer": [_bars(rows), _NUMBERS],
        "config": CONFIG,
    }


def _bars(rows: list[Spec]) -> Spec:
    """Return the layer of bars, with room for the numbers beside them."""
    least = min(0.0, *(row["start"] for row in rows))
    most = max(row["edge"] for row in rows) * _ROOM_FOR_LABELS or 1.0
    colours = {"domain": ["raises", "lowers", "total"], "range": [RAISES, LOWERS, TOTAL]}
    start = {"field": "start", "type": "quantitative", "title": None,
             "axis": {"grid": True, "tickCount": 5},
             "scale": {"domain": [least, most]}}  # fmt: skip
    colour = {"field": "kind", "type": "nominal", "scale": colours, "legend": None}
    return {
        "mark": {"type": "bar", "height": {"band": 0.66}},
        "encoding": {"x": start, "x2": {"field": "end"}, "color": colour},
    }


def trend_line(trend: pd.DataFrame, *, say: Translator, height_px: int = 170) -> Spec:
    """Draw a score over the snapshots, each point in its tier's colour.

    Parameters
    ----------
    trend
        Columns ``as_of, score, tier, rank``, oldest first.
    say
        Wording of the axes.
    height_px
        Height of the chart.
    """
    data = trend.assign(
        day=pd.to_datetime(trend["as_of"]).dt.strftime("%Y-%m-%d"),
        label=[say.name("tier", tier) for tier in trend["tier"]],
    )
    rows = data[["day", "score", "rank", "label"]].to_dict("records")
    top = float(trend["score"].max()) if rows else 1.0
    colours = {"domain": [say.name("tier", style.tier) for style in TIERS],
               "range": [style.fill for style in TIERS]}  # fmt: skip
    return {
        "data": {"values": rows},
        "height": height_px,
        "encoding": {
            "x": {"field": "day", "type": "ordinal", "title": None,
                  "axis": {"labelAngle": 0, "labelOverlap": True}},
            "y": {"field": "score", "type": "quantitative", "title": None,
                  "scale": {"domain": [0, top or 1.0], "nice": True}},
        },
        "layer": [
            {"mark": {"type": "line", "color": "#5f6875"}},
            {
                "mark": {"type": "point", "size": 90, "filled": True, "stroke": INK,
                         "strokeWidth": 1, "opacity": 1},
                "encoding": {
                    "color": {"field": "label", "type": "nominal", "scale": colours,
                              "legend": None},
                    "tooltip": [{"field": "day", "title": say("As of")},
                                {"field": "score", "title": say("Score"), "format": ",.1f",
                                 "type": "quantitative"},
                                {"field": "rank", "title": say("Rank"), "type": "quantitative"},
                                {"field": "label", "title": say("Tier")}],
                },
            },
        ],
        "config": CONFIG,
    }  # fmt: skip


def _signed(points: float, *, total: bool) -> str:
    return f"{points:,.1f}" if total else f"{points:+,.1f}".replace("-0.0", "0.0")
