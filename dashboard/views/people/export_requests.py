"""Exports with names and numbers: asked for by one person, allowed by another, used once."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.ui import change, download, frame, pick, table
from dashboard.ui.frame import Page
from data.contracts.registry import TABLES
from governance.access.permissions import Action, may

COLUMNS = (
    Column("number", header="No."),
    Column("table", kind="table", header="Table"),
    Column("reason", header="Reason"),
    Column("asker", header="Asked by"),
    Column("asked_at", header="When", format=MINUTE),
    Column("approver", header="Decided by"),
    Column("state", kind="request_state", header="State"),
)


def show(page: Page) -> None:
    """List the requests; one person asks, a second one decides, the first fetches the file."""
    requests = page.office.exports.requests(page.actor)
    page.caption(
        "Exports are masked. Without masks they need a reason and a second person, are "
        "marked with a watermark and written down."
    )
    if may(page.actor, Action.EXPORT_UNMASKED):
        _ask(page)
    if requests.empty:
        page.info("No requests for an unmasked export.")
        return
    table.table(page, requests, COLUMNS, key="export_requests", search=False)
    mine = requests["asker"] == page.actor.id
    if may(page.actor, Action.APPROVE_UNMASKED):
        _decide(page, requests[~mine & (requests["state"] == "open")])
    if may(page.actor, Action.EXPORT_UNMASKED):
        _fetch(page, requests[mine & (requests["state"] == "approved")])


def _ask(page: Page) -> None:
    say = page.say
    with st.form("ask_unmasked", clear_on_submit=True):
        names = say.names("table", TABLES)
        name = pick.one(say("Table"), names, key=frame.translated("ask_table"))
        reason = st.text_input(say("What it is needed for"), key="ask_reason")
        asked = st.form_submit_button(say("Submit request"))
    if asked:
        change.make(page, lambda: page.office.exports.ask_unmasked(page.actor, name, reason))


def _decide(page: Page, waiting: pd.DataFrame) -> None:
    say, exports = page.say, page.office.exports
    for row in waiting.to_dict("records"):
        number = int(row["number"])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                say("No. {number}: {table}, for {asker}: {reason}", number=number,
                    table=say.name("table", str(row["table"])), asker=row["asker"],
                    reason=row["reason"])
            )  # fmt: skip
            if st.button(say("Allow once"), key=f"allow_{number}", type="primary"):
                change.make(page, partial(exports.approve_unmasked, page.actor, number))
            if st.button(say("Refuse"), key=f"refuse_{number}"):
                change.make(page, partial(exports.refuse_unmasked, page.actor, number))


def _fetch(page: Page, approved: pd.DataFrame) -> None:
    """Offer the file of each approved request; fetching it uses the request up."""
    say = page.say
    for row in approved.to_dict("records"):
        number, name = int(row["number"]), str(row["table"])
        st.download_button(
            say("Fetch No. {number} once: {table}", number=number, table=say.name("table", name)),
            data=partial(_export, page, number),
            file_name=f"{name}-{number}.xlsx",
            key=f"fetch_{number}",
        )


def _export(page: Page, number: int) -> bytes:
    return download.read(
        f"request-{number}.xlsx",
        lambda path: page.office.exports.export_unmasked(page.actor, number, path),
    )
