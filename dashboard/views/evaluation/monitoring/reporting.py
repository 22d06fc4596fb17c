"""Which communities report less than they see."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.charts import evaluation as charts_evaluation
from dashboard.documents.columns import Column
from dashboard.maps.layer_cache import cached
from dashboard.ui import chart, table
from dashboard.ui.frame import Page
from risk.reporting import FAR_LESS, NOT_ENOUGH

_MOST_DRAWN = 25


def show(page: Page) -> None:
    """Show each community's rate of reporting, those far below similar ones marked."""
    say = page.say
    st.caption(
        say(
            "How often a confirmed place is reported again, per 30 days. Silence is not "
            "the same as nothing to report: where few speak up, look without being told."
        )
    )
    reporting = cached("reporting", lambda: page.office.monitoring.reporting(page.actor))
    known = reporting[reporting["state"] != NOT_ENOUGH]
    quiet = reporting[reporting["state"] == FAR_LESS]
    if known.empty:
        st.info(say("Not enough data: too few confirmed events with reports in any community."))
    elif quiet.empty:
        st.success(say("No community reports far less than similar ones."))
    else:
        st.warning(
            say(
                "Far less than similar communities: {names}.",
                names="、".join(quiet["community"].astype(str)),
            )
        )
    if len(known):
        title = say("Reports per 30 days")
        rows = _rows(known.head(_MOST_DRAWN))
        chart.show(
            charts_evaluation.intervals(rows, title=title, middle=None), key="reporting_chart"
        )
    if len(reporting):
        _show_table(page, reporting)


def _rows(known: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {
            "name": str(row["community"]),
            "value": row["rate"],
            "low": row["low"],
            "high": row["high"],
            "text": f"{row['rate']:.2f} [{row['low']:.2f}, {row['high']:.2f}]",
            "kind": "flagged" if row["state"] == FAR_LESS else "plain",
        }
        for row in known.to_dict("records")
    ]


def _show_table(page: Page, reporting: pd.DataFrame) -> None:
    say = page.say
    columns = (
        Column("community", header=say("Community")),
        Column("state", kind="reporting", header=say("State")),
        Column("events", header=say("Confirmed events")),
        Column("further_reports", header=say("Further reports")),
        Column("rate_raw", header=say("As counted"), digits=2),
        Column("rate", header=say("Smoothed"), digits=2),
        Column("low", header=say("From"), digits=2),
        Column("high", header=say("To"), digits=2),
        Column("similar_rate", header=say("Similar communities"), digits=2),
        Column("ratio", header=say("Ratio to them"), digits=2),
    )
    table.beside_chart(
        page, reporting, columns, key="reporting", export=say("Reporting by community")
    )
