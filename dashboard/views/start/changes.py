"""What changed: the buildings that rose most, and what happened this week by kind."""

from __future__ import annotations

import streamlit as st

from dashboard.documents.columns import Column
from dashboard.i18n import Translator
from dashboard.ui import frame, table
from dashboard.ui.frame import Page
from governance.overview.facts import StartFacts

_OPEN = "start_open_building"
RISERS = (
    Column("name"),
    Column("tier_before", kind="tier"),
    Column("tier", kind="tier"),
    Column("score_before", digits=1),
    Column("score", digits=1),
    Column("change", digits=1),
    Column("unit", hidden=True),
)


def standing(facts: StartFacts, *, say: Translator) -> str:
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
    table.table(
        page,
        facts.risers,
        RISERS,
        key="start_risers",
        export=say("Rose most {day}", day=facts.as_of),
        search=False,
        pick=lambda place: st.session_state.update({_OPEN: facts.risers["unit"].iloc[place]}),
        height_px=330,
    )
    if unit := st.session_state.pop(_OPEN, None):
        frame.go(page, "building", unit=str(unit))
