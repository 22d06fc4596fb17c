"""Notices and reminders: the list, and a new letter, warning or reminder."""

from typing import Final

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column
from dashboard.ui import change, frame, links, pick, table
from dashboard.ui.frame import Page
from dashboard.views.records.notices import notice_list
from data.contracts.notice_vocabulary import DECIDED_ONLY, NoticeKind
from governance.access.permissions import Action, may

KINDS: Final = tuple(each for each in NoticeKind if each not in DECIDED_ONLY)
NEW: Final = (NoticeKind.LETTER, NoticeKind.WARNING, NoticeKind.REMINDER)
OWING: Final = (
    Column("name"),
    Column("community"),
    Column("duty", kind="duty"),
    Column("holder", header="Who has signed no pledge"),
    Column("reminded_in", header="Reminder under way", empty="none"),
)
_MOST_AT_ONCE: Final = 50


def show(page: Page) -> None:
    """Show the list; to who drafts, what can be begun."""
    kinds = tuple(map(str, NoticeKind))
    notice_list.show(page, kinds, key="notices")
    if may(page.actor, Action.DRAFT_NOTICES):
        _new(page)
        _remind(page)


def _new(page: Page) -> None:
    say = page.say
    page.subheader("Begin a notice")
    with st.form("notice_new"):
        left, right = st.columns(2)
        names = say.names("notice_kind", NEW)
        kind = pick.one(say("Kind"), names, key=frame.translated("notice_new_kind"), at=left)
        period = right.text_input(say("Period"), key="notice_new_period",
                                  placeholder=say("this quarter, where left empty"))  # fmt: skip
        if st.form_submit_button(say("Begin with the text filled in"), type="primary"):
            begin(page, kind, period=period)


def begin(page: Page, kind: str, *, period: str = "", case_nos: tuple[str, ...] = ()) -> None:
    """Draft a notice and open it."""

    def draft() -> str:
        number = page.office.notices.draft(
            page.actor, kind, period=period.strip(), case_nos=case_nos
        )
        links.open_here("notice", number)
        return number

    change.make(page, draft, done=lambda n: page.say("{notice} is a draft now.", notice=n))


def _remind(page: Page) -> None:
    """List owners and managers without a pledge, and remind them."""
    say = page.say
    page.subheader("Owners and managers without a pledge")
    owing = page.office.notice_desk.owing(page.actor)
    if owing.empty:
        page.success("Every owner and manager who must has signed the pledge.")
        return
    open_ = owing[owing["reminded_in"] == ""]
    page.caption(
        "A reminder comes with the pledge to sign. Its day is written into the duty when it is "
        "signed."
    )
    table.table(page, owing, OWING, key="notices_owing", export=say("Pledges missing"))
    if open_.empty:
        page.caption("All of them have been reminded.")
    else:
        _remind_all(page, open_.head(_MOST_AT_ONCE))


def _remind_all(page: Page, some: pd.DataFrame) -> None:
    """Offer a draft for each of some who have signed no pledge."""
    say = page.say

    def remind() -> int:
        for row in some.itertuples():
            page.office.notices.draft(
                page.actor,
                NoticeKind.REMINDER,
                building_id=str(row.building_id),
                duty=str(row.duty),
            )
        return len(some)

    change.confirm(
        page, say("Draft reminders ({count})", count=len(some)),
        explained=say("A draft for each of those who have not been reminded; each is reviewed."),
        yes=say("Draft them"), key="notices_remind", change=remind,
        done=lambda n: say("Reminders drafted: {count}.", count=n),
    )  # fmt: skip
