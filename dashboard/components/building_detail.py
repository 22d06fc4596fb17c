"""Everything behind one building's score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard import charts
from dashboard.components import unit_detail, unit_summary, unit_table
from dashboard.exports import Sheet, workbook
from dashboard.routes import small_map_url

if TYPE_CHECKING:
    from dashboard.components.frame import Page
    from dashboard.office import Explanation

_MAP_PX = 330


def show(page: Page, unit: str, *, snapshot_id: str) -> None:
    """Explain a building: points, rows, history, neighbours, surroundings."""
    say = page.say
    explanation = page.office.explain(page.actor, unit, snapshot_id=snapshot_id)
    st.header(explanation.name or unit)
    st.caption(
        say("{unit} · as of {day} · a reason to look, never a finding", unit=unit,
            day=explanation.as_of)
    )  # fmt: skip
    unit_summary.show(explanation, say=say)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader(say("Why: points that add up to the score"))
        st.altair_chart(charts.points_bar(explanation.points, say=say), key="building_points")
        _show_rows(page, explanation)
    with right:
        st.subheader(say("Surroundings"))
        st.iframe(
            small_map_url(snapshot_id, unit, say.language), height=_MAP_PX,
            alt=say("Small map of the building and its neighbours"),
        )  # fmt: skip
        unit_detail.show_trend(page, page.office.trend(page.actor, unit))
        st.subheader(say("Neighbours"))
        unit_detail.show_buildings(page, explanation.buildings, key=f"neighbours_{unit}")
    _offer_workbook(page, explanation)


def _show_rows(page: Page, explanation: Explanation) -> None:
    """Show the rows behind each factor, largest share first."""
    say = page.say
    st.subheader(say("The rows behind each factor"))
    behind = {name: rows for name, rows in explanation.rows.items() if len(rows)}
    if not behind:
        st.caption(say("No rows: the points come from its size and surroundings."))
    for name in sorted(behind, key=lambda factor: -abs(explanation.points.get(factor, 0.0))):
        rows = behind[name]
        heading = say(
            "{factor}: {count} rows, {points} points",
            factor=say.name("factor", name),
            count=len(rows),
            points=f"{explanation.points.get(name, 0.0):+.1f}",
        )
        with st.expander(heading, expanded=len(behind) == 1):
            st.dataframe(
                rows,
                hide_index=True,
                key=f"rows_{name}",
                column_config={c: say.name("column", str(c)) for c in rows.columns},
            )


def _offer_workbook(page: Page, explanation: Explanation) -> None:
    say = page.say
    title = explanation.name or explanation.unit
    points = charts.points_table(explanation.points, say=say)[["factor", "points"]]

    def sheets() -> bytes:
        note = say("As of {day} · snapshot {snapshot}", day=explanation.as_of,
                   snapshot=explanation.snapshot_id)  # fmt: skip
        made = [Sheet(say("Points"), points, headers=unit_table.headers(points, say=say),
                      note=f"{title} · {note}")]  # fmt: skip
        for name, rows in explanation.rows.items():
            table = pd.DataFrame(rows)
            made.append(Sheet(say.name("factor", name), table,
                              headers=unit_table.headers(table, say=say)))  # fmt: skip
        return workbook(made)

    st.download_button(
        say("Download as Excel"), data=sheets, file_name=f"{title}.xlsx", on_click="ignore",
        key="building_excel",
    )  # fmt: skip
