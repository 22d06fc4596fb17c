"""The trade-off in numbers: evenness, changes, strays and distance, before and after."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts.score import CONFIG, INK, Spec
from dashboard.i18n import Translator
from dashboard.ui import chart
from dashboard.ui.frame import Page

_LINE, _CHOSEN = "#5f6875", "#b1532a"
_LEAST_CURVE = 2


def show(page: Page, proposal: Any) -> None:  # noqa: ANN401 -- of governance
    """Show four figures of a proposal, each with what it is today."""
    say = page.say
    with st.container(key="figures_assign"):
        columns = st.columns(4)
    for column, (name, value, was, explained) in zip(
        columns, _figures(proposal, say=say), strict=True
    ):
        column.metric(name, value, help=explained)
        column.caption(was)
    totals = proposal.totals
    st.caption(
        say("{buildings} buildings, {wardens} wardens, {gaps} without a warden afterwards "
            "({before} today); computed in {seconds} s.", buildings=f"{totals.buildings:,}",
            wardens=totals.wardens, gaps=totals.gaps, before=proposal.before.gaps,
            seconds=f"{totals.seconds:.2f}")
    )  # fmt: skip


def show_curve(page: Page, curve: pd.DataFrame, proposal: Any) -> None:  # noqa: ANN401 -- as above
    """Draw evenness against change, and where the proposal stands on it."""
    if len(curve) < _LEAST_CURVE:
        return
    now = (proposal.totals.moved_share, proposal.totals.max_over_mean)
    chart.show(curve_spec(curve, now=now, say=page.say), key="assign_curve")


def _figures(proposal: Any, *, say: Translator) -> list[tuple[str, str, str, str]]:  # noqa: ANN401 -- as above
    now, before = proposal.totals, proposal.before
    return [
        (say("Highest load / mean"), f"{now.max_over_mean:.2f}",
         say("today {value}", value=f"{before.max_over_mean:.2f}"),
         say("Load is the work of a warden's buildings: 1.00 is perfectly even.")),
        (say("Change hands"), f"{now.moved:,}", f"{now.moved_share:.0%}",
         say("Buildings whose warden would be another one, or that get one.")),
        (say("Stray buildings"), f"{now.stray:,}", say("today {value}", value=f"{before.stray:,}"),
         say("Buildings that do not lie together with the rest of their warden's.")),
        (say("Distance (km)"), f"{now.km:,.1f}", say("today {value}", value=f"{before.km:,.1f}"),
         say("From every building to the middle of its warden's, added up.")),
    ]  # fmt: skip


def curve_spec(curve: pd.DataFrame, *, now: tuple[float, float] | None, say: Translator) -> Spec:
    """Draw how even the load gets by how much may change, and where the sliders stand.

    Parameters
    ----------
    curve
        ``moved_share, max_over_mean``, a row for each step.
    now
        Share that changes and evenness of the chosen proposal.
    say
        Wording of the axes.
    """
    moved, even = say("share that changes hands"), say("highest load / mean")
    x: Spec = {"field": "moved", "type": "quantitative", "title": moved, "axis": {"format": ".0%"}}
    y: Spec = {"field": "even", "type": "quantitative", "title": even, "scale": {"zero": False}}
    tooltip: list[Spec] = [{**x, "format": ".1%", "axis": None}, {**y, "format": ".3f"}]
    tooltip = [{k: v for k, v in each.items() if k not in {"axis", "scale"}} for each in tooltip]
    points = [
        {"moved": float(moved_share), "even": float(max_over_mean)}
        for moved_share, max_over_mean in curve[["moved_share", "max_over_mean"]].to_numpy()
    ]
    layers: list[Spec] = [
        {"data": {"values": points}, "mark": {"type": "line", "color": _LINE, "point": True},
         "encoding": {"x": x, "y": y, "tooltip": tooltip}},
    ]  # fmt: skip
    if now:
        layers.append(
            {"data": {"values": [{"moved": now[0], "even": now[1], "label": say("chosen")}]},
             "encoding": {"x": x, "y": y},
             "layer": [
                 {"mark": {"type": "point", "filled": True, "size": 160, "color": _CHOSEN,
                           "stroke": INK, "strokeWidth": 1, "opacity": 1}},
                 {"mark": {"type": "text", "dy": -14, "color": INK},
                  "encoding": {"text": {"field": "label"}}},
             ]}
        )  # fmt: skip
    return {"height": 170, "layer": layers, "config": CONFIG}
