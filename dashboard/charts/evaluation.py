"""Charts of an evaluation besides its curves: windows, calibration, shares, intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.charts import vega
from dashboard.charts.curves import OUR_COLOUR
from dashboard.charts.vega import Spec
from dashboard.i18n import Translator
from dashboard.i18n.measures import measure_text
from governance.scores.evaluation_tables import OURS

THEIR_COLOUR = "#1f5f8b"
_CHART_PX, _BAR_PX, _AXIS_PX = 300, 26, 80
_WITH_TEXT = 1.5
"""Where the axis of shares ends, so that what stands behind a full bar is seen."""
_DOT = {**vega.DOT, "size": 90}
_LEGEND = {"orient": "top", "title": None, "labelFontSize": 13, "labelLimit": 220}


def paired_origins(pairs: pd.DataFrame, *, measure: str, other: str, say: Translator) -> Spec:
    """Draw ours and another method in each window, a line between the two.

    ``pairs``: ``origin, ours, theirs`` from `governance.scores.evaluation_tables.origins_table`.
    ``measure``: what the values are of.
    """
    names = {"ours": say.name("method", OURS), "theirs": say.name("method", other)}
    ours, theirs = names.values()
    points = [
        {"origin": str(row["origin"]), "method": name, "value": float(row[who]),
         "text": measure_text(measure, row[who])}
        for who, name in names.items()
        for row in pairs.dropna(subset=[who]).to_dict("records")
    ]  # fmt: skip
    links = [
        {"origin": str(row["origin"]), "value": float(row["ours"]), "other": float(row["theirs"])}
        for row in pairs.dropna(subset=["difference"]).to_dict("records")
    ]
    x = vega.steps("origin", say("Window beginning"))
    scale, share = {"zero": False, "padding": 10}, measure_text(measure, 0.5).endswith("%")
    y = vega.number("value", say.name("measure", measure), share=share, scale=scale)
    rule = {"type": "rule", "color": "#aab4be", "strokeWidth": 2}
    return vega.chart(
        _CHART_PX,
        [
            vega.layer(rule, links, x=x, y=y, y2={"field": "other"}),
            vega.layer(
                {**vega.DOT, "size": 110}, points, x=x, y=y,
                color=vega.by("method", {ours: OUR_COLOUR, theirs: THEIR_COLOUR}, legend=_LEGEND),
                shape=vega.by("method", {ours: "circle", theirs: "square"}, legend=_LEGEND),
                tooltip=vega.tooltip(origin=" ", method=" ", text=" "),
            ),
        ],
    )  # fmt: skip


def calibration(tenths: pd.DataFrame, *, say: Translator) -> Spec:
    """Draw what came against what was expected, in tenths; on the line they agree.

    ``tenths``: ``tenth, expected, observed``.
    """
    top = float(tenths[["expected", "observed"]].max().max()) * 1.05 or 1.0
    rows = tenths[["tenth", "expected", "observed"]].round(1).to_dict("records")
    scale = {"domain": [0, top], "nice": False}
    x = vega.number("expected", say("Expected"), scale=scale)
    y = vega.number("observed", say("Came"), scale=scale)
    agreed = [{"expected": 0.0, "observed": 0.0}, {"expected": top, "observed": top}]
    return vega.chart(
        _CHART_PX,
        [
            vega.layer({"type": "line", **vega.REFERENCE}, agreed),
            vega.layer({**_DOT, "color": OUR_COLOUR}, rows,
                       tooltip=vega.tooltip(vega.number("tenth", say("Tenth")), x, y)),
        ],
        encoding={"x": x, "y": y},
    )  # fmt: skip


def share_bars(rows: Sequence[Mapping[str, Any]], *, title: str) -> Spec:
    """Draw shares as bars with their text at the edge, where none is cut off.

    ``name, share, text`` per row, and ``by_chance``: where a mark crosses the bar, if anywhere.
    """
    axis = {"values": [0, 0.2, 0.4, 0.6, 0.8, 1]}
    x = vega.number("share", title, share=True, axis=axis, scale={"domain": [0, _WITH_TEXT]})
    text = {"type": "text", "align": "right", "color": vega.INK}
    return vega.chart(
        _BAR_PX * len(rows) + _AXIS_PX,
        [
            vega.layer({"type": "bar", "color": "#8fa3b5", "height": {"band": 0.66}}),
            vega.layer(text, text={"field": "text"}, x={"value": "width"}),
            vega.layer(
                {"type": "tick", "color": vega.INK, "thickness": 3, "height": {"band": 0.9}},
                x={"field": "by_chance", "type": "quantitative"},
            ),
        ],
        data={"values": [dict(row) for row in rows]},
        encoding={"x": x, "y": vega.rows_of("name", limit_px=170)},
    )


def intervals(rows: Sequence[Mapping[str, Any]], *, title: str, middle: float | None) -> Spec:
    """Draw values with their intervals, one below the other.

    ``rows``: ``name, value, low, high``, ``text`` for the tooltip, ``kind``: ``plain`` or
    ``flagged``.
    ``middle``: where a line marks "no difference", if anywhere.
    """
    x = vega.number("value", title)
    names = vega.rows_of("name", limit_px=190)
    colour = vega.by("kind", {"plain": "#3d4a58", "flagged": OUR_COLOUR})
    tooltip = vega.tooltip(name=" ", text=title)
    return vega.chart(
        _BAR_PX * len(rows) + _AXIS_PX,
        [
            *([] if middle is None else [vega.upright(middle)]),
            vega.layer({"type": "rule", "strokeWidth": 2}, rows, y=names, color=colour,
                       x={**x, "field": "low"}, x2={"field": "high"}),
            vega.layer(_DOT, rows, y=names, color=colour, tooltip=tooltip,
                       x={**x, "scale": {"zero": middle is None}},
                       shape=vega.by("kind", {"plain": "circle", "flagged": "diamond"})),
        ],
    )  # fmt: skip
