"""The steps that a case allows the acting person now, each with exactly the facts it asks for."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import streamlit as st

from dashboard.i18n.markdown import failure
from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from dashboard.views.cases import facts
from data.contracts.case_vocabulary import CaseAction
from geo.errors import GridwardenError
from governance.access.permissions import Action, may
from governance.cases.rules.waiting import others_waited_for
from governance.cases.rules.workflow.transitions import FactField
from governance.cases.views import CaseStep, CaseView

_CHOSEN: Final = "case_step"
_MOST_KEYS: Final = 9
_MOST_VISITS: Final = 20
_VISIT: Final = "visit_id"
_KNOWN: Final = {
    CaseAction.TAKE_OVER: ("receipt_no",), CaseAction.CORRECT: ("decision_no", "served_on"),
}  # fmt: skip
"""What a step asks for and may be known already: what is told with the referral, or mistyped."""
_FORWARD: Final = (
    CaseAction.ACCEPT, CaseAction.ASSIGN, CaseAction.VERIFY, CaseAction.TAKE_OVER,
    CaseAction.DECIDE, CaseAction.REFER, CaseAction.REPLY, CaseAction.CLOSE, CaseAction.RESUME,
)  # fmt: skip
"""Steps towards the end of a case, the first of which stands out where it is for who looks."""


def show(page: Page, view: CaseView, *, people: Mapping[str, str]) -> None:
    """Draw a button for each step; the chosen one's form below.

    ``people``: whom a case can be given to.
    """
    order = {action: place for place, action in enumerate(dict.fromkeys((*_FORWARD, *CaseAction)))}
    why_not = page.office.case_inbox.not_now(page.actor, str(view.facts["case_no"]))
    holder = view.facts["holder_id"]
    if holder and holder in {page.actor.id, page.actor.person_id}:
        # Whoever took a case over goes on with it.
        order[CaseAction.TAKE_OVER] = len(order)
    ranked = sorted(
        (each for each in view.actions if each.action not in why_not),
        key=lambda each: order[each.action],
    )
    others = others_waited_for(page.actor, view.facts)
    if ranked:
        _offer(page, view, ranked, people=people, forward=() if others else _FORWARD)
    else:
        page.caption("Nothing in this case waits for you.")
    if others:
        roles = page.say(", ").join(page.say.name("role", each) for each in others)
        page.caption("The next step is for: {roles}", roles=roles)
    _offer_undo(page, str(view.facts["case_no"]))
    _tell_why_not(page, why_not)


def _offer_undo(page: Page, case_no: str) -> None:
    """Offer to take back what the acting person just did, while that can be."""
    last = page.office.case_inbox.undoable(page.actor, case_no)
    if last is None:
        return
    say = page.say

    def undo() -> None:
        answer = page.office.case_inbox.undo(page.actor, [case_no])[0]
        if answer.error is not None:
            raise answer.error

    action = say.name("case_action", last)
    st.button(
        say("Undo: {action}", action=action), key="case_undo", type="tertiary",
        help=say("For ten minutes, while nothing followed."),
        on_click=change.making(page, undo, done=say("{action}: taken back.", action=action)),
    )  # fmt: skip


def _offer(
    page: Page,
    view: CaseView,
    ranked: list[CaseStep],
    *,
    people: Mapping[str, str],
    forward: Collection[CaseAction],
) -> None:
    case_no = str(view.facts["case_no"])
    chosen = _chosen(case_no, ranked)
    with st.container(horizontal=True, gap="small", key="case_steps"):
        for number, step in enumerate(ranked, 1):
            first = not chosen and number == 1 and step.action in forward
            stands_out = first or step.action == chosen
            st.button(
                page.say.name("case_action", step.action),
                key=f"case_step_{step.action}",
                type="primary" if stands_out else "secondary",
                shortcut=str(number) if number <= _MOST_KEYS else None,
                on_click=_choose,
                args=(case_no, step.action),
            )
    for step in ranked:
        if step.action == chosen:
            _form(page, view, step, people=people)


def _tell_why_not(page: Page, why_not: Mapping[CaseAction, GridwardenError]) -> None:
    """Say which steps towards the end of the case are not for this person now, and why."""
    for action, error in why_not.items():
        if action in {*_FORWARD, CaseAction.RETURN, CaseAction.CORRECT}:
            st.caption(f"{page.say.name('case_action', action)} – {failure(page.say, error)}")


def _chosen(case_no: str, steps: list[CaseStep]) -> str | None:
    of, action = st.session_state.get(_CHOSEN, ("", None))
    return action if of == case_no and any(step.action == action for step in steps) else None


def _choose(case_no: str, action: str) -> None:
    """Open a step's form, or fold it away where it is open."""
    same = st.session_state.get(_CHOSEN) == (case_no, action)
    st.session_state[_CHOSEN] = ("", None) if same else (case_no, action)


def _form(page: Page, view: CaseView, step: CaseStep, *, people: Mapping[str, str]) -> None:
    """Ask for what a step needs; a refusal is told under the fields, which keep what they hold."""
    say, name = page.say, page.say.name("case_action", step.action)
    key = f"case_form_{view.facts['case_no']}_{step.action}"
    with st.form(key, enter_to_submit=False):
        st.markdown(f"**{name}**")
        if say.knows("case_step", step.action):
            st.caption(say.name("case_step", step.action))
        values = {
            each.name: _ask(page, view, each, step.action, people=people, key=f"{key}_{each.name}")
            for each in step.asks
        }
        note = "" if "reason" in values else _ask_note(page, step.action, key=f"{key}_note")
        change.tell_hiding(page)
        if st.form_submit_button(name, type="primary", key=f"{key}_send"):
            given = {fact: str(value) for fact, value in values.items() if value is not None}
            _send(page, view, step, given, note=note)


def _ask_note(page: Page, action: CaseAction, *, key: str) -> str:
    label = page.say("Note") if action == CaseAction.NOTE else page.say("Note (optional)")
    return st.text_area(label, key=key, height=68).strip()


def _ask(
    page: Page,
    view: CaseView,
    fact: FactField,
    action: CaseAction,
    *,
    people: Mapping[str, str],
    key: str,
) -> Any:  # noqa: ANN401 -- of the fact's kind
    if fact.name == _VISIT:
        return _ask_visit(page, view, key=key)
    if fact.name in _KNOWN.get(action, ()) and view.facts[fact.name]:
        st.session_state.setdefault(key, view.facts[fact.name])
    return facts.ask(page, fact, people=people, key=key)


def _ask_visit(page: Page, view: CaseView, *, key: str) -> str | None:
    """Ask which visit the finding rests on, of those to the case's building."""
    building = view.facts["building_id"]
    if not building or not may(page.actor, Action.SEE_VISITS):
        return None
    visits = page.office.worklist.visits(page.actor, building_id=str(building), limit=_MOST_VISITS)
    names = {
        str(row.visit_id): f"{row.at:%Y-%m-%d %H:%M} · "
        + page.say.name("visit_result", str(row.result))
        for row in visits.itertuples()
    }
    if not names:
        return None
    label = page.say("The visit (optional)")
    return pick.one_or_none(label, names, none=page.say("choose"), key=key)


def _send(
    page: Page, view: CaseView, step: CaseStep, given: Mapping[str, str], *, note: str
) -> None:
    say, case_no = page.say, str(view.facts["case_no"])

    def act() -> None:
        version = int(view.facts["version"])
        page.office.cases.act(page.actor, case_no, step.action, given, note=note, version=version)
        st.session_state.pop(_CHOSEN, None)

    done = say("{case}: {action} – saved.", case=case_no,
               action=say.name("case_action", step.action))  # fmt: skip
    typed = facts.typed_in(step.asks, given)
    change.make(page, act, done=change.with_hidden(done, note, *typed, say=say))
