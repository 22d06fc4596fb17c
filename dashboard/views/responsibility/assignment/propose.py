"""Assigning wardens: one button proposes, sliders say what matters, a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.responsibility.assignment import approve, constraints
from dashboard.views.responsibility.assignment import figures as assignment_figures
from dashboard.views.responsibility.assignment import loads as assignment_loads
from dashboard.views.responsibility.assignment import map as assignment_map
from dashboard.views.responsibility.assignment.preview_cache import preview
from governance.assignment.build_problem import AssignmentOptions

_ALL = 100
_MIDDLE = 0.5


def show(page: Page) -> None:
    """Show what waits for approval, then how the work could be shared out, live."""
    say = page.say
    approve.show(page)
    st.subheader(say("How the work could be shared out"))
    st.caption(say("Each building goes to one warden of its community. Nothing changes until a "
                   "named person approves."))  # fmt: skip
    left, right = st.columns([2, 3], gap="medium")
    with left:
        options = _choose(page)
        constraints.show(page)
    proposal = preview(page, options)
    if proposal.rows.empty:
        st.info(say("There is nothing to share out: import buildings, grids and staff first."))
        return
    with right:
        assignment_figures.show(page, proposal)
        curve = st.empty()
        _offer_to_propose(page, options)
    assignment_map.show(page, proposal, key="assign_map")
    assignment_loads.show(page, proposal, key="assign")
    # Last, because it takes several proposals; it is the same wherever the slider stands.
    every = preview(page, replace(options, stickiness=_MIDDLE, curve=True))
    with curve.container():
        assignment_figures.show_curve(page, every.curve, proposal)


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
    places = page.office.responsibility.communities(page.actor)
    communities: list[str] = []
    if len(places) > 1:
        communities = st.multiselect(
            say("Community"), list(places), format_func=places.__getitem__,
            placeholder=say("all"), key="assign_communities",
        )  # fmt: skip
    since = st.date_input(say("Valid from"), value="today", format="YYYY-MM-DD", key="assign_since")
    return AssignmentOptions(
        stickiness=keep / _ALL,
        most_moved=None if most == _ALL else most / _ALL,
        communities=tuple(sorted(communities)),
        valid_from=since if isinstance(since, date) else None,
        curve=False,
    )


def _offer_to_propose(page: Page, options: AssignmentOptions) -> None:
    say = page.say

    def propose() -> None:
        with frame.telling_failures(say):
            made = page.office.assignment.propose(page.actor, options=options)
            approve.choose(made.proposal_id)
            st.session_state["assign_told"] = say("The proposal is stored. It waits for approval.")

    st.button(
        say("Propose this"), type="primary", on_click=propose, key="assign_propose",
        help=say("Stores the proposal for whoever approves; duties stay as they are."),
    )  # fmt: skip
