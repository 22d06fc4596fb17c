"""Exposures of the quarter, and lists handed over: decided cases that can be told, chosen."""

from datetime import date
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.documents.columns import DAY, Column
from dashboard.ui import pick, table
from dashboard.ui.frame import Page
from dashboard.views.records.notices import notice_list, papers
from data.contracts.notice_vocabulary import NoticeKind
from governance.access.permissions import Action, may
from governance.records.notices.texts import quarter_of

CANDIDATES: Final = (
    Column("case_no", header="Case"),
    Column("estate", header="Estate"),
    Column("community"),
    Column("party", header="Party (masked)", empty="not known"),
    Column("outcome", kind="case_outcome", header="Outcome"),
    Column("decision_no", header="Decision number"),
    Column("decided_on", format=DAY, header="Decided on"),
    Column("served_on", format=DAY, header="Served on"),
    Column("free_on", format=DAY, header="May be told from"),
    Column("why_not", kind="notice_why_not", header="Now", empty="may be told"),
    Column("notice_no", header="Told in", empty="not yet"),
)


def show(page: Page) -> None:
    """Say whether the quarter has its exposure; list exposures and what could be told."""
    _quarter(page, page.office.clock.today())
    notice_list.show(page, (str(NoticeKind.EXPOSURE),), key="exposures")
    if may(page.actor, Action.DRAFT_NOTICES):
        page.subheader("Begin an exposure")
        choose(page, NoticeKind.EXPOSURE, key="exposure")


def show_handovers(page: Page) -> None:
    """List what was handed over to the education bureau, and begin another list."""
    page.caption(
        "The office hands the decided list over; whether somebody is blacklisted, the education "
        "bureau decides. What it answers is noted on each list."
    )
    notice_list.show(page, (str(NoticeKind.BLACKLIST),), key="handovers")
    if may(page.actor, Action.DRAFT_NOTICES):
        page.subheader("Begin a list")
        choose(page, NoticeKind.BLACKLIST, key="handover")


def _quarter(page: Page, today: date) -> None:
    quarter = quarter_of(today)
    out = page.office.notice_lists.exposed_periods(page.actor)
    if quarter in out:
        page.success("The exposure of {quarter} is out.", quarter=quarter)
    else:
        page.warning(
            "No exposure of {quarter} is out yet; the policy asks for one at least every quarter.",
            quarter=quarter,
        )


def choose(page: Page, kind: NoticeKind, *, key: str) -> None:
    """List decided cases and begin a notice of those that are chosen."""
    say = page.say
    rows = page.office.notice_lists.candidates(page.actor, kind)
    if rows.empty:
        page.info(
            "No case has a decision yet. Once a case is decided with a number, it is listed here."
        )
        return
    page.caption(
        "Only confirmed cases with a penalty that can no longer be fought may be told. From when "
        "on is in the table of deadlines."
    )
    table.table(page, rows, CANDIDATES, key=f"{key}_candidates",
                export=say("Decided cases"))  # fmt: skip
    ready = rows[(rows["why_not"] == "") & (rows["notice_no"] == "")]
    if ready.empty:
        page.caption("None of them may be told now that is not told yet.")
        return
    _form(page, kind, ready, key=key)


def _form(page: Page, kind: NoticeKind, ready: pd.DataFrame, *, key: str) -> None:
    say = page.say
    names = {
        str(row.case_no): " · ".join(
            filter(None, map(str, (row.case_no, row.estate or row.community, row.decision_no)))
        )
        for row in ready.itertuples()
    }
    with st.form(f"{key}_new"):
        chosen = pick.some(say("Cases to tell"), names, none=say("choose"), key=f"{key}_cases",
                           default=list(names)[:5])  # fmt: skip
        period = st.text_input(
            say("Period"), quarter_of(page.office.clock.today()), key=f"{key}_period"
        )
        sent = st.form_submit_button(say("Begin with the text filled in"), type="primary",
                                     key=f"{key}_begin")  # fmt: skip
    if sent and not chosen:
        page.warning("Choose at least one case.")
    elif sent:
        papers.begin(page, kind, period=period, case_nos=tuple(chosen))
