"""What changed: the buildings that rose most, and what happened this week by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.documents.workbook import Sheet, workbook
from dashboard.ui import download, frame
from dashboard.ui.tables import unit_table

if TYPE_CHECKING:
    from dashboard.i18n import Words
    from dashboard.ui.frame import Page
    from governance.overview.facts import StartFacts

_OPEN = "start_open_building"


def standing(facts: StartFacts, *, say: Words) -> str:
    """Say of when all this is."""
    if facts.before is None:
        return say("Today {on} · scores as of {day}", on=facts.on, day=facts.as_of)
    return say(
        "Today {on} · scores as of {day}, compared with {before}", on=facts.on, day=facts.as_of,
        before=facts.before,
    )  # fmt: skip


def show(page: Page, facts: StartFacts) -> None:
    """Show this week's events by kind and the biggest risers; a chosen row opens the building."""
    say = page.say
    st.subheader(say("New in seven days"))
    with st.container(key="figures_start"):
        columns = st.columns(max(len(facts.events), 1))
    for column, row in zip(columns, facts.events.itertuples(index=False), strict=False):
        column.metric(say.name("table", str(row.kind)), f"{row.week:,}")
        column.caption(say("{count} the week before", count=f"{row.before:,}"))
    st.subheader(say("Rose most"))
    if facts.risers.empty:
        st.caption(say("Nothing to compare yet: a second score, a week or more later, shows it."))
        return
    table = readable(facts.risers, say=say)
    unit_table.pickable(
        table, say=say, on_pick=lambda unit: st.session_state.update({_OPEN: unit}),
        key="start_risers", height_px=330,
        columns=["name", "tier_before", "tier", "score_before", "score", "change"],
    )  # fmt: skip
    if unit := st.session_state.pop(_OPEN, None):
        frame.go(page, "building", unit=unit)
    title = say("Rose most {day}", day=facts.as_of)
    download.offer(
        page, say("Download as Excel"), file_name=f"{title}.xlsx", key="start_risers_excel",
        made=lambda: workbook([Sheet(title, table, headers=unit_table.headers(table, say=say))]),
        rows=len(table),
    )  # fmt: skip


def readable(risers: pd.DataFrame, *, say: Words) -> pd.DataFrame:
    """Return the risers with tiers in words and one decimal."""
    named = {name: [say.name("tier", str(tier)) for tier in risers[name]]
             for name in ("tier_before", "tier")}  # fmt: skip
    rounded = {name: risers[name].astype(float).round(1)
               for name in ("score_before", "score", "change")}  # fmt: skip
    return pd.DataFrame({"name": risers["name"], **named, **rounded, "unit": risers["unit"]})
