"""One change of an account: make it, draw the page anew and say above the list what was done."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page

_DONE = "account_done"


def show_last() -> None:
    """Show what the last change did, once."""
    if told := st.session_state.pop(_DONE, None):
        st.success(told)


def announce(told: str) -> None:
    """Draw the page anew with this sentence above the list."""
    st.session_state[_DONE] = told
    st.rerun()


def apply(page: Page, change: Callable[[], None], *, told: str) -> None:
    """Make a change and announce it, or show why it was refused."""
    with frame.telling_failures(page.say):
        change()
        announce(told)
