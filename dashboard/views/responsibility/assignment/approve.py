"""Proposals that wait: a named person approves whole, by community or by warden, and can undo."""

from collections.abc import Collection
from math import isnan
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.maps.layer_cache import forget_answers
from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from dashboard.views.responsibility.assignment import proposal as assignment_proposal
from governance.access.permissions import Action, may
from governance.responsibility.assignment.proposal import Proposal

_CHOSEN = "proposal_chosen"
_OPEN = ("open", "part")
_MOST_LISTED = 30


def choose(proposal_id: object) -> None:
    """Let a proposal be the one that is shown."""
    st.session_state[_CHOSEN] = proposal_id


def show(page: Page) -> None:
    """Show the proposals and what may be done about the chosen one."""
    say = page.say
    proposals = page.office.assignment.proposals(page.actor).head(_MOST_LISTED)
    if proposals.empty:
        return
    states = dict(zip(proposals["proposal_id"].astype(str), proposals["state"], strict=True))
    waiting = sum(state in _OPEN for state in states.values())
    page.subheader("Proposals ({waiting} waiting)", waiting=waiting)
    if st.session_state.get(_CHOSEN) not in states:
        choose(next(iter(states)))
    names = {
        str(row.proposal_id): _label(row, say=say) for row in proposals.itertuples(index=False)
    }
    chosen = pick.one(say("Proposal"), names, key=_CHOSEN)
    with page.telling_failures():
        _show_one(page, page.office.assignment.proposal(page.actor, chosen), states[chosen])


def _show_one(page: Page, proposal: Proposal, state: str) -> None:
    say = page.say
    with st.container(border=True):
        st.markdown(
            say(
                "{moved} buildings change hands from {day}; highest load / mean {before} → "
                "{after}.",
                moved=proposal.totals.moved,
                day=proposal.valid_from,
                before=_evenness(proposal.before.max_over_mean),
                after=_evenness(proposal.totals.max_over_mean),
            )
        )
        decides = may(page.actor, Action.APPROVE_ASSIGNMENT)
        if state in _OPEN and decides:
            _offer_approval(page, proposal, state)
        elif state in _OPEN:
            page.info("This waits for the office manager, who decides.")
        if decides and state in {"part", "approved"}:
            _offer_undo(page, proposal)
        with st.expander(say("What it changes")):
            assignment_proposal.show_loads(page, proposal, key="proposal")


def _offer_undo(page: Page, proposal: Proposal) -> None:
    say = page.say
    change.confirm(
        page,
        say("Undo what was approved"),
        explained=say("Every building goes back to the warden it had before this proposal."),
        yes=say("Yes, undo it"),
        key="proposal_undo",
        change=lambda: _undo(page, proposal),
        done=lambda rows: say(
            "Undone: {rows} buildings have their former warden again.", rows=rows
        ),
    )


def _evenness(max_over_mean: float) -> str:
    """Write how even the load is; of a part of the street that is unknown."""
    return "—" if isnan(max_over_mean) else f"{max_over_mean:.2f}"


def _offer_approval(page: Page, proposal: Proposal, state: str) -> None:
    say = page.say
    page.caption("Approving is done by {name}, and written down so.", name=page.actor.name)
    waiting = waiting_rows(proposal)
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    whole = say("Approve the whole") if state == "open" else say("Approve the rest")
    with left:
        if st.button(whole, type="primary", key="approve_whole", width="stretch"):
            _approve(page, proposal, only=None)
    communities = page.office.responsibility.communities(page.actor)
    wardens = dict(zip(waiting["to_id"], waiting["to_person"], strict=True))
    steps = (
        (middle, "approve_community", say("Or one community"), ("community_code", communities),
         "approve_step", say("Approve this community")),
        (right, "approve_warden", say("Or what one warden takes over"), ("to_id", wardens),
         "approve_person", say("Approve this warden")),
    )  # fmt: skip
    for at, key, label, (column, names), button_key, button in steps:
        counts = waiting.groupby(column).size().items()
        offered = {
            str(code): say("{name} ({more})", name=names.get(str(code)) or code, more=n)
            for code, n in counts
        }
        step = pick.one(label, offered, key=key, at=at)
        if at.button(button, key=button_key, width="stretch"):
            _approve(page, proposal, only=[step])


def waiting_rows(proposal: Proposal) -> pd.DataFrame:
    """Return the changes of a proposal that nobody has approved yet."""
    rows = proposal.rows
    moving = rows["changed"].astype(bool) & rows["to_id"].fillna("").ne("")
    return rows[moving & ~rows["building_id"].isin(list(proposal.approved))]


def _approve(page: Page, proposal: Proposal, *, only: Collection[str] | None) -> None:
    def approve() -> None:
        page.office.assignment.approve(page.actor, proposal.proposal_id, only=only)
        forget_answers()

    change.make(
        page,
        approve,
        done=page.say(
            "Approved. The duties hold from the day of the proposal; hand-over sheets are ready."
        ),
    )


def _undo(page: Page, proposal: Proposal) -> int:
    rows = page.office.assignment.undo(page.actor, proposal.proposal_id)
    forget_answers()
    return rows


def _label(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    return say(
        "{at} · {by} · {moved} change hands · {state}",
        at=f"{row.made_at:%Y-%m-%d %H:%M}",
        by=row.made_by,
        moved=row.moved,
        state=say.name("proposal_state", str(row.state)),
    )
