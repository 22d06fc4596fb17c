"""The form in which authors write a draft."""

from typing import Any

import streamlit as st

from dashboard.ui import change, frame, pick
from dashboard.ui.frame import Page
from data.contracts.notice_vocabulary import DECIDED_ONLY, Audience, NoticeAction
from governance.records.notices.views import NoticeView


def show(page: Page, view: NoticeView) -> None:
    """Ask for what a notice says; it is saved as a new version."""
    say, known = page.say, view.facts
    number = str(known["notice_no"])
    key = f"notice_edit_{number}_{known['version']}"
    page.subheader("Write")
    with st.form(key):
        told: dict[str, Any] = {"title": st.text_input(say("Title"), known["title"],
                                                       key=f"{key}_title")}  # fmt: skip
        left, right = st.columns(2)
        told["period"] = left.text_input(say("Period"), known["period"], key=f"{key}_period")
        names = say.names("notice_audience", Audience)
        told["audience"] = pick.one(
            say("Audience"), names, key=frame.translated(f"{key}_audience"), at=right,
            index=list(names).index(known["audience"]),
        )  # fmt: skip
        told["addressee"] = st.text_input(
            say("Addressee (optional)"), known["addressee"], key=f"{key}_addressee"
        )
        told["body"] = st.text_area(
            say("Text, a paragraph a line"), known["body"], key=f"{key}_body", height=320
        )
        if known["kind"] in DECIDED_ONLY:
            told["case_nos"] = _cases(page, view, key=key)
        if st.form_submit_button(say("Save"), type="primary", key=f"{key}_save"):
            change.make(
                page,
                lambda: page.office.notices.act(page.actor, number, NoticeAction.EDIT, told,
                                                version=int(known["version"])),
                done=say("Saved."),
            )  # fmt: skip


def _cases(page: Page, view: NoticeView, *, key: str) -> list[str]:
    """Ask which cases it tells of: its own, and those that may be told."""
    own = list(view.facts["case_nos"])
    rows = page.office.notice_desk.candidates(page.actor, str(view.facts["kind"]))
    ready = rows[rows["why_not"] == ""]
    names = {number: number for number in (*own, *ready["case_no"])}
    return pick.some(page.say("Cases to tell"), names, none=page.say("choose"), key=f"{key}_cases",
                     default=own)  # fmt: skip
