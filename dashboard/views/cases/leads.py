"""The leads of a case: through which channel, what they say, and by which words they count."""

from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from dashboard.documents.html import render
from dashboard.ui import browser_component
from dashboard.ui.frame import Page
from dashboard.ui.sections.marked_text import marked_text
from governance.access.permissions import Action, may
from governance.cases.views import CaseView

_copy = browser_component.declare("copy_text", slot="gw-copy-slot")


def show(page: Page, view: CaseView) -> None:
    """Draw the leads, the earliest first, with the words marked that the screening goes by."""
    page.subheader("Leads ({count})", count=len(view.leads))
    case_no = str(view.facts["case_no"])
    for row in view.leads.itertuples():
        st.html(_lead(page, row))
        if row.ticket_no and may(page.actor, Action.TAKE_LEADS):
            _offer_text(page, case_no, str(row.ticket_no))
    page.caption("Marked words tell of a form of hidden tutoring; red ones were disguised.")


def _offer_text(page: Page, case_no: str, ticket_no: str) -> None:
    """Offer what is typed back into the hotline's form, folded, as one block to be copied."""
    key = f"ticket_{ticket_no}"
    folded = st.expander(page.say("Handling form of ticket {ticket}", ticket=ticket_no),
                         key=key, on_change="rerun")  # fmt: skip
    if not folded.open:
        return
    with folded:
        data = {
            **browser_component.files("cases/copy_text"),
            "text": page.office.cases.ticket_text(page.actor, case_no, ticket_no),
            "label": page.say("To be copied into the hotline's form"),
            "words": page.say.part("copy_text"),
        }
        _copy(key=f"{key}_text", data=data)


def _lead(page: Page, row: Any) -> str:  # noqa: ANN401 -- a row of itertuples
    say = page.say
    marks = page.office.screening.marks(page.actor, row.text) if row.text else ()
    chips = [say.name("lead_nature", row.nature)] if row.nature else []
    chips += [say.name("term_part", form) for form in row.forms]
    known = {
        say("Address"): row.address,
        say("Ticket"): row.status and say.name("ticket_status", row.status),
        say("Due by the ticket"): "" if pd.isna(row.due_at) else f"{row.due_at:%Y-%m-%d}",
        say("Satisfaction"): row.satisfaction and say.name("case_satisfaction", row.satisfaction),
        say("Returned before"): str(row.returned) if row.returned else "",
    }
    return render(
        "case_lead.html",
        channel=say.name("lead_channel", row.channel), ticket=row.ticket_no,
        at=f"{row.received_at:%Y-%m-%d %H:%M}", chips=chips, title=row.title,
        text=Markup(marked_text(row.text, marks)) if row.text else "",  # noqa: S704 -- escaped there
        facts=[(name, value) for name, value in known.items() if value],
    )  # fmt: skip
