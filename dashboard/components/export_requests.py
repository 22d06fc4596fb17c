"""Exports with names and numbers: asked for by one person, allowed by another, used once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.components import frame
from governance.access import Action, may

if TYPE_CHECKING:
    from dashboard.components.frame import Page
    from dashboard.words import Words


def show(page: Page) -> None:
    """List the requests, and let a second person decide on those that wait."""
    say = page.say
    requests = page.office.export_requests(page.actor)
    st.caption(
        say("Exports are masked. Without masks they need a reason and a second person, are "
            "marked with a watermark and written down.")
    )  # fmt: skip
    if requests.empty:
        st.info(say("Nobody asked for an unmasked export."))
        return
    st.dataframe(readable(requests, say=say), hide_index=True, key="export_requests")
    if may(page.actor, Action.APPROVE_UNMASKED):
        _decide(page, requests[requests["state"] == "open"])


def readable(requests: pd.DataFrame, *, say: Words) -> pd.DataFrame:
    """Return requests as people read them."""
    return pd.DataFrame(
        {
            say("No."): requests["number"],
            say("Table"): [say.name("table", str(name)) for name in requests["table"]],
            say("Reason"): requests["reason"],
            say("Asked by"): requests["asker"],
            say("When"): requests["asked_at"],
            say("Decided by"): requests["approver"],
            say("State"): [say.name("request_state", str(code)) for code in requests["state"]],
        }
    )


def _decide(page: Page, waiting: pd.DataFrame) -> None:
    say, office = page.say, page.office
    others = waiting[waiting["asker"] != page.actor.id]
    for _, row in others.iterrows():
        number = int(row["number"])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                say("No. {number}: {table}, for {asker}: {reason}", number=number,
                    table=say.name("table", str(row["table"])), asker=row["asker"],
                    reason=row["reason"])
            )  # fmt: skip
            with frame.telling_failures(say):
                if st.button(say("Allow once"), key=f"allow_{number}", type="primary"):
                    office.approve_unmasked(page.actor, number)
                    st.rerun()
                if st.button(say("Refuse"), key=f"refuse_{number}"):
                    office.refuse_unmasked(page.actor, number)
                    st.rerun()
