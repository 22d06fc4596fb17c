"""Everything behind one building's score."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.charts import score as charts_score
from dashboard.documents.columns import MINUTE, Column, columns_of, sheet
from dashboard.documents.workbook import Sheet, workbook
from dashboard.i18n import Translator
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.server.routes import small_map_url
from dashboard.ui import download, table, unit_explanation
from dashboard.ui.frame import Page
from dashboard.views.building import responsibility
from governance.access.permissions import Action, may
from governance.scores.scoring import ExplainedUnit
from risk.evidence import EvidenceRow

_MAP_PX = 330
EVIDENCE = (
    Column("event_at", format=MINUTE),
    Column("table", kind="table"),
    Column("facts"),
    Column("match_level", kind="level"),
    Column("value", digits=3),
    Column("row_key"),
)


def show(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Explain a building: points, rows, history, neighbours, surroundings; who answers for it."""
    say = page.say
    if not may(page.actor, Action.SEE_REASONS):
        _show_plainly(page, unit, snapshot_id=snapshot_id)
        return
    explanation = page.office.scores.explain(page.actor, unit, snapshot_id=snapshot_id)
    st.header(explanation.name or unit)
    st.caption(
        say("{unit} · as of {day} · a reason to look, never a finding", unit=unit,
            day=explanation.as_of)
    )  # fmt: skip
    unit_explanation.show_summary(explanation, say=say)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader(say("Why: points that add up to the score"))
        st.vega_lite_chart(
            spec=charts_score.points_bar(explanation.points, say=say),
            key="building_points",
            width="stretch",
        )
        _show_rows(page, explanation)
        unit_explanation.show_weights(page, explanation, key="building_weights")
    with right:
        st.subheader(say("Surroundings"))
        st.iframe(
            small_map_url(snapshot_id, unit, say.language), height=_MAP_PX,
            alt=say("Small map of the building and its neighbours"),
        )  # fmt: skip
        unit_explanation.show_trend(page, page.office.scores.trend(page.actor, unit))
        st.subheader(say("Neighbours"))
        unit_explanation.show_buildings(
            page, explanation.neighbours, snapshot_id=snapshot_id, key="neighbours"
        )
    _offer_workbook(page, explanation)
    responsibility.show(page, unit)


def _show_plainly(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Show a building to who may not know why it stands where it does: no points, no rows."""
    say = page.say
    buildings = map_layer(LayerChoice("building", snapshot_id))
    for row in buildings[buildings["unit"] == unit].itertuples():
        st.header(str(row.name) or unit)
        st.html(unit_explanation.tier_chip(str(row.tier), say=say))
        st.iframe(
            small_map_url(snapshot_id, unit, say.language), height=_MAP_PX,
            alt=say("Small map of the building and its neighbours"),
        )  # fmt: skip
        responsibility.show(page, unit)


def _show_rows(page: Page, explanation: ExplainedUnit) -> None:
    """Show the rows behind each factor, largest share first."""
    say = page.say
    st.subheader(say("The rows behind each factor"))
    if explanation.changed:
        st.warning(say("Rows have changed since this was scored; score again to count them."))
    behind = {name: rows for name, rows in explanation.rows.items() if rows}
    if not behind:
        st.caption(say("No rows: the points come from its size and surroundings."))
    for name in sorted(behind, key=lambda factor: -abs(explanation.points.get(factor, 0.0))):
        heading = say(
            "{factor}: {count} rows, {points} points",
            factor=say.name("factor", name),
            count=len(behind[name]),
            points=f"{explanation.points.get(name, 0.0):+,.1f}",
        )
        with st.expander(heading, expanded=len(behind) == 1):
            table.table(page, evidence(behind[name]), EVIDENCE, key=f"rows_{name}", search=False)


def evidence(rows: Sequence[EvidenceRow]) -> pd.DataFrame:
    """Lay out the rows behind a factor: when, which table, what, how surely placed, worth."""
    return pd.DataFrame(
        [
            {
                "event_at": row.event_at,
                "table": row.table,
                "facts": " · ".join(str(text) for text in row.facts.values() if text),
                "match_level": row.match_level,
                "value": row.value,
                "row_key": row.row_key,
            }
            for row in rows
        ],
        columns=[column.name for column in EVIDENCE],
    )


def _offer_workbook(page: Page, explanation: ExplainedUnit) -> None:
    say = page.say
    title = explanation.name or explanation.unit

    def made() -> bytes:
        return workbook(_sheets(explanation, title=title, say=say))

    download.offer(
        page,
        say("Download as Excel"),
        made=made,
        file_name=f"{title}.xlsx",
        key="building_excel",
        building_id=explanation.unit,
    )


def _sheets(explanation: ExplainedUnit, *, title: str, say: Translator) -> list[Sheet]:
    points = charts_score.points_table(explanation.points, say=say)[["factor", "points"]]
    note = say(
        "As of {day} · snapshot {snapshot}",
        day=explanation.as_of,
        snapshot=explanation.snapshot_id,
    )
    first = sheet(
        say("Points"), points, columns_of("factor", "points"), say=say, note=f"{title} · {note}"
    )
    rows = [
        sheet(say.name("factor", name), evidence(rows), EVIDENCE, say=say)
        for name, rows in explanation.rows.items()
        if rows
    ]
    return [first, *rows]
