"""What somebody is shown instead of a page: sign in again, or wait for a role."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
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
