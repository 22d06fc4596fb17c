"""Enter a line by hand: what was ordered from above, or what no rule can see."""

import streamlit as st

from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from data.contracts.ledger_vocabulary import InReason, LedgerKind
from governance.records.ledger.line_entry import NewLine


def show(page: Page) -> None:
    """Ask for a new line, folded."""
    say = page.say
    with st.container(key="ledger_enter").expander(say("Enter a line by hand")):
        page.caption(
            "For what was ordered from above or no rule can see. Never enter a pupil: pupils are "
            "counted, not named."
        )
        place = pick.building(page, key="ledger_new")
        kind = pick.one(say("About"), say.names("ledger_kind", LedgerKind), key="ledger_new_kind")
        reasons = [InReason.ORDERED, *(each for each in InReason if each != InReason.ORDERED)]
        reason = pick.one(say("Reason"), say.names("ledger_reason", reasons),
                          key="ledger_new_reason")  # fmt: skip
        name, address, note = _texts(page)

        def enter() -> str:
            building = "" if place is None else str(place["unit"])
            new = NewLine(kind=kind, reason=reason, note=note, name=name, address=address,
                          building_id=building)  # fmt: skip
            return page.office.ledger.enter(page.actor, new)

        if st.button(say("Enter it"), key="ledger_new_enter", type="primary"):
            change.make(page, enter, done=lambda number: change.with_hidden(
                say("{line} is on the ledger.", line=number), name, address, note, say=say
            ))  # fmt: skip


def _texts(page: Page) -> tuple[str, str, str]:
    say = page.say
    name = st.text_input(say("Name of the institution or person"), key="ledger_new_name")
    address = st.text_input(
        say("Address, where it is more than the building"), key="ledger_new_address"
    )
    note = st.text_input(say("Who ordered it, and why"), key="ledger_new_note")
    change.tell_hiding(page)
    return name, address, note
