"""What is wrong with the duties of a day, as a list of work: counted, searched, sorted."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column, columns_of
from dashboard.i18n import Translator
from dashboard.ui import chain_cards, table
from dashboard.ui.frame import Page
from governance.responsibility.resolve import DUTIES, PROBLEMS

CHAIN_UNIT = "chain_unit"
COLUMNS = (
    Column("problem", source="kind", kind="duty_problem"),
    Column("duty", kind="duty"),
    *columns_of("name", "grid_code", "person", "detail", "building_id"),
)


def show(page: Page) -> None:
    """Count the problems by kind and list them; a chosen row opens the building's chain."""
    say = page.say
    work = page.office.responsibility.work(page.actor)
    if not work.buildings:
        st.info(say("There are no buildings yet. Import buildings, grids and staff first."))
        return
    with st.container(key="figures_work"):
        columns = st.columns(len(PROBLEMS))
    for column, kind in zip(columns, PROBLEMS, strict=True):
        column.metric(say.name("duty_problem", kind), f"{work.counts.get(kind, 0):,}")
    st.caption(
        say("{buildings} buildings, as of {day}.", buildings=f"{work.buildings:,}", day=work.on)
    )
    if work.rows.empty:
        st.success(say("Every duty has exactly one person who is there, and every pledge is in."))
        return
    kinds, duties = _choose(work.rows, say=say)
    rows = work.rows[work.rows["kind"].isin(kinds) & work.rows["duty"].isin(duties)]
    rows = rows.reset_index(drop=True)
    if rows.empty:
        st.info(say("Nothing matches. Shorten what you search for or widen the filters."))
        return
    st.caption(say("Choose a row to see the building's chain and to set the duty there."))
    table.table(
        page,
        rows,
        COLUMNS,
        key="duty_work",
        export=say("Duties to settle {day}", day=work.on),
        pick=lambda place: st.session_state.update({CHAIN_UNIT: rows["building_id"][place]}),
    )
    if picked := st.session_state.get(CHAIN_UNIT):
        chain_cards.show_beside(page, str(picked))


def _choose(rows: pd.DataFrame, *, say: Translator) -> tuple[list[str], list[str]]:
    """Ask which kinds and duties to list; all where nothing is chosen."""
    kinds = [kind for kind in PROBLEMS if (rows["kind"] == kind).any()]
    duties = [duty.value for duty in DUTIES if (rows["duty"] == duty).any()]
    left, right = st.columns(2)
    chosen_kinds = left.pills(
        say("Kind of problem"), kinds, selection_mode="multi", key="duty_kinds",
        format_func=lambda kind: say.name("duty_problem", kind),
    )  # fmt: skip
    chosen_duties = right.pills(
        say("Duty"), duties, selection_mode="multi", key="duty_duties",
        format_func=lambda duty: say.name("duty", duty),
    )  # fmt: skip
    return list(chosen_kinds) or kinds, list(chosen_duties) or duties
