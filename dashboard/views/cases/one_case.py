"""One case beside the list: what it is, what can be done now, where, why, and what was done."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard.documents.html import render
from dashboard.i18n.clock import clock_card
from dashboard.ui import links
from dashboard.ui.frame import Page
from dashboard.ui.sections import material, timeline
from dashboard.views.cases import facts, leads, place, steps
from governance.cases.views import CaseView


def show(page: Page, case_no: str, *, people: Mapping[str, str]) -> None:
    """Draw a case, or say why it cannot be seen."""
    st.button(page.say("Back to the list"), key="case_back", on_click=links.open_here,
              args=("case", None), shortcut="B")  # fmt: skip
    with page.telling_failures():
        view = page.office.cases.case(page.actor, case_no)
        stage = str(view.facts["stage"])
        holders = page.office.case_desk.holders(page.actor, stage=stage, of=view.facts)
        with st.container(border=True, key="case_card"):
            _head(page, view, people=people)
            steps.show(page, view, people=holders)
        place.show(page, view)
        leads.show(page, view)
        material.show_of_case(page, case_no)
        page.subheader("History")
        timeline.show(page, view.history, "case", people=people,
                      note=partial(facts.note_words, say=page.say),
                      facts=partial(facts.in_words, people=people, say=page.say))  # fmt: skip


def _head(page: Page, view: CaseView, *, people: Mapping[str, str]) -> None:
    """Say which case it is, where it stands, its clock, who holds it and what is known."""
    say, known = page.say, view.facts
    card = clock_card(known["card"], known["days_left"], known["overdue_days"], say=say)
    due = f"{known['due_at']:%Y-%m-%d}" if known["due_at"] else ""
    clock = say.name("case_clock", known["clock"]) if known["clock"] else ""
    told = facts.in_words(
        {name: value for name, value in known.items() if name not in {"due_at", "holder_id"}},
        people=people, say=say,
    )  # fmt: skip
    told += _revisits(page, str(known["case_no"]))
    holder = people.get(known["holder_id"] or "", known["holder_id"]) or say("nobody holds it")
    st.html(
        render(
            "cases/head.html",
            case_no=known["case_no"], title=known["title"], tone=card.tone, card=card.text,
            stage=say.name("case_stage", known["stage"]),
            facts=[
                *([(say("Clock"), f"{clock} · {due}")] if clock else []),
                (say("Holder"), holder),
                *told,
            ],
        )
    )  # fmt: skip


def _revisits(page: Page, case_no: str) -> list[tuple[str, str]]:
    """Say which re-visit is due and which are to come, of a closed case."""
    days, say = page.office.case_desk.revisits(page.actor, case_no), page.say
    told = []
    if days.due is not None:
        told.append((say("Re-visit due"), f"{days.due}"))
    if days.coming:
        told.append((say("Re-visits to come"), say(", ").join(map(str, days.coming))))
    return told
