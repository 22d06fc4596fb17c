"""Why a unit stands where it stands: points, trend and the buildings in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.charts import score as charts_score
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.maps.layers import LAYERS
from dashboard.ui import frame
from dashboard.ui.tables import unit_summary, unit_table, unit_weights
from governance.access.permissions import Action, may

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from dashboard.i18n import Words
    from dashboard.ui.frame import Page
    from governance.scores.scoring import ExplainedUnit
    from risk.places import RankedUnit


def show(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Explain a cell, grid, community or building beside the map."""
    say = page.say
    if not may(page.actor, Action.SEE_REASONS):
        _show_plainly(page, unit, snapshot_id=snapshot_id)
        return
    explanation = page.office.scores.explain(page.actor, unit, snapshot_id=snapshot_id, rows=False)
    kind = explanation.unit_kind.split(":")[0]
    st.header(title(explanation, say=say))
    st.caption(f"{say.name('unit', kind)} {unit}")
    unit_summary.show(explanation, say=say)
    if kind == "building" and st.button(say("Open the building's page"), type="primary"):
        frame.go(page, "building", unit=unit)
    st.subheader(say("Why"))
    st.vega_lite_chart(
        spec=charts_score.points_bar(explanation.points, say=say),
        key="detail_points",
        width="stretch",
    )
    unit_weights.show(explanation, say=say, key="detail_weights")
    show_trend(page, page.office.scores.trend(page.actor, unit))
    if kind != "building":
        st.subheader(say("Its buildings"))
        show_buildings(page, explanation.buildings, snapshot_id=snapshot_id, key="members")


def _show_plainly(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Say what a place is called and how pressing it is, to who may not know why."""
    say = page.say
    for layer in LAYERS:
        found = map_layer(LayerChoice(layer, snapshot_id))
        for row in found[found["unit"] == unit].itertuples():
            st.header(str(row.name) or unit)
            st.write(say.name("tier", str(row.tier)))
            return
    st.info(say("Pick an area on the map, or a row in the list."))


def title(explanation: ExplainedUnit, *, say: Words) -> str:
    """Name a unit; a cell is called by the estates it covers."""
    if explanation.name:
        return str(explanation.name)
    layer = map_layer(LayerChoice(explanation.unit_kind, explanation.snapshot_id))
    names = layer.loc[layer["unit"] == explanation.unit, "name"]
    where = next((name for name in names if name), explanation.unit)
    return say("Around {place}", place=where)


def _among(ranked: Sequence[RankedUnit], snapshot_id: str) -> pd.DataFrame:
    """Return the map's rows of some buildings."""
    buildings = map_layer(LayerChoice("building", snapshot_id))
    return buildings[buildings["unit"].isin([each.unit for each in ranked])]


def show_trend(page: Page, trend: pd.DataFrame) -> None:
    """Draw the score over the snapshots, or say that one snapshot makes no trend."""
    say = page.say
    st.subheader(say("Trend"))
    if len(trend) > 1:
        st.vega_lite_chart(
            spec=charts_score.trend_line(trend, say=say), key="detail_trend", width="stretch"
        )
    else:
        st.caption(say("A trend appears with the second scoring day."))


def show_buildings(page: Page, ranked: Sequence[RankedUnit], *, snapshot_id: str, key: str) -> None:
    """List buildings; choosing a row opens the building's page."""
    say = page.say
    if not ranked:
        st.caption(say("No building: what counts here could only be placed in the cell."))
        return
    unit_table.pickable(
        unit_table.readable(_among(ranked, snapshot_id), say=say),
        say=say,
        on_pick=lambda unit: st.session_state.update(go_to_building=unit),
        key=key,
        height_px=320,
        columns=["rank", "tier", "name", "score", "kind"],
    )
    if unit := st.session_state.pop("go_to_building", None):
        frame.go(page, "building", unit=unit)
