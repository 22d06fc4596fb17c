"""What each warden would carry, and every building that would change hands."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column, columns_of
from dashboard.i18n import Translator
from dashboard.ui import table
from dashboard.ui.frame import Page

WARDENS = (
    *columns_of("person", "buildings_before", "buildings"),
    Column("load_before", format="%.1f"),
    Column("load", format="%.1f"),
    Column("load_over_mean", format="%.2f"),
    *columns_of("moved_in", "moved_out", "person_id"),
)
CHANGES = (
    *columns_of("name"),
    Column("from_person", empty="—"),
    Column("to_person"),
    Column("why", source="reason", kind="assignment_reason"),
    *columns_of("stray", "community_code", "building_id"),
)


def show(page: Page, proposal: Any, *, key: str) -> None:  # noqa: ANN401 -- of governance
    """Show the load of each warden before and after, and the changes one by one."""
    say = page.say
    st.subheader(say("Load of each warden, before and after"))
    st.caption(say("Load is work to come: a visit for each building, and more the higher its "
                   "score. It says nothing about what anybody has done."))  # fmt: skip
    table.table(
        page,
        proposal.wardens.sort_values(["person", "person_id"], ignore_index=True),
        WARDENS,
        key=f"{key}_wardens",
        export=say("Load of wardens"),
    )
    changed = changes(proposal.rows, say=say)
    st.subheader(say("Buildings that change hands ({count})", count=f"{len(changed):,}"))
    if changed.empty:
        st.caption(say("None: everybody keeps what they have."))
        return
    table.table(
        page, changed, CHANGES, key=f"{key}_changes", export=say("Buildings that change hands")
    )


def changes(rows: pd.DataFrame, *, say: Translator) -> pd.DataFrame:
    """Return the buildings that change hands: at least the columns of `CHANGES`."""
    changed = rows[rows["changed"].astype(bool)]
    stray = [say("stray") if stray else "" for stray in changed["stray"]]
    return changed.assign(stray=stray).reset_index(drop=True)
