"""A password for one use: shown once to whoever made it, until they say that they have it."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import Translator

_KEY = "one_time_password"


def keep(login: str, password: str) -> None:
    """Remember a password until it was shown."""
    st.session_state[_KEY] = (login, password)


def show(say: Translator) -> None:
    """Show the password that was just made, if any, and forget it at a click."""
    kept = st.session_state.get(_KEY)
    if kept is None:
        return
    login, password = kept
    with st.container(border=True):
        st.markdown(say("One-time password of **{login}**, shown only here and now:", login=login))
        st.code(password, language=None)
        st.caption(say("Hand it over in person; it has to be changed at the first sign-in."))
        st.button(say("I have it"), key="one_time_done", on_click=_forget, type="primary")


def _forget() -> None:
    st.session_state.pop(_KEY, None)
