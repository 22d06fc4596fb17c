"""Charts of an evaluation besides its curves: windows, calibration, shares, intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard.charts.curves import OUR_COLOUR, QUIET, drawn_name
from dashboard.charts.score import CONFIG, INK, Spec
from dashboard.i18n import Translator
from dashboard.i18n.measures import measure_text
from governance.scores.evaluation_tables import OURS

THEIR_COLOUR = "#1f5f8b"
_CHART_PX, _BAR_PX, _AXIS_PX = 300, 26, 80
_REFERENCE: Spec = {"color": QUIET, "strokeDash": [4, 3]}
_DOTS: Spec = {"filled": True, "size": 90, "opacity": 1}


def paired_origins(pairs: pd.DataFrame, *, measure: str, other: str, say: Translator) -> Spec:
    """Draw ours and another method in each window, a line between the two.

    Parameters
    ----------
    pairs
        ``origin, ours, theirs`` from `governance.scores.evaluation_tables.origins_table`.
    measure
        What the values are of.
    other
        The other method.
    say
        Wording.
    """
    names = {"ours": drawn_name(OURS, say=say), "theirs": drawn_name(other, say=say)}
    x = {
        "field": "origin",
        "type": "ordinal",
        "title": say("Window beginning"),
        "axis": {"labelAngle": 0, "labelOverlap": True},
    }
    y = _value(measure, say=say)
    return {
        "height": _CHART_PX,
        "layer": [
            {
                "data": {"values": _links(pairs)},
                "mark": {"type": "rule", "color": "#aab4be", "strokeWidth": 2},
                "encoding": {"x": x, "y": y, "y2": {"field": "other"}},
            },
            {
                "data": {"values": _points(pairs, names, measure=measure)},
                "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
                "encoding": {"x": x, "y": y, **_told_apart(list(names.values()))},
            },
        ],
        "config": CONFIG,
    }  # fmt: skip


def _points(pairs: pd.DataFrame, names: Mapping[str, str], *, measure: str) -> list[dict[str, Any]]:
    """Return one point per window and method that is known there."""
    return [
        {
            "origin": str(row["origin"]),
            "method": name,
            "value": float(row[who]),
            "text": measure_text(measure, row[who]),
        }
        for who, name in names.items()
        for row in pairs.to_dict("records")
        if row[who] == row[who]
    ]


def _links(pairs: pd.DataFrame) -> list[dict[str, Any]]:
    """Return both ends of the line between the two, where both are known."""
    return [
        {"origin": str(row["origin"]), "value": float(row["ours"]), "other": float(row["theirs"])}
        for row in pairs.dropna(subset=["difference"]).to_dict("records")
    ]


def calibration(tenths: pd.DataFrame, *, say: Translator) -> Spec:
    """Draw what came against what was expected, in tenths; on the line they agree.

    Parameters
    ----------
    tenths
        ``tenth, expected, observed``.
    say
        Wording.
    """
    top = float(tenths[["expected", "observed"]].max().max()) * 1.05 or 1.0
    rows = [
        {
            "tenth": int(row["tenth"]),
            "expected": round(row["expected"], 1),
            "observed": round(row["observed"], 1),
        }
        for row in tenths.to_dict("records")
    ]
    scale = {"domain": [0, top], "nice": False}
    x = {"field": "expected", "type": "quantitative", "title": say("Expected"), "scale": scale}
    y = {"field": "observed", "type": "quantitative", "title": say("Came"), "scale": scale}
    agreed = [{"expected": 0.0, "observed": 0.0}, {"expected": top, "observed": top}]
    titles = {"tenth": say("Tenth"), "expected": say("Expected"), "observed": say("Came")}
    tip = [{"field": n, "type": "quantitative", "title": title} for n, title in titles.items()]
    return {
        "height": _CHART_PX,
        "encoding": {"x": x, "y": y},
        "layer": [
            {"data": {"values": agreed}, "mark": {"type": "line", **_REFERENCE}},
            {
                "data": {"values": rows},
                "encoding": {"tooltip": tip},
                "mark": {"type": "point", **_DOTS, "color": OUR_COLOUR},
            },
        ],
        "config": CONFIG,
    }


def share_bars(rows: Sequence[Mapping[str, Any]], *, title: str) -> Spec:
    """Draw shares as bars with their text at the end: ``name, share, text`` per row."""
    x = {
        "field": "share",
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [0, 1]},
        "axis": {"format": ".0%", "tickCount": 5},
    }
    return {
        "height": _BAR_PX * len(rows) + _AXIS_PX,
        "layer": [
            {
                "data": {"values": [dict(row) for row in rows]},
                "encoding": {"x": x, "y": _names(170)},
                "layer": [
                    {"mark": {"type": "bar", "color": "#8fa3b5", "height": {"band": 0.66}}},
                    {
                        "mark": {"type": "text", "align": "left", "dx": 5, "color": INK},
                        "encoding": {"text": {"field": "text"}},
                    },
                ],
            },
        ],
        "config": CONFIG,
    }


def intervals(rows: Sequence[Mapping[str, Any]], *, title: str, middle: float | None) -> Spec:
    """Draw values with their intervals, one below the other.

    Parameters
    ----------
    rows
        ``name, value, low, high``, ``text`` for the tooltip, ``kind``: ``plain`` or ``flagged``.
    title
        Of the axis.
    middle
        Where a line marks "no difference", if anywhere.
    """
    value = {"field": "value", "type": "quantitative", "title": title}
    x = {**value, "scale": {"zero": middle is None}}
    ends = {"x": {**value, "field": "low"}, "x2": {"field": "high"}}
    kinds = {"field": "kind", "type": "nominal", "legend": None}
    colour = {**kinds, "scale": {"domain": ["plain", "flagged"], "range": ["#3d4a58", OUR_COLOUR]}}
    shape = {**kinds, "scale": {"domain": ["plain", "flagged"], "range": ["circle", "diamond"]}}
    tip = {"tooltip": [{"field": "name", "title": " "}, {"field": "text", "title": title}]}
    return {
        "height": _BAR_PX * len(rows) + _AXIS_PX,
        "layer": [
            *([] if middle is None else [_upright(middle)]),
            {
                "data": {"values": [dict(row) for row in rows]},
                "encoding": {"y": _names(190)},
                "layer": [
                    {
                        "mark": {"type": "rule", "strokeWidth": 2},
                        "encoding": {**ends, "color": colour},
                    },
                    {
                        "mark": {"type": "point", **_DOTS},
                        "encoding": {"x": x, "color": colour, "shape": shape, **tip},
                    },
                ],
            },
        ],
        "config": CONFIG,
    }


def _upright(at: float) -> Spec:
    """Return a layer with an upright line at one value."""
    return {
        "data": {"values": [{"at": at}]},
        "mark": {"type": "rule", **_REFERENCE},
        "encoding": {"x": {"field": "at", "type": "quantitative"}},
    }


def _names(limit_px: int) -> Spec:
    """Return the channel of rows one below the other, in the order given, each with its name."""
    axis = {"labelLimit": limit_px, "ticks": False, "labelOverlap": False, "labelFlush": False}
    return {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": axis}


def _told_apart(names: list[str]) -> Spec:
    """Return channels that tell ours and another method apart by colour and by shape."""
    legend = {"orient": "top", "title": None, "labelFontSize": 13, "labelLimit": 220}
    by = {"field": "method", "type": "nominal", "legend": legend}
    return {
        "color": {**by, "scale": {"domain": names, "range": [OUR_COLOUR, THEIR_COLOUR]}},
        "shape": {**by, "scale": {"domain": names, "range": ["circle", "square"]}},
        "tooltip": [{"field": name, "title": " "} for name in ("origin", "method", "text")],
    }


def _value(measure: str, *, say: Translator) -> Spec:
    shares = measure_text(measure, 0.5).endswith("%")
    return {
        "field": "value", "type": "quantitative", "title": say.name("measure", measure),
        "scale": {"zero": False, "padding": 10},
        **({"axis": {"format": ".0%"}} if shares else {}),
    }  # fmt: skip
