"""Charts of a score: how its points add up, and how it moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from dashboard.palette import TIERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.words import Words

RAISES, LOWERS, TOTAL = "#b1532a", "#2f7d74", "#3d4a58"
_FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
_BAR_PX = 26
BASE = "exposure"  # what a place scores for its size alone, before anything was seen


def points_table(points: Mapping[str, float], *, say: Words) -> pd.DataFrame:
    """Lay points end to end: ``factor, points, start, end, kind``, the total last.

    Parameters
    ----------
    points
        Factor to points; they add up to the score.
    say
        Names the factors.

    Returns
    -------
    The base first, then the others by size, then one row for the sum that starts at zero.
    """
    base = [name for name in points if name == BASE]
    others = sorted((n for n in points if n != BASE), key=lambda n: (-abs(points[n]), n))
    rows, at = [], 0.0
    for name in base + others:
        value = float(points[name])
        kind = "raises" if value >= 0 else "lowers"
        rows.append((say.name("factor", name), value, at, at + value, kind))
        at += value
    rows.append((say("Score"), at, 0.0, at, "total"))
    return pd.DataFrame(rows, columns=["factor", "points", "start", "end", "kind"])


def points_bar(points: Mapping[str, float], *, say: Words) -> Any:  # noqa: ANN401 -- a chart after configure is untyped
    """Draw points as bars laid end to end, the last one their sum."""
    table = points_table(points, say=say)
    table["text"] = [
        _signed(value, total=kind == "total")
        for value, kind in zip(table["points"].tolist(), table["kind"].tolist(), strict=True)
    ]
    table["edge"] = table[["start", "end"]].max(axis=1)
    colours = alt.Scale(domain=["raises", "lowers", "total"], range=[RAISES, LOWERS, TOTAL])
    base = alt.Chart(table).encode(
        y=alt.Y("factor:N", sort=None, title=None, axis=alt.Axis(labelLimit=170, ticks=False)),
        tooltip=[alt.Tooltip("factor:N", title=say("Factor")),
                 alt.Tooltip("points:Q", title=say("Points"), format=",.2f")],
    )  # fmt: skip
    bars = base.mark_bar(height={"band": 0.66}).encode(
        x=alt.X(
            "start:Q",
            title=None,
            axis=alt.Axis(grid=True, tickCount=5),
            scale=alt.Scale(domain=[float(table["start"].min()), _room_for_labels(table)]),
        ),
        x2="end:Q",
        color=alt.Color("kind:N", scale=colours, legend=None),
    )
    labels = base.mark_text(align="left", dx=5, color="#1d2733", clip=False).encode(
        x="edge:Q", text="text:N"
    )
    height = _BAR_PX * len(table) + 40
    return _styled((bars + labels).properties(height=height))


def trend_line(trend: pd.DataFrame, *, say: Words, height_px: int = 170) -> Any:  # noqa: ANN401 -- a chart after configure is untyped
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
    colours = alt.Scale(
        domain=[say.name("tier", style.tier) for style in TIERS],
        range=[style.fill for style in TIERS],
    )
    base = alt.Chart(data).encode(
        x=alt.X("day:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("score:Q", title=say("Score"), scale=alt.Scale(zero=True)),
    )
    dots = base.mark_point(size=90, filled=True, stroke="#1d2733", strokeWidth=1, opacity=1).encode(
        color=alt.Color("label:N", scale=colours, legend=None),
        tooltip=[alt.Tooltip("day:N", title=say("As of")),
                 alt.Tooltip("score:Q", title=say("Score"), format=".1f"),
                 alt.Tooltip("rank:Q", title=say("Rank")),
                 alt.Tooltip("label:N", title=say("Tier"))],
    )  # fmt: skip
    return _styled((base.mark_line(color="#5f6875") + dots).properties(height=height_px))


def _room_for_labels(table: pd.DataFrame) -> float:
    """Return where the axis ends, so that the longest bar's number stays inside."""
    return float(table["edge"].max()) * 1.14 or 1.0


def _signed(points: float, *, total: bool) -> str:
    return f"{points:,.1f}" if total else f"{points:+,.1f}".replace("-0.0", "0.0")


def _styled(chart: alt.LayerChart) -> Any:  # noqa: ANN401 -- as above
    return (
        chart.configure(font=_FONT)
        .configure_axis(labelFontSize=13, titleFontSize=12, labelColor="#1d2733",
                        titleColor="#4a5563", gridColor="#e6eaee", domainColor="#b6c0ca")
        .configure_text(fontSize=13)
        .configure_view(stroke=None)
    )  # fmt: skip
