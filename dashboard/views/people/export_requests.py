"""Exports with names and numbers: asked for by one person, allowed by another, used once."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.ui import change, table
from dashboard.ui.frame import Page
from dashboard.views.people import export_choice
from data.contracts.registry import contract_of
from data.export.writers import as_bytes
from governance.access.permissions import Action, may
from governance.security.compliance.export_requests import ExportRequest
from governance.security.compliance.export_selection import ExportSelection

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
    exports = page.office.exports
    page.caption(
        "Exports are masked. Without masks they need a reason and a second person, are "
        "marked with a watermark and written down."
    )
    if may(page.actor, Action.APPROVE_UNMASKED):
        _decide(page, exports.to_decide(page.actor))
    requests = exports.requests(page.actor)
    if may(page.actor, Action.EXPORT_UNMASKED):
        by_actor = (each for each in requests if each.asker == page.actor.id)
        _fetch(page, [each for each in by_actor if each.state == "approved"])
        _ask(page)
    if not requests:
        page.info("No requests for an unmasked export.")
        return
    page.subheader("Requests for an unmasked export")
    listed = pd.DataFrame(map(asdict, requests))
    table.table(page, listed, COLUMNS, key="export_requests", search=False)


def _ask(page: Page) -> None:
    """Offer the chosen rows masked, or let the person ask for them unmasked."""
    say, exports = page.say, page.office.exports
    page.subheader("Take a table out")
    with page.telling_failures():
        name, selection = export_choice.ask(page)
        if selection is None:
            page.caption("Choose the building, community or case.")
            return
        contents = exports.contents(page.actor, name, selection=selection)
        file_name = f"{contract_of(name).title}.xlsx"
        st.download_button(
            say("Download masked"),
            data=partial(_export_masked, page, name, selection, file_name),
            file_name=file_name, on_click="ignore", key="export_masked",
        )  # fmt: skip
        with st.form("ask_unmasked", clear_on_submit=True):
            export_choice.show_contents(contents, say=say)
            page.caption("What is in clear above is shown to the person who decides as well.")
            reason = st.text_input(say("What it is needed for"), key="ask_reason")
            submitted = st.form_submit_button(say("Submit request"))
    if submitted:
        change.make(
            page,
            lambda: exports.ask_unmasked(page.actor, name, reason, selection=selection),
            done=say("The request waits for a second person."),
        )


def _decide(page: Page, waiting: Sequence[ExportRequest]) -> None:
    say, exports = page.say, page.office.exports
    if waiting:
        page.subheader("Waiting for your approval")
    for request in waiting:
        number = request.number
        with st.container(border=True):
            st.markdown(
                page.in_markdown("No. {number}: {table}, for {asker}: {reason}", number=number,
                    table=say.name("table", request.table), asker=request.asker,
                    reason=request.reason)
            )  # fmt: skip
            export_choice.show_contents(exports.contents_of(page.actor, number), say=say)
            with st.container(horizontal=True):
                if st.button(say("Allow once"), key=f"allow_{number}", type="primary"):
                    change.make(page, partial(exports.approve_unmasked, page.actor, number))
                if st.button(say("Refuse"), key=f"refuse_{number}"):
                    change.make(page, partial(exports.refuse_unmasked, page.actor, number))


def _fetch(page: Page, approved: Sequence[ExportRequest]) -> None:
    """Offer the file of each approved request; fetching it uses the request up."""
    say = page.say
    for request in approved:
        number, name = request.number, request.table
        with st.container(border=True):
            export_choice.show_contents(
                page.office.exports.contents_of(page.actor, number), say=say
            )
            file_name = f"{contract_of(name).title}-{number}.xlsx"
            st.download_button(
                say("Fetch No. {number} once: {table}", number=number,
                    table=say.name("table", name)),
                data=partial(_export, page, number, file_name),
                file_name=file_name,
                key=f"fetch_{number}",
            )  # fmt: skip


def _export(page: Page, number: int, file_name: str) -> bytes:
    return as_bytes(
        file_name, lambda path: page.office.exports.export_unmasked(page.actor, number, path)
    )


def _export_masked(page: Page, name: str, selection: ExportSelection, file_name: str) -> bytes:
    return as_bytes(
        file_name,
        lambda path: page.office.exports.export_table(page.actor, name, path, selection=selection),
    )
