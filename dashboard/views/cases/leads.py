"""The leads of a case: through which channel, what they say, and by which words they count."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from markupsafe import Markup

from dashboard.documents.html import render
from dashboard.documents.marked_text import marked_text
from dashboard.ui import browser_component, change, links
from dashboard.ui.frame import Page
from data.contracts.case_vocabulary import Channel
from governance.access.permissions import Action, may
from governance.cases.merging.open_leads import SETTLED
from governance.cases.public_reports.office_side import SeenReport
from governance.cases.views import CaseView
from governance.security.compliance.complainants import ADVERTS

_copy = browser_component.declare("copy_text", slot="gw-copy-slot")


def show(page: Page, view: CaseView) -> None:
    """Draw the leads, the earliest first, with the words marked that the screening goes by."""
    page.subheader("Leads ({count})", count=len(view.leads))
    case_no = str(view.facts["case_no"])
    public = _public_reports(page, view)
    for row in view.leads.itertuples():
        st.html(_lead(page, row))
        if report := public.get(str(row.ticket_no)):
            _show_public(page, report)
        elif row.origin_table == ADVERTS:
            _offer_contact(page, str(row.origin_key))
        elif row.ticket_no and may(page.actor, Action.TAKE_LEADS):
            _offer_text(page, case_no, str(row.ticket_no))
    if may(page.actor, Action.MERGE_LEADS) and view.facts["stage"] not in SETTLED:
        links.show(page, "leads", page.say("Is another lead of the same event?"),
                   part="merging", case=case_no)  # fmt: skip
    page.caption("Marked words tell of a form of hidden tutoring; red ones were disguised.")


def _offer_text(page: Page, case_no: str, ticket_no: str) -> None:
    """Offer what is typed back into the hotline's form, folded, as one block to be copied."""
    key = f"ticket_{ticket_no}"
    folded = st.expander(page.in_markdown("Handling form of ticket {ticket}", ticket=ticket_no),
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


def _offer_contact(page: Page, row_key: str) -> None:
    """Offer to see whom an advert names, folded, to those who may."""
    if not any(may(page.actor, each) for each in (Action.SEE_LINKS, Action.SEE_IDENTITY)):
        return
    label = page.say("Contact of the advert (the look is written down)")
    folded = st.expander(label, key=f"advert_contact_{row_key}", on_change="rerun")
    if folded.open:
        with folded, page.telling_failures():
            person = page.office.complainants.look_up_advert(page.actor, row_key)
            st.text(" · ".join(filter(None, (person.name, person.contact))))


def _lead(page: Page, row: Any) -> str:  # noqa: ANN401 -- a row of itertuples
    say = page.say
    marks = page.office.screening.marks(page.actor, row.text) if row.text else ()
    chips = [say.name("lead_nature", row.nature)] if row.nature else []
    chips += [say.name("term_part", form) for form in row.forms]
    known = {
        say("Address"): row.address,
        say("State of the ticket"): row.status and say.name("ticket_status", row.status),
        say("Due by the ticket"): "" if pd.isna(row.due_at) else f"{row.due_at:%Y-%m-%d}",
        say("Satisfaction"): row.satisfaction and say.name("case_satisfaction", row.satisfaction),
        say("Returned before"): str(row.returned) if row.returned else "",
    }
    return render(
        "cases/lead.html",
        channel=say.name("lead_channel", row.channel), ticket=row.ticket_no,
        at=f"{row.received_at:%Y-%m-%d %H:%M}", chips=chips, title=title_above(row.title, row.text),
        text=Markup(marked_text(row.text, marks)) if row.text else "",  # noqa: S704 -- escaped there
        facts=[(name, value) for name, value in known.items() if value],
    )  # fmt: skip


def title_above(title: str, text: str) -> str:
    """Return the title that stands above a text, "" for one that the text begins with."""
    return "" if text.startswith(title) else title


def _public_reports(page: Page, view: CaseView) -> dict[str, SeenReport]:
    """Return receipt number → public report of the case, to who may see them."""
    sees = may(page.actor, Action.SEE_PUBLIC_REPORTS)
    if not sees or not view.leads["channel"].eq(Channel.PUBLIC_REPORT).any():
        return {}
    found = page.office.public_reports.of_case(page.actor, str(view.facts["case_no"]))
    return {report.receipt: report for report in found}


def _show_public(page: Page, report: SeenReport) -> None:
    """Draw what only a public report has: photos, a reward, and who reported, folded."""
    if report.photos:
        alt = page.say("Photo of the report")
        st.html(render("cases/photos.html", photos=report.photos, alt=alt))
    if report.reward.wanted:
        _show_reward(page, report)
    if may(page.actor, Action.SEE_IDENTITY):
        label = page.say("The report as it came (the look is written down)")
        folded = st.expander(label, key=f"public_original_{report.report_id}", on_change="rerun")
        if folded.open:
            with folded, page.telling_failures():
                original = page.office.public_reports.original(page.actor, report.report_id)
                who = " · ".join(filter(None, (original.person.name, original.person.phone)))
                st.text(who or page.say("Who reported did not say who they are."))
                st.text(original.text)


def _show_reward(page: Page, report: SeenReport) -> None:
    """Say where the reward stands; who decides about it gets the buttons that are left."""
    say, reward, service = page.say, report.reward, page.office.public_reports
    stand = {None: "open", False: "not_due", True: "due"}[reward.eligible]
    stand = "paid" if reward.paid_at else stand
    st.caption(say.name("reward_stand", stand))
    if reward.paid_at:
        return
    number, key = report.report_id, f"reward_{report.report_id}"
    with st.container(horizontal=True, gap="small"):
        words = {True: say("It earns the reward"), False: say("It earns none")}
        for eligible, label in words.items() if may(page.actor, Action.DECIDE_REWARD) else ():
            decide = partial(service.decide_reward, page.actor, number, eligible=eligible)
            if reward.eligible is not eligible:
                st.button(label, key=f"{key}_{eligible}",
                          on_click=change.making(page, decide, done=say("Decided.")))  # fmt: skip
        if reward.eligible and may(page.actor, Action.PAY_REWARD):
            pay = partial(service.pay_reward, page.actor, number)
            st.button(say("It was paid"), key=f"{key}_paid",
                      on_click=change.making(page, pay, done=say("Noted as paid.")))  # fmt: skip
