"""A password for one use: shown once to whoever made it, until they say that they have it."""

import streamlit as st

from dashboard.ui.frame import Page

_KEY = "one_time_password"


def keep(login: str, password: str) -> None:
    """Remember a password until it was shown."""
    st.session_state[_KEY] = (login, password)


def show(page: Page) -> None:
    """Show the password that was just made, if any, and forget it at a click."""
    say = page.say
    if _KEY not in st.session_state:
        return
    login, password = st.session_state[_KEY]
    with st.container(border=True):
        st.markdown(say("One-time password of **{login}**, shown only here and now:", login=login))
        st.code(password, language=None)
        page.caption("Hand it over in person; it has to be changed at the first sign-in.")
        st.button(
            say("I have it"),
            key="one_time_done",
            type="primary",
            on_click=lambda: st.session_state.pop(_KEY, None),
        )
