"""The same step for the cases that are ticked in the list, once it was confirmed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from dashboard.ui import change
from dashboard.ui.frame import Page
from dashboard.views.cases import facts
from data.contracts.case_vocabulary import CaseAction, Stage
from governance.access.permissions import Action, may
from governance.cases.rules.transitions import WORKFLOW, CaseTransition
from governance.cases.rules.workflow.transitions import FactKind

_OFFERED: Final = (
    (CaseAction.ACCEPT, Stage.NEW),
    (CaseAction.ASSIGN, Stage.ASSIGNED),
    (CaseAction.RETURN, Stage.NEW),
)
"""Steps that many cases can take at once, and a stage in which each is asked for the same facts."""
_LAST: Final = "cases_last_bulk"


def allowed(page: Page) -> list[CaseTransition]:
    """Return the steps that the acting person may take with many cases."""
    ways = [WORKFLOW.find(stage, action) for action, stage in _OFFERED]
    return [way for way in ways if way and way.open_to(page.actor)]


def show(
    page: Page,
    chosen: Sequence[str],
    ways: Sequence[CaseTransition],
    *,
    holders: Mapping[str, str],
) -> None:
    """Offer the steps for what is ticked, and to take the last one back where that can be."""
    _offer_undo(page)
    if not chosen:
        return
    with st.container(horizontal=True, key="cases_bulk"):
        for way in ways:
            label = page.say("{action}: {count}", action=page.say.name("case_action", way.action),
                             count=len(chosen))  # fmt: skip
            with st.popover(label):
                _confirm(page, chosen, way, holders=holders)
        if may(page.actor, Action.TAKE_LEADS):
            _offer_results(page, chosen)


def _offer_results(page: Page, chosen: Sequence[str]) -> None:
    """Offer the handling forms of the chosen cases' tickets as one workbook."""
    st.download_button(
        page.say("Handling forms: {count} (Excel)", count=len(chosen)),
        data=lambda: page.office.cases.results_workbook(page.actor, chosen),
        file_name=f"{page.say('Handling forms')}.xlsx",
        on_click="ignore",
        key="cases_results",
    )


def _confirm(
    page: Page,
    chosen: Sequence[str],
    way: CaseTransition,
    *,
    holders: Mapping[str, str],
) -> None:
    say, key = page.say, f"cases_bulk_{way.action}"
    with st.form(key, border=False):
        st.markdown(say("{action} for {count} cases. A case that does not allow it stays as it is.",
                        action=say.name("case_action", way.action), count=len(chosen)))  # fmt: skip
        values = {
            each.name: facts.ask(page, each, people=holders, key=f"{key}_{each.name}")
            for each in way.asks
        }
        if any(each.kind is FactKind.LONG for each in way.asks):
            change.tell_hiding(page)
        if st.form_submit_button(say("Yes, all of them"), type="primary", key=f"{key}_yes"):
            change.make(page, lambda: _act(page, chosen, way, values), done=str)


def _act(page: Page, chosen: Sequence[str], way: CaseTransition, values: Mapping[str, Any]) -> str:
    """Take the step with each case; return what became of them, in words."""
    say, action = page.say, way.action
    given = {name: str(value) for name, value in values.items() if value is not None}
    answers = page.office.cases.act_on_many(page.actor, chosen, action, given)
    done = [each.number for each in answers if each.error is None]
    st.session_state[_LAST] = (action, tuple(done))
    text = change.outcome_of_many(answers, say.name("case_action", action), say=say)
    return change.with_hidden(text, *facts.typed_in(way.asks, given), say=say)


def _offer_undo(page: Page) -> None:
    """Offer to take back what was just done with many."""
    action, cases = st.session_state.get(_LAST, ("", ()))
    if not cases:
        return
    say = page.say

    def undo() -> str:
        del st.session_state[_LAST]
        answers = page.office.case_inbox.undo(page.actor, cases)
        return change.outcome_of_many(answers, say.name("case_action", CaseAction.UNDO), say=say)

    st.button(
        say("Take back: {action}, {count} cases", action=say.name("case_action", action),
            count=len(cases)),
        key="cases_undo", type="tertiary", shortcut="U",
        on_click=change.making(page, undo, done=str),
    )  # fmt: skip
