"""What can be done with a piece now: hand over, receive, take over by two, return, correct."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from data.contracts.evidence_vocabulary import Custody
from governance.records.evidence.custody import ASKS
from governance.records.evidence.description import YES
from governance.records.evidence.views import PieceView


def show(page: Page, view: PieceView, *, people: Mapping[str, str]) -> None:
    """Offer the steps that the acting person can take."""
    with st.container(horizontal=True, key="evidence_steps"):
        for step in view.steps:
            name = page.say.name("custody_step", step)
            if step in ASKS:
                with st.popover(name):
                    _ask(page, view, step, people=people)
            else:
                change.confirm(
                    page, name, explained=page.say.name("custody_explained", step), yes=name,
                    key=f"evidence_{step}", change=partial(_act, page, view, step, {}),
                    done=page.say("Done: {step}", step=name),
                    kind="primary" if step == Custody.TAKEN_OVER else "secondary",
                )  # fmt: skip
        if view.correct:
            with st.popover(page.say("Correct")):
                _correct(page, view)


def _act(page: Page, view: PieceView, step: Custody, told: Mapping[str, str]) -> int:
    number, version = str(view.facts["evidence_no"]), int(view.facts["version"])
    return page.office.evidence.act(page.actor, number, step, told, version=version)


def _ask(page: Page, view: PieceView, step: Custody, *, people: Mapping[str, str]) -> None:
    say, name = page.say, page.say.name("custody_step", step)
    with st.form(f"evidence_{step}", border=False):
        st.markdown(say.name("custody_explained", step))
        if step == Custody.HANDED_OVER:
            others = {each: who for each, who in people.items() if each != page.actor.id}
            told = {"to": pick.one_or_none(say("To whom"), others, none=say("choose"),
                                           key="evidence_to") or ""}  # fmt: skip
        else:
            told = {"to": st.text_input(say("To whom")), "reason": st.text_input(say("Reason"))}
        if st.form_submit_button(name):
            change.make(page, lambda: _act(page, view, step, told),
                        done=say("Done: {step}", step=name))  # fmt: skip


def _correct(page: Page, view: PieceView) -> None:
    say, facts = page.say, view.facts
    with st.form("evidence_correct", border=False):
        said = {
            "place": st.text_input(say("Place"), value=facts["place"]),
            "note": st.text_input(say("Note"), value=facts["note"]),
            "case_no": st.text_input(say("Case"), value=facts["case_no"] or ""),
        }
        minors = st.checkbox(say("Minors can be seen or heard"), value=facts["has_minor"])
        if st.form_submit_button(say("Save")):
            told = {n: v.strip() for n, v in said.items() if v.strip() != (facts[n] or "")}
            if minors != facts["has_minor"]:
                told["has_minor"] = YES if minors else "no"
            number = str(facts["evidence_no"])
            change.make(
                page,
                lambda: page.office.evidence.correct(page.actor, number, told,
                                                     version=facts["version"]),
                done=say("Corrected; what was said before stays in the custody."),
            )  # fmt: skip
