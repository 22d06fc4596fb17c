"""What each warden would carry, and every building that would change hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.ui.tables import search_table

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.i18n import Words
    from dashboard.ui.frame import Page

_WARDENS = ("person", "buildings_before", "buildings", "load_before", "load", "load_over_mean",
            "moved_in", "moved_out", "person_id")  # fmt: skip
_CHANGES = ("name", "from_person", "to_person", "why", "stray", "community_code", "building_id")


def show(page: Page, proposal: Any, *, key: str) -> None:  # noqa: ANN401 -- of governance
    """Show the load of each warden before and after, and the changes one by one."""
    say = page.say
    st.subheader(say("Load of each warden, before and after"))
    st.caption(say("Load is work to come: a visit for each building, and more the higher its "
                   "score. It says nothing about what anybody has done."))  # fmt: skip
    search_table.show(
        page, wardens(proposal.wardens), key=f"{key}_wardens", title=say("Load of wardens"),
        formats={"load": "%.1f", "load_before": "%.1f", "load_over_mean": "%.2f"},
    )  # fmt: skip
    changed = changes(proposal.rows, say=say)
    st.subheader(say("Buildings that change hands ({count})", count=f"{len(changed):,}"))
    if changed.empty:
        st.caption(say("None: everybody keeps what they have."))
        return
    search_table.show(page, changed, key=f"{key}_changes", title=say("Buildings that change hands"))


def wardens(table: pd.DataFrame) -> pd.DataFrame:
    """Return what a reader wants of the wardens, in the order of their names."""
    named = table.sort_values(["person", "person_id"], ignore_index=True)
    return named[[name for name in _WARDENS if name in named]]


def changes(rows: pd.DataFrame, *, say: Words) -> pd.DataFrame:
    """Return the buildings that change hands, with the reason in words."""
    changed = rows[rows["changed"].astype(bool)]
    named = changed.assign(
        why=[say.name("assignment_reason", str(reason)) for reason in changed["reason"]],
        from_person=[str(name) if name else "—" for name in changed["from_person"].fillna("")],
        stray=[say("stray") if stray else "" for stray in changed["stray"]],
    )
    return named[[name for name in _CHANGES if name in named]].reset_index(drop=True)
