"""How current the score is: when the newest was made, and whether a newer one is on its way."""

from datetime import datetime

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui.frame import Page
from governance.scores.automatic.service import ScoringState

_POLL_S = 5.0


def show(page: Page) -> None:
    """Say how current the score is; to who may score also why none could be made."""
    state, say = page.office.automatic_scoring.state(page.actor), page.say
    with st.container():  # so that what follows stays where it is when this comes or goes
        if state.failure is not None:
            page.warning(
                "Scoring by itself failed at {at}: {reason} It is tried again at {retry}.",
                at=_time(page, state.failure.at),
                reason=say.error(state.failure.error),
                retry=_time(page, state.failure.retry_at),
            )
        if state.is_pending:
            _watch(page)
        elif state.made_at is not None:
            st.caption(sentence(page, state))


@st.fragment(run_every=_POLL_S)
def _watch(page: Page) -> None:
    """Follow a score that is on its way, and offer it once it is there; nothing else moves."""
    state = page.office.automatic_scoring.state(page.actor)
    if state.is_pending:
        st.caption(sentence(page, state))
    elif st.button(page.say("A newer score is there: show it"), key="newer_score"):
        st.rerun()


def sentence(page: Page, state: ScoringState) -> str:
    """Say when the newest score was made, and when what came since is counted."""
    say: Translator = page.say
    if state.snapshot_id is None and state.made_at is None:
        if state.running or state.due_at is None:
            return say("The first score is being made now.")
        return say("The first score is made at about {due}.", due=_time(page, state.due_at))
    parts = []
    if state.made_at is not None:
        parts.append(say("Newest score: {made}.", made=_time(page, state.made_at)))
    if state.running:
        parts.append(say("What changed since is being counted now."))
    elif state.due_at is not None:
        due = _time(page, state.due_at)
        parts.append(say("What changed since is counted at about {due}.", due=due))
    return " ".join(parts)


def _time(page: Page, at: datetime) -> str:
    """Return a time of today, or the day with it."""
    return f"{at:%H:%M}" if at.date() == page.office.clock.today() else f"{at:%Y-%m-%d %H:%M}"
