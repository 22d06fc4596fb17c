"""Assigning wardens: one button proposes, sliders say what matters, a person decides."""

from dataclasses import replace

import streamlit as st

from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from dashboard.views.responsibility.assignment import approve, constraints
from dashboard.views.responsibility.assignment import proposal as assignment_proposal
from dashboard.views.responsibility.assignment.previews import preview
from governance.responsibility.assignment.build_problem import AssignmentOptions

_ALL = 100
_MIDDLE = 0.5


def show(page: Page) -> None:
    """Show what waits for approval, then how the work could be shared out, live."""
    approve.show(page)
    page.subheader("How the work could be shared out")
    page.caption(
        "Each building goes to one warden of its community. Nothing changes until a "
        "named person approves."
    )
    left, right = st.columns([2, 3], gap="medium")
    with left:
        options = _choose(page)
        constraints.show(page)
    proposal = preview(page, options)
    if proposal is None:
        return
    if proposal.rows.empty:
        page.info("There is nothing to share out: import buildings, grids and staff first.")
        return
    with right:
        assignment_proposal.show_figures(page, proposal)
        curve = st.empty()
        _offer_to_propose(page, options)
    assignment_proposal.show_map(page, proposal)
    assignment_proposal.show_loads(page, proposal, key="assign")
    # Last, because it takes several proposals; it is the same wherever the slider stands.
    with curve.container():
        every = preview(page, replace(options, stickiness=_MIDDLE, curve=True))
        if every is not None:
            assignment_proposal.show_curve(page, every.curve, proposal)


def _choose(page: Page) -> AssignmentOptions:
    """Draw the sliders and return what they ask for."""
    say = page.say
    keep = st.slider(
        say("Even load (left) or few changes (right)"), 0, _ALL, 50, step=5, format="%d%%",
        key="assign_keep",
        help=say("0%: the load as even as can be; 100%: nobody loses a building they have."),
    )  # fmt: skip
    most = st.slider(
        say("At most so many buildings change hands"), 5, _ALL, _ALL, step=5, format="%d%%",
        key="assign_most",
    )  # fmt: skip
    places, chosen = page.office.responsibility.communities(page.actor), []
    if len(places) > 1:
        chosen = pick.some(say("Community"), places, none=say("all"), key="assign_communities")
    return AssignmentOptions(
        stickiness=keep / _ALL,
        most_moved=None if most == _ALL else most / _ALL,
        communities=tuple(sorted(chosen)),
        valid_from=pick.day(say("Valid from"), page.office.clock.today(), key="assign_since"),
        curve=False,
    )


def _offer_to_propose(page: Page, options: AssignmentOptions) -> None:
    say = page.say

    def propose() -> None:
        approve.choose(page.office.assignment.propose(page.actor, options=options).proposal_id)

    done = say("The proposal is stored. It waits for approval.")
    explained = say("Stores the proposal for whoever approves; duties stay as they are.")
    if st.button(say("Propose this"), type="primary", key="assign_propose", help=explained):
        change.make(page, propose, done=done)
