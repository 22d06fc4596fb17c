"""Charts of a score: how its points add up, and how it moved."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.charts import vega
from dashboard.charts.vega import Spec
from dashboard.i18n import Translator
from dashboard.i18n.measures import points_text
from dashboard.maps.palette import TIERS

_KINDS = {"raises": "#b1532a", "lowers": "#2f7d74", "total": "#3d4a58"}
_BAR_PX = 26
_TREND_PX = 170
_ROOM_FOR_LABELS = 1.28  # so that the longest bar's number stays inside
BASE = "exposure"  # what a place scores for its size alone, before anything was seen


def points_table(points: Mapping[str, float], *, say: Translator) -> pd.DataFrame:
    """Lay points end to end: ``factor, points, start, end, kind, text``, the total last.

    ``points``: factor to points; they add up to the score.

    Returns the base first, then the others by size without those of no points, then one row for the
    sum, which starts at zero.
    """
    base = [name for name in points if name == BASE]
    others = [n for n in points if n != BASE and points[n] != 0]
    others.sort(key=lambda n: (-abs(points[n]), n))
    rows, at = [], 0.0
    for name in base + others:
        value = float(points[name])
        kind = "raises" if value >= 0 else "lowers"
        text = _signed(value, total=False)
        rows.append((say.name("factor", name), value, at, at + value, kind, text))
        at += value
    rows.append((say("Score"), at, 0.0, at, "total", _signed(at, total=True)))
    return pd.DataFrame(rows, columns=["factor", "points", "start", "end", "kind", "text"])


def points_bar(points: Mapping[str, float], *, say: Translator) -> Spec:
    """Draw points as bars laid end to end, the last one their sum."""
    rows: list[dict[str, Any]] = [
        {
            **{str(name): value for name, value in row.items()},
            "edge": max(row["start"], row["end"]),
        }
        for row in points_table(points, say=say).to_dict("records")
    ]
    least = min(0.0, *(row["start"] for row in rows))
    most = max(row["edge"] for row in rows) * _ROOM_FOR_LABELS or 1.0
    axis = {"grid": True, "tickCount": 5}
    start = vega.number("start", axis=axis, scale={"domain": [least, most]})
    bar = {"type": "bar", "height": {"band": 0.66}}
    bars = vega.layer(bar, x=start, x2={"field": "end"}, color=vega.by("kind", _KINDS))
    numbers = vega.layer(
        {"type": "text", "align": "left", "dx": 5, "color": vega.INK},
        x={"field": "edge", "type": "quantitative"},
        text={"field": "text"},
    )
    tooltip = vega.tooltip(
        {"field": "factor", "title": say("Factor")},
        {**vega.number("points", say("Points")), "format": ",.2f"},
    )
    return vega.chart(
        _BAR_PX * len(rows) + 40,
        [bars, numbers],
        data={"values": rows},
        encoding={"y": vega.rows_of("factor", limit_px=170), "tooltip": tooltip},
    )


def trend_line(trend: pd.DataFrame, *, say: Translator) -> Spec:
    """Draw a score over the snapshots, each point in its tier's colour.

    ``trend``: columns ``as_of, score, tier, rank``, oldest first.
    """
    data = trend.assign(
        day=pd.to_datetime(trend["as_of"]).dt.strftime("%Y-%m-%d"),
        label=[say.name("tier", tier) for tier in trend["tier"]],
    )
    rows = data[["day", "score", "rank", "label"]].to_dict("records")
    top = float(trend["score"].max()) if rows else 1.0
    tooltip = vega.tooltip(
        {"field": "day", "title": say("As of")},
        {**vega.number("score", say("Score")), "format": ",.1f"},
        vega.number("rank", say("Rank")),
        label=say("Tier"),
    )
    tiers = {say.name("tier", style.tier): style.fill for style in TIERS}
    points = vega.layer(
        {**vega.DOT, "size": 90, "stroke": vega.INK, "strokeWidth": 1},
        color=vega.by("label", tiers),
        tooltip=tooltip,
    )
    height = vega.number("score", scale={"domain": [0, top or 1.0], "nice": True})
    return vega.chart(
        _TREND_PX,
        [vega.layer({"type": "line", "color": vega.LINE}), points],
        data={"values": rows},
        encoding={"x": vega.steps("day"), "y": height},
    )


def _signed(points: float, *, total: bool) -> str:
    return f"{points:,.1f}" if total else points_text(points)
