"""Why a unit stands where it stands: tier, points, weights, trend and the buildings in it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.charts import score as charts_score
from dashboard.documents.columns import UNITS, Column
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.i18n.score_words import complaint_visits, meaning, origin
from dashboard.maps.content.unit_facts import explained, facts_html, kind_and_id, rates, title
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.maps.tiles.answers import TILE_LAYERS
from dashboard.ui import chart, frame, table
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may
from governance.scores.scoring import ExplainedUnit
from risk.explanation.lookup import RankedUnit

_LISTED = ("rank", "tier", "name", "score", "kind")
WEIGHTS = (
    Column("factor", kind="factor"),
    Column("prior", header="Policy", format="%.2f"),
    Column("posterior", header="In this score", format="%.2f"),
    Column("change", header="Difference", format="%+.2f"),
    Column("error", header="Standard error", format="%.2f", optional=True),
)


def show(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Explain a cell, grid, community or building beside the map."""
    say = page.say
    if not may(page.actor, Action.SEE_REASONS):
        _show_plainly(page, unit, snapshot_id=snapshot_id)
        return
    explanation = explained(unit, snapshot_id=snapshot_id)
    kind = explanation.unit_kind.split(":")[0]
    page.header(plain(title(explanation, say=say)))
    st.caption(plain(kind_and_id(explanation, say=say)))
    show_summary(explanation, say=say)
    if kind == "building" and st.button(say("Open the building's page"), type="primary"):
        frame.go(page, "building", unit=unit)
    page.subheader("Why")
    chart.show(charts_score.points_bar(explanation.points, say=say), key="detail_points")
    show_weights(page, explanation, key="detail_weights")
    show_trend(page, page.office.scores.trend(page.actor, unit))
    if kind != "building":
        page.subheader("Its buildings")
        show_buildings(page, explanation.buildings, snapshot_id=snapshot_id, key="members")


def _show_plainly(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Say what a place is called and how pressing it is, to who may not know why."""
    say = page.say
    for layer in (*TILE_LAYERS, "grid"):
        found = map_layer(LayerChoice(layer, snapshot_id))
        for row in found[found["unit"] == unit].itertuples():
            page.header(plain(row.name or unit))
            st.write(say.name("tier", str(row.tier)))
            return
    page.info("Pick a building on the map, or a row in the list.")


def show_trend(page: Page, trend: pd.DataFrame) -> None:
    """Draw the score over the snapshots of the newest one's model; one makes no trend."""
    page.subheader("Trend")
    newest = trend["model"].iloc[-1] if len(trend) else ""
    same = trend[trend["model"] == newest]
    if len(same) > 1:
        chart.show(charts_score.trend_line(same, say=page.say), key="detail_trend")
    else:
        page.caption("A trend appears with the second scoring day.")
    if len(same) < len(trend):
        page.caption("It begins on {day}: scores of days before are an earlier model's, which are "
                     "another number.", day=f"{same['as_of'].min():%Y-%m-%d}")  # fmt: skip


def show_buildings(page: Page, ranked: Sequence[RankedUnit], *, snapshot_id: str, key: str) -> None:
    """List buildings; choosing a row opens the building's page."""
    if not ranked:
        page.caption("No building: what counts here could only be placed in the cell.")
        return
    buildings = map_layer(LayerChoice("building", snapshot_id))
    buildings = buildings[buildings["unit"].isin([each.unit for each in ranked])]
    buildings = buildings.sort_values("rank", ignore_index=True)
    columns = [column for column in UNITS if column.name in _LISTED]
    table.of_buildings(page, buildings, columns, unit="unit", key=key, height_px=320)


def show_summary(explanation: ExplainedUnit, *, say: Translator) -> None:
    """Show tier, score, rank and exposure of an explained unit."""
    st.html(facts_html(explanation, say=say))
    st.markdown(f"**{meaning(explanation, say=say)}**")
    st.caption(rates(explanation, say=say))


def show_weights(page: Page, explanation: ExplainedUnit, *, key: str) -> None:
    """Say where the weights come from, and show prior and posterior side by side."""
    say = page.say
    st.caption(origin(explanation, say=say))
    if explanation.learning.weights:
        with st.expander(say("Weights: policy's, and as learnt here")):
            table.table(page, weights_table(explanation), WEIGHTS, key=key, search=False)
            page.caption(
                "A weight multiplies how much of a factor was seen; 0 counts nothing. "
                "Factors made of several numbers have no one weight."
            )
            if counted := complaint_visits(explanation, say=say):
                st.caption(counted)


def weights_table(explanation: ExplainedUnit) -> pd.DataFrame:
    """Lay weights out, those that moved most first: ``factor, prior, posterior, change, error``."""
    weights = explanation.learning.weights.items()
    rows = [
        (name, each.prior, each.posterior, each.posterior - each.prior, each.error)
        for name, each in weights
    ]
    rows.sort(key=lambda row: (-abs(row[3]), row[0]))
    return pd.DataFrame(rows, columns=[column.name for column in WEIGHTS])
