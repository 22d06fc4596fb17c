"""The curves of an evaluation: the score bold, the baselines thin, each named where it ends.

Lines differ by colour and by dashes, and each is named beside the chart, so that none needs colour
vision.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from dashboard.charts import vega
from dashboard.charts.vega import QUIET, Spec
from dashboard.i18n import Translator
from governance.scores.evaluation_tables import OUR_METHODS, OURS, Case
from risk.evaluation.targets.geography import BUILDING
from risk.evaluation.targets.questions import INSPECTED

OUR_COLOUR = "#a3123a"
# Paul Tol's muted scheme without its light colours: 3:1 on white, apart for colour-blind eyes.
_STYLES: Final[Mapping[str, tuple[str, list[int]]]] = {
    "score": (OUR_COLOUR, []),
    "score_no_area": (OUR_COLOUR, [6, 4]),
    "random": (QUIET, [2, 3]),
    "exposure": ("#332288", []),
    "past_count": ("#117733", []),
    "decayed_count": ("#117733", [6, 3]),
    "kde": ("#aa4499", []),
    "k_ring": ("#aa4499", [6, 3]),
    "empirical_bayes": ("#1f78a8", []),
    "z_sum": ("#7f7a1f", [8, 3, 2, 3]),
    "trees": ("#332288", [8, 3, 2, 3]),
    "mean_grade": ("#7f7a1f", []),
    "last_grade": ("#7f7a1f", [6, 3]),
    "days_since_visit": ("#332288", [2, 3]),
    "last_find": ("#117733", [2, 3]),
    "smoothed_rate": ("#1f78a8", [6, 3]),
    "best": (vega.INK, [1, 3]),
}
_UNKNOWN_STYLE: Final[tuple[str, list[int]]] = (QUIET, [4, 2])
_SHOWN: Final = {INSPECTED: 0.5}
_SHOWN_OF_AREA: Final = 0.2
_CURVES_PX, _LABEL_PX = 460, 20
_WIDTHS: Final = (1.5, 2.5, 4.5)
_LEADER = 0.045  # how far the labels stand from the last point, as a share of the width


def method_style(method: str) -> tuple[str, list[int]]:
    """Return the colour and the dashes of a method's line."""
    return _STYLES.get(method, _UNKNOWN_STYLE)


def found_curves(curves: pd.DataFrame, case: Case, *, say: Translator) -> Spec:
    """Draw the share found over the share looked at, up to where decisions are made.

    ``curves``: ``method, share, found``, as `governance.scores.evaluation_tables.curves_table`
    gives.
    ``case``: decides what the axes are of and how far they go.
    """
    span = _SHOWN.get(case.among, _SHOWN_OF_AREA)
    shown = curves[curves["share"] <= span + 1e-9]
    top = min(1.0, float(shown["found"].max()) * 1.06) if len(shown) else 1.0
    last = shown[shown["share"] >= span - 1e-9]
    ends = {str(name): float(at) for name, at in zip(last["method"], last["found"], strict=True)}
    places = spread(ends, least_gap=_LABEL_PX * top / _CURVES_PX, top=top)
    edge = span * (1 + _LEADER)
    ends_of = _rows(last, say=say)
    labels = [{**row, "label_at": places[row["method"]], "edge": edge} for row in ends_of]
    axes = _axes(case, span=span, edge=edge, top=top, say=say)
    looks = {name: method_style(name) for name in sorted({*ends, *shown["method"].astype(str)})}
    colours = vega.by("method", {name: colour for name, (colour, _) in looks.items()})
    # An empty dash array would make the list of ranges ragged; a solid line is one long dash.
    dashes = vega.by("method", {name: dashes or [1, 0] for name, (_, dashes) in looks.items()})
    shares = ({**axes["x"], "format": ".0%"}, {**axes["y"], "format": ".1%"})
    tooltip = vega.tooltip({"field": "name", "title": " "}, *shares)
    rows = _rows(shown, say=say)
    lines = [
        vega.layer(
            {"type": "line", "strokeWidth": width},
            [row for row in rows if _rank(row["method"]) == rank],
            **axes,
            color=colours,
            strokeDash=dashes,
            tooltip=tooltip,
        )
        for rank, width in enumerate(_WIDTHS)
    ]
    return vega.chart(_CURVES_PX, [*lines, *_end_labels(labels, axes, colours)])


def _rank(method: str) -> int:
    """Return the place of a method's line in `_WIDTHS`: the score's is drawn last and widest."""
    return 2 if method == OURS else int(method in OUR_METHODS)


def _axes(case: Case, *, span: float, edge: float, top: float, say: Translator) -> Spec:
    """Return the channels of what was looked at and of what was found."""
    if case.among == INSPECTED:
        looked_at = say("Share of the visits, best first")
    else:
        building = case.unit == BUILDING
        looked_at = say("Share of the buildings") if building else say("Share of the area")
    x = vega.number(
        "share",
        looked_at,
        share=True,
        axis={"values": [span * n / 5 for n in range(6)]},
        scale={"domain": [0, edge], "nice": False},
    )
    heights = {"domain": [0, top], "nice": False}
    return {"x": x, "y": vega.number("found", say("Share of all finds"), share=True, scale=heights)}


def spread(wanted: Mapping[str, float], *, least_gap: float, top: float) -> dict[str, float]:
    """Move labels apart, as little as needed, keeping their order and staying below ``top``.

    Less the room that those below it take, each label must not lie below the one before it: an
    isotonic regression of where they would be.
    """
    if not wanted:
        return {}
    names = sorted(wanted, key=lambda name: (wanted[name], name))
    room = least_gap * np.arange(len(names))
    at = isotonic_regression(np.array([wanted[name] for name in names]) - room).x
    placed = np.clip(at, 0.0, max(0.0, top - room[-1])) + room
    return dict(zip(names, placed.tolist(), strict=True))


def _end_labels(labels: list[dict[str, Any]], axes: Spec, colours: Spec) -> list[Spec]:
    """Return a leader from each line's end to its name, and the names, the score's in bold."""
    at = {"x": {**axes["x"], "field": "edge"}, "y": {**axes["y"], "field": "label_at"}}
    text = {"type": "text", "align": "left", "dx": 4, "fontSize": 12, "color": vega.INK}
    leaders = vega.layer(
        {"type": "rule", "strokeWidth": 1}, labels, **axes, x2={"field": "edge"},
        y2={"field": "label_at"}, color=colours,
    )  # fmt: skip
    names = [
        vega.layer(
            {**text, "fontWeight": weight},
            [row for row in labels if (row["method"] == OURS) == ours],
            **at,
            text={"field": "name"},
        )
        for ours, weight in ((False, "normal"), (True, "bold"))
    ]
    return [leaders, *names]


def _rows(curves: pd.DataFrame, *, say: Translator) -> list[dict[str, Any]]:
    """Return points of curves for the browser, with their method in words."""
    columns = (curves["method"], curves["share"], curves["found"])
    return [
        {
            "method": str(method),
            "name": say.name("method", str(method)),
            "share": float(share),
            "found": float(found),
        }
        for method, share, found in zip(*columns, strict=True)
    ]
