"""When there is most to find and most is told: weekday, evening, holiday, break, exam."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import evaluation as charts_evaluation
from dashboard.documents.columns import Column
from dashboard.i18n import Translator
from dashboard.maps.layer_cache import cached
from dashboard.ui import chart, table
from dashboard.ui.frame import Page
from risk.time_factors import LEARNT


def show(page: Page) -> None:
    """Show the factors of finds and of complaints side by side."""
    say = page.say
    factors = cached("time_factors", lambda: page.office.monitoring.time_factors(page.actor))
    finds, complaints = st.columns(2, gap="medium")
    with finds:
        st.markdown(f"**{say('Finds per visit')}**")
        _show(page, factors.visits, key="time_finds", title=say("Times the usual finds per visit"))
    with complaints:
        st.markdown(f"**{say('Complaints per day')}**")
        _show(
            page,
            factors.complaints,
            key="time_complaints",
            title=say("Times the usual complaints per day"),
        )
    if factors.unknown_years:
        st.caption(
            say(
                "Holidays not announced yet, or not entered: {years}. Those days are left out.",
                years="、".join(str(year) for year in factors.unknown_years),
            )
        )


def _show(page: Page, factors: pd.DataFrame, *, key: str, title: str) -> None:
    """Show the factors that are known as a chart, all of them as a table."""
    say = page.say
    known = factors[factors["state"] == LEARNT]
    if known.empty:
        st.info(say("Not enough data to tell times apart."))
    else:
        rows = _rows(known, say=say)
        chart.show(charts_evaluation.intervals(rows, title=title, middle=1.0), key=key)
    if factors.empty:
        return
    levels = factors["kind"].astype(str) + "." + factors["level"].astype(str)
    columns = (
        Column("name", kind="time", header=say("Time")),
        Column("count", header=say("Count"), digits=2),
        Column("exposure", header=say("Visits or days"), digits=2),
        Column("ratio", header=say("Factor"), digits=2),
        Column("low", header=say("From"), digits=2),
        Column("high", header=say("To"), digits=2),
        Column("state", kind="time_state", header=say("State")),
    )
    table.beside_chart(page, factors.assign(name=levels), columns, key=key, export=title)


def _rows(known: pd.DataFrame, *, say: Translator) -> list[dict[str, Any]]:
    """Return what `dashboard.charts.evaluation.intervals` draws."""
    return [
        {
            "name": level_name(row["kind"], row["level"], say=say),
            "value": row["ratio"],
            "low": row["low"],
            "high": row["high"],
            "text": f"×{row['ratio']:.2f} [{row['low']:.2f}, {row['high']:.2f}]",
            "kind": "plain",
        }
        for row in known.to_dict("records")
    ]


def level_name(kind: str, level: str, *, say: Translator) -> str:
    """Name one level of a kind of time."""
    return say.name("time", f"{kind}.{level}")
