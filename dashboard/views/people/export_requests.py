"""Exports with names and numbers: asked for by one person, allowed by another, used once."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.i18n import Translator
from dashboard.ui import frame, table
from dashboard.ui.frame import Page
from data.contracts.registry import TABLES
from governance.access.permissions import Action, may


def show(page: Page) -> None:
    """List the requests; one person asks, a second one decides, the first fetches the file."""
    say = page.say
    requests = page.office.exports.requests(page.actor)
    st.caption(
        say("Exports are masked. Without masks they need a reason and a second person, are "
            "marked with a watermark and written down.")
    )  # fmt: skip
    if may(page.actor, Action.EXPORT_UNMASKED):
        _ask(page)
    if requests.empty:
        st.info(say("Nobody asked for an unmasked export."))
        return
    table.table(page, requests, _columns(say), key="export_requests", search=False)
    if may(page.actor, Action.APPROVE_UNMASKED):
        _decide(page, requests[requests["state"] == "open"])
    if may(page.actor, Action.EXPORT_UNMASKED):
        mine = requests["asker"] == page.actor.id
        _fetch(page, requests[mine & (requests["state"] == "approved")])


def _ask(page: Page) -> None:
    say = page.say
    with st.form("ask_unmasked", clear_on_submit=True):
        name = st.selectbox(
            say("Table"), list(TABLES), format_func=lambda each: say.name("table", each),
            key=frame.translated("ask_table"),
        )  # fmt: skip
        reason = st.text_input(say("What it is needed for"), key="ask_reason")
        asked = st.form_submit_button(say("Ask for it"))
    if asked:
        with frame.telling_failures(say):
            page.office.exports.ask_unmasked(page.actor, str(name), reason)
            st.rerun()


def _fetch(page: Page, approved: pd.DataFrame) -> None:
    """Offer the file of each approved request; fetching it uses the request up."""
    say = page.say
    for _, row in approved.iterrows():
        number, name = int(row["number"]), str(row["table"])
        st.download_button(
            say("Fetch No. {number} once: {table}", number=number, table=say.name("table", name)),
            data=partial(_file, page, number),
            file_name=f"{name}-{number}.xlsx",
            key=f"fetch_{number}",
        )


def _file(page: Page, number: int) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"request-{number}.xlsx"
        page.office.exports.export_unmasked(page.actor, number, path)
        return path.read_bytes()


def _columns(say: Translator) -> tuple[Column, ...]:
    return (
        Column("number", header=say("No.")),
        Column("table", kind="table", header=say("Table")),
        Column("reason", header=say("Reason")),
        Column("asker", header=say("Asked by")),
        Column("asked_at", header=say("When"), format=MINUTE),
        Column("approver", header=say("Decided by")),
        Column("state", kind="request_state", header=say("State")),
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
                    office.exports.approve_unmasked(page.actor, number)
                    st.rerun()
                if st.button(say("Refuse"), key=f"refuse_{number}"):
                    office.exports.refuse_unmasked(page.actor, number)
                    st.rerun()
