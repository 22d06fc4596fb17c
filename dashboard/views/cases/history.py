"""What was done about a case, as a line through time."""

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.i18n.patrol import named
from dashboard.ui.frame import Page
from dashboard.views.cases import facts
from data.contracts.case_vocabulary import CaseAction


def show(page: Page, events: Iterable[Any], *, people: Mapping[str, str]) -> None:
    """Draw the history, the newest first."""
    steps = [_step(event, people=people, say=page.say) for event in events]
    label = page.say("History, the newest first")
    st.html(render("cases/history.html", label=label, steps=steps[::-1]))


def _step(event: Any, *, people: Mapping[str, str], say: Translator) -> dict[str, Any]:  # noqa: ANN401 -- a row
    moved = event.to_stage if event.from_stage != event.to_stage else ""
    return {
        "at": f"{event.at:%Y-%m-%d %H:%M}",
        "stage": event.to_stage,
        "action": say.name("case_done", event.action),
        "moved": say.name("case_stage", moved) if moved else "",
        "who": people.get(event.actor) or say.name("audit_person", event.actor),
        "note": note_words(event.action, event.note, say=say),
        "facts": facts.in_words(event.facts, people=people, say=say),
    }


def note_words(action: str, note: str, *, say: Translator) -> str:
    """Word the note of a step: what people wrote stays, what the server wrote are codes."""
    ticket, colon, changed = note.partition(": ")
    if action == CaseAction.UPDATE and colon:
        return f"{ticket} · {named('ticket_news', changed.split(', '), say=say)}"
    return say.name("case_cause", note)
