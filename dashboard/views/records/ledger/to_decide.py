"""What to decide first: exits that wait for a second person, and what the rules propose."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.i18n.markdown import plain
from dashboard.ui import change
from dashboard.ui.frame import Page
from dashboard.ui.table import Paging
from dashboard.views.records.ledger import one_line
from data.contracts.ledger_vocabulary import LedgerStatus, ProposalKind
from data.store.repositories.records.ledger_lists import LedgerQuery
from governance.access.permissions import Action, may
from governance.cases.rules.workflow.views import ManyAnswer

_ROWS: Final = 10
_PAGING: Final = Paging("ledger_proposals", _ROWS)
_MOST_SHOWN: Final = 4
_LAST = "ledger_declined"


def show(page: Page) -> None:
    """Show exits that wait, then the proposals, each with what it rests on."""
    _show_exits(page)
    _show_proposals(page)


def _show_exits(page: Page) -> None:
    """List the lines whose exit somebody asked for."""
    waiting = page.office.ledger.lines(
        page.actor, LedgerQuery(statuses=(LedgerStatus.WATCHED,), sort="oldest", limit=_ROWS)
    )
    if not waiting.total:
        return
    page.subheader("Exits that wait for approval ({count})", count=waiting.total)
    page.caption("Two different people approve an exit; what is found meanwhile stops it.")
    for row in waiting.rows.to_dict("records"):
        number, place = str(row["ledger_no"]), row["place"] or row["name"] or row["address"]
        with st.container(border=True, key=f"ledger_row_{number}"):
            approved = page.say("approved by {count} of 2", count=len(row["approvers"]))
            st.markdown(f"**{plain(place)}** · {number} · {approved}")
            st.caption(plain(f"{row['community_name']} · {row['out_reason']}"))
            one_line.offer_way(page, row)


def _show_proposals(page: Page) -> None:
    number = _PAGING.number()
    found = page.office.ledger_proposals.open(page.actor, limit=_ROWS, offset=number * _ROWS)
    if number and found.rows.empty:  # the last page was decided
        number = _PAGING.first()
        found = page.office.ledger_proposals.open(page.actor, limit=_ROWS)
    page.subheader("Proposals of the rules ({count})", count=found.total)
    _offer_undo(page)
    if not found.total:
        page.success("Nothing is proposed. Rules propose as soon as something happens.")
        return
    edits = may(page.actor, Action.EDIT_LEDGER)
    above = st.container()
    rows = found.rows.to_dict("records")
    if edits:
        st.checkbox(page.say("All on this page"), key=f"ledger_all_{number}")
    chosen = [int(row["proposal_id"]) for row in rows if _card(page, row, number, edits=edits)]
    if edits:
        with above:
            _offer(page, chosen)
    _PAGING.offer(page, None, number, total=found.total)


def _card(page: Page, row: dict[Any, Any], number: int, *, edits: bool) -> bool:
    """Draw a proposal and return whether it is ticked."""
    say = page.say
    with st.container(border=True, key=f"ledger_row_{row['proposal_id']}"):
        kind = say.name("ledger_proposal", row["kind"])
        about = f"{row['ledger_no']} · " if row["ledger_no"] else ""
        title = f"{kind} · {about}{plain(row['place'] or row['building_id'])}"
        ticked = False
        if edits:
            every = bool(st.session_state.get(f"ledger_all_{number}"))
            ticked = st.checkbox(title, key=f"ledger_p_{row['proposal_id']}_{every}", value=every)
        else:
            st.markdown(title)
        reason = say.name("ledger_reason", row["reason"])
        texts = [reason, say("tier {tier}", tier=say.name("tier", row["tier"]))]
        st.caption(" · ".join([plain(row["community_name"]), *texts]))
        st.caption(plain(say("; ").join(_facts(page, row))))
    return ticked


def _facts(page: Page, row: dict[Any, Any]) -> list[str]:
    say = page.say
    kind = "visit_result" if row["kind"] == ProposalKind.EXIT else "ledger_reason"
    texts = []
    for day, code, text in row["told"][-_MOST_SHOWN:]:
        words = say.name("visit_result", text) if say.knows("visit_result", text) else text
        texts.append(" ".join(filter(None, (day, say.name(kind, code), words))))
    left = len(row["told"]) - len(texts)
    return [*texts, say("and {count} earlier", count=left)] if left else texts


def _offer(page: Page, chosen: Sequence[int]) -> None:
    say, service = page.say, page.office.ledger_proposals
    with st.container(horizontal=True, key="ledger_bulk"):
        with st.popover(say("Accept: {count}", count=len(chosen)), disabled=not chosen):
            note = st.text_input(say("Note (optional)"), key="ledger_accept_note")
            change.tell_hiding(page)
            if st.button(say("Accept"), key="ledger_accept", type="primary"):
                done = partial(_outcome, page, say("Accept"), note)
                change.make(page, lambda: service.accept(page.actor, chosen, note=note), done=done)
        with st.popover(say("Decline: {count}", count=len(chosen)), disabled=not chosen):
            why = st.text_input(say("Why"), key="ledger_decline_note")
            change.tell_hiding(page)

            def decline() -> list[ManyAnswer]:
                st.session_state[_LAST] = tuple(chosen)
                return service.decline(page.actor, chosen, note=why)

            if st.button(say("Decline"), key="ledger_decline"):
                change.make(page, decline, done=partial(_outcome, page, say("Decline"), why))
            page.caption("The same facts will not propose it again.")


def _offer_undo(page: Page) -> None:
    """Offer to have what was just declined stand open again."""
    last = st.session_state.get(_LAST, ())
    if not last:
        return

    def undo() -> list[ManyAnswer]:
        del st.session_state[_LAST]
        return page.office.ledger_proposals.take_back(page.actor, last)

    done = partial(_outcome, page, page.say("Take back"), "")
    st.button(page.say("Take back what was declined: {count}", count=len(last)),
              key="ledger_undo", type="tertiary",
              on_click=change.making(page, undo, done=done))  # fmt: skip


def _outcome(page: Page, action: str, typed: str, answers: list[ManyAnswer]) -> str:
    text = change.outcome_of_many(answers, action, say=page.say)
    return change.with_hidden(text, typed, say=page.say)
