"""The curves of an evaluation: ours bold, the baselines thin, each named where it ends.

Lines differ by colour and by dashes, and each is named beside the chart, so that none needs colour
vision. Plain Vega-Lite specifications, as in `dashboard.charts.score`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd

from dashboard.charts.score import CONFIG, INK, Spec
from dashboard.i18n import Translator
from governance.scores.evaluation_tables import OUR_METHODS, OURS, Case
from risk.backtest.ground import BUILDING
from risk.backtest.questions import INSPECTED

OUR_COLOUR, QUIET = "#a3123a", "#6b7682"
# Paul Tol's muted scheme without its light colours: 3:1 on white, apart for colour-blind eyes.
_STYLES: Final[Mapping[str, tuple[str, list[int]]]] = {
    "visit_model": (OUR_COLOUR, []),
    "visit_model_no_area": (OUR_COLOUR, [6, 4]),
    "random": (QUIET, [2, 3]),
    "exposure": ("#332288", []),
    "past_count": ("#117733", []),
    "decayed_count": ("#117733", [6, 3]),
    "kde": ("#aa4499", []),
    "k_ring": ("#aa4499", [6, 3]),
    "empirical_bayes": ("#1f78a8", []),
    "z_sum": ("#7f7a1f", [8, 3, 2, 3]),
    "trees": ("#332288", [8, 3, 2, 3]),
    "best": (INK, [1, 3]),
}
_UNKNOWN_STYLE: Final[tuple[str, list[int]]] = (QUIET, [4, 2])
_SHOWN: Final = {INSPECTED: 0.5}
_SHOWN_OF_AREA: Final = 0.2
_CURVES_PX, _LABEL_PX = 460, 20
_LEADER = 0.045  # how far the labels stand from the last point, as a share of the width


def method_style(method: str) -> tuple[str, list[int]]:
    """Return the colour and the dashes of a method's line."""
    return _STYLES.get(method, _UNKNOWN_STYLE)


def drawn_name(method: str, *, say: Translator) -> str:
    """Return a method's name where there is little room: without its remark in brackets."""
    short = "drawn_method"
    return say.name(short if say.knows(short, method) else "method", method)


def found_curves(curves: pd.DataFrame, case: Case, *, say: Translator) -> Spec:
    """Draw the share found over the share looked at, up to where decisions are made.

    Parameters
    ----------
    curves
        ``method, share, found``, as `governance.scores.evaluation_tables.curves_table` gives.
    case
        Decides what the axes are of and how far they go.
    say
        Names methods and axes.
    """
    span = _SHOWN.get(case.among, _SHOWN_OF_AREA)
    shown = curves[curves["share"] <= span + 1e-9]
    top = min(1.0, float(shown["found"].max()) * 1.06) if len(shown) else 1.0
    last = shown[shown["share"] >= span - 1e-9]
    ends = {str(name): float(at) for name, at in zip(last["method"], last["found"], strict=True)}
    places = spread(ends, least_gap=_LABEL_PX * top / _CURVES_PX, top=top)
    rows = _rows(shown, say=say)
    edge = span * (1 + _LEADER)
    labels = [
        {**row, "label_at": places[row["method"]], "edge": edge} for row in _rows(last, say=say)
    ]
    axes = _axes(case, span=span, edge=edge, top=top, say=say)
    styles = _styles(sorted({*ends, *shown["method"].astype(str)}))
    baselines = [row for row in rows if row["method"] not in OUR_METHODS]
    without_area = [row for row in rows if row["method"] in OUR_METHODS and row["method"] != OURS]
    ours = [row for row in rows if row["method"] == OURS]
    return {
        "height": _CURVES_PX,
        "layer": [
            _lines(baselines, axes, styles, 1.5),
            _lines(without_area, axes, styles, 2.5),
            _lines(ours, axes, styles, 4.5),
            *_end_labels(labels, axes, styles[0]),
        ],
        "config": CONFIG,
    }


def _axes(case: Case, *, span: float, edge: float, top: float, say: Translator) -> Spec:
    """Return the channels of what was looked at and of what was found."""
    x = {
        "field": "share",
        "type": "quantitative",
        "title": _looked_at(case, say=say),
        "scale": {"domain": [0, edge], "nice": False},
        "axis": {"format": ".0%", "values": [span * n / 5 for n in range(6)]},
    }
    y = {
        "field": "found",
        "type": "quantitative",
        "title": say("Share of all finds"),
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"format": ".0%"},
    }
    return {"x": x, "y": y}


def spread(wanted: Mapping[str, float], *, least_gap: float, top: float) -> dict[str, float]:
    """Move labels apart, as little as needed, keeping their order and staying below ``top``.

    Isotonic in spirit: labels that would overlap form a block around their common middle.
    """
    names = sorted(wanted, key=lambda name: (wanted[name], name))
    blocks: list[tuple[float, int]] = []  # middle, count
    for name in names:
        blocks.append((wanted[name], 1))
        while len(blocks) > 1 and _overlap(blocks[-2], blocks[-1], least_gap):
            (low, few), (high, more) = blocks[-2:]
            blocks[-2:] = [((low * few + high * more) / (few + more), few + more)]
    placed = [
        middle + (number - (count - 1) / 2) * least_gap
        for middle, count in blocks
        for number in range(count)
    ]
    over = [
        max(0.0, at + (len(placed) - 1 - rank) * least_gap - top) for rank, at in enumerate(placed)
    ]
    lowered = [at - past for at, past in zip(placed, over, strict=True)]
    raised = [max(at, rank * least_gap) for rank, at in enumerate(lowered)]
    return dict(zip(names, raised, strict=True))


def _looked_at(case: Case, *, say: Translator) -> str:
    if case.among == INSPECTED:
        return say("Share of the visits, best first")
    return say("Share of the buildings") if case.unit == BUILDING else say("Share of the area")


def _styles(methods: Sequence[str]) -> tuple[Spec, Spec]:
    """Return the channels of colour and dashes, the same for every layer.

    An empty dash array would make the list of ranges ragged; a solid line is one long dash.
    """
    styles = [method_style(name) for name in methods]
    field = {"field": "method", "type": "nominal", "legend": None}
    colours = {**field, "scale": {"domain": methods, "range": [each[0] for each in styles]}}
    dashes = [each[1] or [1, 0] for each in styles]
    return colours, {**field, "scale": {"domain": methods, "range": dashes}}


def _lines(rows: list[dict[str, Any]], axes: Spec, styles: tuple[Spec, Spec], width: float) -> Spec:
    """Return a layer of lines, each in its method's style."""
    tip = [
        {"field": "name", "title": " "},
        {**_bare(axes["x"]), "format": ".0%"},
        {**_bare(axes["y"]), "format": ".1%"},
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": width},
        "encoding": {**axes, "color": styles[0], "strokeDash": styles[1], "tooltip": tip},
    }


def _end_labels(labels: list[dict[str, Any]], axes: Spec, colours: Spec) -> list[Spec]:
    """Return a leader from each line's end to its name, and the names, ours in bold."""
    at = {"x": {**axes["x"], "field": "edge"}, "y": {**axes["y"], "field": "label_at"}}
    text = {"type": "text", "align": "left", "dx": 4, "fontSize": 12, "color": INK}
    return [
        {
            "data": {"values": labels},
            "mark": {"type": "rule", "strokeWidth": 1},
            "encoding": {
                **axes, "x2": {"field": "edge"}, "y2": {"field": "label_at"}, "color": colours,
            },
        },
        *(
            {
                "data": {"values": [row for row in labels if (row["method"] == OURS) == ours]},
                "mark": {**text, "fontWeight": "bold" if ours else "normal"},
                "encoding": {**at, "text": {"field": "name"}},
            }
            for ours in (False, True)
        ),
    ]  # fmt: skip


def _rows(curves: pd.DataFrame, *, say: Translator) -> list[dict[str, Any]]:
    """Return points of curves for the browser, with their method in words."""
    columns = (curves["method"], curves["share"], curves["found"])
    return [
        {
            "method": str(method),
            "name": drawn_name(str(method), say=say),
            "share": float(share),
            "found": float(found),
        }
        for method, share, found in zip(*columns, strict=True)
    ]


def _bare(channel: Spec) -> Spec:
    return {name: channel[name] for name in ("field", "type", "title")}


def _overlap(low: tuple[float, int], high: tuple[float, int], gap: float) -> bool:
    return high[0] - low[0] < gap * (low[1] + high[1]) / 2
