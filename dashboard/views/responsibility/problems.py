"""What is wrong with the duties of a day, as a list of work: counted, searched, sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.ui import chain_cards
from dashboard.ui.tables import search_table

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.i18n import Words
    from dashboard.ui.frame import Page

KINDS = ("gap", "overlap", "left", "no_pledge")
CHAIN_UNIT = "chain_unit"
_COLUMNS = ("problem", "duty", "name", "grid_code", "person", "detail", "building_id")


def show(page: Page) -> None:
    """Count the problems by kind and list them; a chosen row opens the building's chain."""
    say = page.say
    work = page.office.responsibility.work(page.actor)
    if not work.buildings:
        st.info(say("There are no buildings yet. Import buildings, grids and staff first."))
        return
    with st.container(key="figures_work"):
        columns = st.columns(len(KINDS))
    for column, kind in zip(columns, KINDS, strict=True):
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
    search_table.show(
        page,
        _readable(rows, say=say),
        key="duty_work",
        title=say("Duties to settle {day}", day=work.on),
        on_pick=lambda place: st.session_state.update({CHAIN_UNIT: rows["building_id"][place]}),
    )
    if picked := st.session_state.get(CHAIN_UNIT):
        chain_cards.show_beside(page, str(picked))


def _choose(rows: pd.DataFrame, *, say: Words) -> tuple[list[str], list[str]]:
    """Ask which kinds and duties to list; all where nothing is chosen."""
    kinds = [kind for kind in KINDS if (rows["kind"] == kind).any()]
    duties = [duty for duty in chain_cards.DUTIES if (rows["duty"] == duty).any()]
    left, right = st.columns(2)
    some = left.pills(
        say("Kind of problem"), kinds, selection_mode="multi", key="duty_kinds",
        format_func=lambda kind: say.name("duty_problem", kind),
    )  # fmt: skip
    those = right.pills(
        say("Duty"), duties, selection_mode="multi", key="duty_duties",
        format_func=lambda duty: say.name("duty", duty),
    )  # fmt: skip
    return list(some) or kinds, list(those) or duties


def _readable(rows: pd.DataFrame, *, say: Words) -> pd.DataFrame:
    named = rows.assign(
        problem=[say.name("duty_problem", str(kind)) for kind in rows["kind"]],
        duty=[say.name("duty", str(duty)) for duty in rows["duty"]],
    )
    return named[[name for name in _COLUMNS if name in named]]
