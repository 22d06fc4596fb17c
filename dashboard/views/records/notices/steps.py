"""The steps that a notice allows the acting person now, each with the facts that it asks for."""

from typing import Any, Final, Literal

import streamlit as st

from dashboard.i18n.markdown import failure
from dashboard.ui import change, links, pick
from dashboard.ui.frame import Page
from data.contracts.notice_vocabulary import STANDING, NoticeAction
from governance.access.permissions import Action, may
from governance.cases.rules.workflow.transitions import FactField, FactKind
from governance.records.notices.views import NoticeStep, NoticeView

_CHOSEN: Final = "notice_step"
_FORWARD: Final = (
    NoticeAction.SUBMIT, NoticeAction.APPROVE, NoticeAction.PREVIEW, NoticeAction.PUBLISH,
    NoticeAction.UPHOLD, NoticeAction.TAKE_DOWN,
)  # fmt: skip
"""Steps towards the end of a notice, the first of which stands out."""
_EXPLAINED: Final = frozenset({NoticeAction.APPROVE, NoticeAction.PREVIEW, NoticeAction.UPHOLD})
"""Steps of which is told why they cannot be taken; what keeps others back is seen anyway."""


def show(page: Page, view: NoticeView) -> None:
    """Draw a button for each step; the chosen one's form below; why not what cannot be done."""
    order = {action: place for place, action in enumerate((*_FORWARD, *NoticeAction))}
    steps = [each for each in view.actions if each.action != NoticeAction.EDIT]
    steps.sort(key=lambda each: order.get(each.action, len(order)))
    first = next((each.action for each in steps if each.action in _FORWARD), "")
    chosen = _chosen(view, steps)
    with st.container(horizontal=True, gap="small", key="notice_steps"):
        for step in steps:
            _button(page, view, step, stands_out=step.action == (chosen or first))
        _correction(page, view)
    if not steps:
        page.caption("Nothing in this notice waits for you.")
    for step in steps:
        if step.action == chosen:
            _form(page, view, step)
    for action, error in view.not_now.items():
        if action in _EXPLAINED:
            st.caption(f"{page.say.name('notice_action', action)} – {failure(page.say, error)}")


def _button(page: Page, view: NoticeView, step: NoticeStep, *, stands_out: bool) -> None:
    """Offer a step: one that asks for nothing is taken at once, another opens its form."""
    label = page.say.name("notice_action", step.action)
    kind: Literal["primary", "secondary"] = "primary" if stands_out else "secondary"
    key = f"notice_step_{step.action}"
    asks = [each for each in step.asks if each.kind != FactKind.HASH]
    if asks:
        st.button(label, key=key, type=kind, on_click=_choose, args=(view, step.action))
    elif st.button(label, key=key, type=kind):
        _send(page, view, step, {})


def _correction(page: Page, view: NoticeView) -> None:
    if view.facts["stage"] not in STANDING or not may(page.actor, Action.DRAFT_NOTICES):
        return
    if st.button(page.say("Draft a correction"), key="notice_step_correction"):
        number = str(view.facts["notice_no"])

        def draft() -> str:
            new = page.office.notices.draft_correction(page.actor, number)
            links.open_here("notice", new)
            return new

        change.make(page, draft, done=lambda n: page.say("{notice} is a draft now.", notice=n))


def _chosen(view: NoticeView, steps: list[NoticeStep]) -> str | None:
    of, action = st.session_state.get(_CHOSEN, ("", None))
    is_offered = any(step.action == action for step in steps)
    return action if of == view.facts["notice_no"] and is_offered else None


def _choose(view: NoticeView, action: str) -> None:
    """Open a step's form, or fold it away where it is open."""
    this = (view.facts["notice_no"], action)
    st.session_state[_CHOSEN] = ("", None) if st.session_state.get(_CHOSEN) == this else this


def _form(page: Page, view: NoticeView, step: NoticeStep) -> None:
    say, name = page.say, page.say.name("notice_action", step.action)
    key = f"notice_form_{step.action}"
    with st.form(f"{key}_{view.facts['notice_no']}", enter_to_submit=False):
        st.markdown(f"**{name}**")
        if say.knows("notice_step", step.action):
            st.caption(say.name("notice_step", step.action))
        values = {each.name: _ask(page, each, key=f"{key}_{each.name}") for each in step.asks}
        if st.form_submit_button(name, type="primary", key=f"{key}_send"):
            _send(page, view, step, {n: str(v) for n, v in values.items() if v is not None})


def _ask(page: Page, fact: FactField, *, key: str) -> Any:  # noqa: ANN401 -- of the fact's kind
    say = page.say
    label = say.name("notice_fact", fact.name)
    if fact.kind is FactKind.WORD:
        names = say.names(f"notice_{fact.name}", fact.words)
        return st.pills(label, fact.words, format_func=names.__getitem__, key=key, wrap=True)
    if fact.kind is FactKind.DAY:
        return pick.day(label, page.office.clock.today(), key=key)
    return st.text_area(label, key=key, height=80).strip() or None


def _send(page: Page, view: NoticeView, step: NoticeStep, values: dict[str, str]) -> None:
    say, number = page.say, str(view.facts["notice_no"])
    seen = {each.name: view.seen for each in step.asks if each.kind is FactKind.HASH}

    def act() -> None:
        version = int(view.facts["version"])
        page.office.notices.act(page.actor, number, step.action, values | seen, version=version)
        st.session_state.pop(_CHOSEN, None)

    done = say("{notice}: {action} – saved.", notice=number,
               action=say.name("notice_action", step.action))  # fmt: skip
    if step.action == NoticeAction.DISCARD:
        done += " " + say("It lies under “Over” and can be brought back.")
    change.make(page, act, done=done)
