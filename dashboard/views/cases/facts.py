"""What an action asks for, as fields of a form; what a case is told to be, in words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import named
from dashboard.ui import pick
from dashboard.ui.frame import Page
from data.contracts.case_vocabulary import CaseAction
from governance.cases.rules.workflow.transitions import FactField, FactKind

_READ_OUTSIDE: Final = frozenset({"reply", "sent_to"})
"""What `governance.cases.public_reports.outcome` tells who reported."""
SHOWN: Final = (
    "holder_id", "finding", "referral", "sent_to", "receipt_no", "outcome", "decision_no",
    "decision_no_before", "decided_on", "served_on", "served_on_before", "reply_by", "reply",
    "satisfaction", "return_reason", "hold_reason", "extend_basis", "due_at",
)  # fmt: skip
"""Facts of a step that its line in the history names, in this order."""


def ask(page: Page, fact: FactField, *, people: Mapping[str, str], key: str) -> Any:  # noqa: ANN401 -- of the fact's kind
    """Draw the field of a fact and return what it holds; None where it is empty."""
    say = page.say
    label = name_of(fact.name, say=say)
    if not fact.required:
        label = say("{name} (optional)", name=label)
    elif fact.unless:
        other, words = fact.unless
        cases = named(f"case_{other}", words, say=say)
        label = say("{name} (may be empty for: {cases})", name=label, cases=cases)
    if fact.kind is FactKind.WORD:
        names = say.names(f"case_{fact.name}", fact.words)
        return st.pills(label, fact.words, format_func=names.__getitem__, key=key, wrap=True)
    if fact.kind is FactKind.PERSON:
        if not people:
            page.caption("Nobody who takes the next step has this place in their part of the "
                         "street. The security administrator gives somebody both.")  # fmt: skip
            return None
        return pick.one_or_none(label, people, none=say("choose"), key=key)
    if fact.kind is FactKind.DAY:
        return pick.day(label, page.office.clock.today() if fact.required else None, key=key)
    if fact.kind is FactKind.COUNT:
        return st.number_input(label, min_value=1, step=1, value=1, key=key)
    field = st.text_area if fact.kind is FactKind.LONG else st.text_input
    is_public = fact.name in _READ_OUTSIDE
    hint = say("Who reported may read this: no names, no numbers.") if is_public else None
    return field(label, key=key, placeholder=hint).strip() or None


def typed_in(asks: Iterable[FactField], values: Mapping[str, Any]) -> list[str]:
    """Return the long texts among what was asked for, in which numbers are hidden."""
    long = (each.name for each in asks if each.kind is FactKind.LONG)
    return [str(values[name]) for name in long if values.get(name)]


def name_of(fact: str, *, say: Translator) -> str:
    """Name a fact."""
    return say.name("case_fact", fact)


def in_words(
    facts: Mapping[str, Any], *, people: Mapping[str, str], say: Translator
) -> list[tuple[str, str]]:
    """Return names and values of the facts that are told, in their order."""
    present = [(name, facts[name]) for name in SHOWN if facts.get(name)]
    return [(name_of(n, say=say), _value(n, value, people=people, say=say)) for n, value in present]


def note_words(action: str, note: str, *, say: Translator) -> str:
    """Word the note of a step: what people wrote stays, what the server wrote are codes."""
    ticket, colon, changed = note.partition(": ")
    if action == CaseAction.UPDATE and colon:
        return f"{ticket} · {named('ticket_news', changed.split(', '), say=say)}"
    return say.name("case_cause", note)


def _value(name: str, value: Any, *, people: Mapping[str, str], say: Translator) -> str:  # noqa: ANN401 -- of any kind
    if name == "holder_id":
        return people.get(str(value), str(value))
    if name == "due_at":
        return str(value)[:10]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return say.name(f"case_{name}", str(value))
