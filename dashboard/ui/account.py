"""Who is signed in, with the ways out; what is shown where nobody is, or without a role."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.i18n.patrol import named
from governance.access.permissions import Actor


def signed_out(say: Translator) -> None:
    """Say that the session ended, and lead to the sign-in and back here."""
    st.title(say("You are signed out"))
    st.write(say("You signed out, nothing was done here for a while, or the account was changed. "
                 "What was saved is kept."))  # fmt: skip
    path = "/" + (st.context.url or "").partition("://")[2].partition("/")[2].partition("?")[0]
    way = f"/gw/sign-in?{urlencode({'next': path, 'lang': say.language})}"
    st.html(f'<a class="gw-main-link" href="{escape(way)}">{escape(say("Sign in again"))}</a>')


def no_role_yet(say: Translator, actor: Actor) -> None:
    """Say that an account has no role yet, who gives one, and offer the way out."""
    st.title(say("Your account has no role yet"))
    st.write(say("You are signed in as {name} ({login}). The security administrator gives the "
                 "account its role and scope; then load this page again.",
                 name=plain(actor.name), login=plain(actor.id)))  # fmt: skip
    st.html(
        '<form method="post" action="/gw/sign-out">'
        f'<input type="hidden" name="lang" value="{say.language}">'
        f'<button class="gw-main-button" type="submit">{escape(say("Sign out"))}</button></form>'
    )


def show(say: Translator, actor: Actor, *, own_password: bool) -> None:
    """Say who is signed in, with the ways to sign out and to change the password.

    An account of the demonstration is shared: it has no password and is not signed out elsewhere.
    """
    roles = named("role", actor.roles, say=say)
    way = escape(f"/gw/password?{urlencode({'lang': say.language})}")
    change = f'<p><a href="{way}">{escape(say("Change the password"))}</a></p>'
    everywhere = (
        f'<button type="submit" name="everywhere" value="yes">'
        f"{escape(say('Sign out everywhere'))}</button>"
    )
    st.html(
        f'<div class="gw-who"><p><b>{escape(actor.name)}</b> <span>{escape(roles)}</span></p>'
        f'<form method="post" action="/gw/sign-out">'
        f'<input type="hidden" name="lang" value="{say.language}">'
        f'<button type="submit">{escape(say("Sign out"))}</button>'
        f"{everywhere if own_password else ''}</form>"
        f"{change if own_password else ''}</div>"
    )
