"""Proposals that wait: a named person approves whole, by community or by warden, and can undo."""

from __future__ import annotations

from collections.abc import Collection
from math import isnan
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.maps.layer_cache import forget_layers
from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.responsibility.assignment import loads as assignment_loads
from dashboard.views.responsibility.assignment.preview_cache import forget_previews
from governance.access.permissions import Action, may

_CHOSEN, _TOLD = "proposal_chosen", "assign_told"
_OPEN = ("open", "part")
_MOST_LISTED = 30


def choose(proposal_id: object) -> None:
    """Let a proposal be the one that is shown."""
    st.session_state[_CHOSEN] = proposal_id


def show(page: Page) -> None:
    """Show the proposals and what may be done about the chosen one."""
    say = page.say
    if message := st.session_state.pop(_TOLD, None):
        st.success(message)
    proposals = page.office.assignment.proposals(page.actor).head(_MOST_LISTED)
    if proposals.empty:
        return
    rows: dict[str, Any] = {str(row.proposal_id): row for row in proposals.itertuples(index=False)}
    waiting = sum(row.state in _OPEN for row in rows.values())
    st.subheader(say("Proposals ({waiting} waiting)", waiting=waiting))
    if st.session_state.get(_CHOSEN) not in rows:
        st.session_state[_CHOSEN] = next(iter(rows))
    chosen = st.selectbox(
        say("Proposal"), list(rows), key=_CHOSEN,
        format_func=lambda number: _label(rows[number], say=say),
    )  # fmt: skip
    with frame.telling_failures(say):
        _show_one(page, chosen, state=str(rows[chosen].state))


def _show_one(page: Page, proposal_id: str, *, state: str) -> None:
    say = page.say
    proposal = page.office.assignment.proposal(page.actor, proposal_id)
    with st.container(border=True):
        st.markdown(
            say("{moved} buildings change hands from {day}; highest load / mean {before} → "
                "{after}.",
                moved=f"{proposal.totals.moved:,}", day=proposal.valid_from,
                before=_evenness(proposal.before.max_over_mean),
                after=_evenness(proposal.totals.max_over_mean))
        )  # fmt: skip
        if not may(page.actor, Action.APPROVE_ASSIGNMENT):
            if state in _OPEN:
                st.info(say("This waits for the office manager, who decides."))
        else:
            if state in _OPEN:
                _offer_approval(page, proposal, state=state)
            if state in {"part", "approved"}:
                _offer_undo(page, proposal_id)
        with st.expander(say("What it changes")):
            assignment_loads.show(page, proposal, key="proposal")


def _evenness(max_over_mean: float) -> str:
    """Write how even the load is; of a part of the street that is unknown."""
    return "—" if isnan(max_over_mean) else f"{max_over_mean:.2f}"


def _offer_approval(page: Page, proposal: Any, *, state: str) -> None:  # noqa: ANN401 -- of governance
    say = page.say
    st.caption(say("Approving is done by {name}, and written down so.", name=page.actor.name))
    open_rows = waiting_rows(proposal)
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    with left:
        whole = say("Approve the whole") if state == "open" else say("Approve the rest")
        if st.button(whole, type="primary", key="approve_whole", width="stretch"):
            _approve(page, proposal.proposal_id, only=None)
    communities = _steps(
        open_rows, "community_code", page.office.responsibility.communities(page.actor)
    )
    with middle:
        code = st.selectbox(
            say("Or one community"), list(communities), key="approve_community",
            format_func=communities.__getitem__,
        )  # fmt: skip
        if st.button(say("Approve this community"), key="approve_step", width="stretch"):
            _approve(page, proposal.proposal_id, only=[str(code)])
    people = _steps(open_rows, "to_id", dict(zip(open_rows["to_id"], open_rows["to_person"],
                                                 strict=True)))  # fmt: skip
    with right:
        person = st.selectbox(
            say("Or what one warden takes over"), list(people), key="approve_warden",
            format_func=people.__getitem__,
        )  # fmt: skip
        if st.button(say("Approve this warden"), key="approve_person", width="stretch"):
            _approve(page, proposal.proposal_id, only=[str(person)])


def _offer_undo(page: Page, proposal_id: str) -> None:
    say = page.say
    with st.popover(say("Undo what was approved")):
        st.markdown(say("Every building goes back to the warden it had before this proposal."))
        if st.button(say("Yes, undo it"), key="proposal_undo"):
            rows = page.office.assignment.undo(page.actor, proposal_id)
            _changed(say("Undone: {rows} buildings have their former warden again.", rows=rows))


def waiting_rows(proposal: Any) -> pd.DataFrame:  # noqa: ANN401 -- of governance
    """Return the changes of a proposal that nobody has approved yet."""
    rows: pd.DataFrame = proposal.rows
    done: frozenset[str] = getattr(proposal, "approved", frozenset())
    moving = rows["changed"].astype(bool) & rows["to_id"].fillna("").ne("")
    return rows[moving & ~rows["building_id"].isin(list(done))]


def _steps(rows: pd.DataFrame, column: str, names: dict[str, str]) -> dict[str, str]:
    """Name each step with how many buildings it moves."""
    counts = rows.groupby(column).size()
    return {str(code): f"{names.get(str(code)) or code} ({n})" for code, n in counts.items()}


def _approve(page: Page, proposal_id: str, *, only: Collection[str] | None) -> None:
    page.office.assignment.approve(page.actor, proposal_id, only=only)
    _changed(page.say("Approved. The duties hold from the day of the proposal; hand-over sheets "
                      "are ready."))  # fmt: skip


def _changed(message: str) -> None:
    forget_previews()
    forget_layers()
    st.session_state[_TOLD] = message
    st.rerun()


def _label(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    return say(
        "{at} · {by} · {moved} change hands · {state}",
        at=f"{row.made_at:%Y-%m-%d %H:%M}", by=row.made_by, moved=row.moved,
        state=say.name("proposal_state", str(row.state)),
    )  # fmt: skip
