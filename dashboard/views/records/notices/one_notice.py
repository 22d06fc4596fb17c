"""One notice: where it stands, what it says masked, what can be done now, what was done."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard.documents.html import render
from dashboard.i18n.clock import clock_card
from dashboard.ui import change, links
from dashboard.ui.frame import Page
from dashboard.ui.sections import timeline
from dashboard.views.records.notices import edit, steps
from dashboard.views.records.notices.facts import in_words
from data.contracts.notice_vocabulary import NoticeStage
from governance.access.permissions import Action, may
from governance.records.notices.texts import ENTRY_COLUMNS
from governance.records.notices.views import NoticeView


def show(page: Page, notice_no: str) -> None:
    """Draw a notice, or say why it cannot be seen."""
    st.button(page.say("Back to the list"), key="notice_back", on_click=links.open_here,
              args=("notice", None), shortcut="B")  # fmt: skip
    change.show_done()
    with page.telling_failures():
        view = page.office.notice_desk.notice(page.actor, notice_no)
        people = page.office.notice_desk.people(page.actor)
        with st.container(border=True, key="notice_card"):
            _head(page, view, people=people)
            _problems(page, view)
            steps.show(page, view)
        drafts = may(page.actor, Action.DRAFT_NOTICES)
        if view.facts["stage"] == NoticeStage.DRAFT and drafts:
            edit.show(page, view)
        page.subheader("What it says, masked")
        _paper(page, view)
        _downloads(page, view)
        page.subheader("History")
        timeline.show(page, view.history, "notice", people=people, note=lambda _, note: note,
                      facts=partial(in_words, people=people, say=page.say))  # fmt: skip


def _head(page: Page, view: NoticeView, *, people: Mapping[str, str]) -> None:
    say, known = page.say, view.facts
    card = clock_card(known["card"], known["days_left"], known["overdue_days"], say=say)
    clock = say.name("notice_clock", known["clock"]) if known["clock"] else ""
    due = f"{known['due_at']:%Y-%m-%d}" if known["due_at"] else ""
    facts = [
        (say("Kind"), say.name("notice_kind", known["kind"])),
        (say("Audience"), say.name("notice_audience", known["audience"])),
        *([(say("Clock"), f"{clock} · {due}")] if clock else []),
        (say("Drafted by"), people.get(known["drafted_by"], known["drafted_by"])),
        *in_words(known, people=people, say=say),
    ]
    st.html(
        render(
            "cases/head.html", case_no=known["notice_no"], title=known["title"], tone=card.tone,
            card=card.text, stage=say.name("notice_stage", known["stage"]), facts=facts,
        )
    )  # fmt: skip


def _problems(page: Page, view: NoticeView) -> None:
    """Say everything that keeps a notice that is not out from being let go."""
    if view.facts["published_at"] or not view.problems:
        return
    say = page.say
    lines = [
        "- " + say("{problem}: {seen}", problem=say.name("notice_problem", each.code),
                   seen=say.name("notice_fact", each.seen) if each.code == "missing"
                   else f"`{each.seen}`")
        for each in view.problems
    ]  # fmt: skip
    head = say("Before it can be let go, {count} {count:thing is|things are} to be put right:",
               count=len(lines))  # fmt: skip
    st.warning("\n".join([head, "", *lines]))


def _paper(page: Page, view: NoticeView) -> None:
    known = view.facts
    lines = [line.strip() for line in known["body"].splitlines() if line.strip()]
    st.html(
        render(
            "notices/paper.html", title=known["title"], addressee=known["addressee"],
            paragraphs=[{"text": text, "head": text.startswith("案例")} for text in lines],
            heads=ENTRY_COLUMNS if known["entries"] else (), entries=known["entries"],
            office=page.office.settings(page.actor).name,
            day=f"{known['published_at']:%Y-%m-%d}" if known["published_at"] else "",
        )
    )  # fmt: skip
    page.caption("Content hash {hash}", hash=view.seen[:16])


def _downloads(page: Page, view: NoticeView) -> None:
    number, kind = str(view.facts["notice_no"]), str(view.facts["kind"])
    with st.container(horizontal=True, key="notice_downloads"):
        for form in page.office.notice_papers.forms(page.actor, kind):
            label, name = page.say.name("notice_form", form), f"{number}.{form}"
            st.download_button(
                label, data=partial(_file, page, number, form), file_name=name,
                key=f"notice_{form}", on_click="ignore",
            )  # fmt: skip


def _file(page: Page, notice_no: str, form: str) -> bytes:
    return page.office.notice_papers.paper(page.actor, notice_no, form)
