"""A new account."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.people import one_time_password
from dashboard.views.people import rights as people_rights
from governance.access.permissions import Action, Scope, may
from governance.access.roles import ADMINISTRATORS


def show(page: Page) -> None:
    """Ask for what an account needs, and show its one-time password once it is made."""
    say = page.say
    may_grant = may(page.actor, Action.GRANT_ROLES)
    scope, person = Scope.nothing(), None
    with st.form("account_new", clear_on_submit=False):
        login = st.text_input(
            say("Login"),
            key="new_login",
            placeholder=say("Letters, digits and . - _ @; never changes."),
        )
        name = st.text_input(say("Name"), key="new_name")
        directory = st.checkbox(say("Signs in through the office's directory"), key="new_directory")
        if may_grant:
            roles = people_rights.roles_asked(page, (), key="new_roles")
            scope = people_rights.scope_asked(say, scope, key="new")
            person = people_rights.person_asked(say, None, key="new")
        else:
            roles = _first_administrators(page)
        made = st.form_submit_button(say("Make the account"), type="primary")
    if not made:
        return
    with frame.telling_failures(say):
        password = page.office.accounts.add(
            page.actor, login, name=name, roles=roles, scope=scope, person_id=person,
            directory=directory,
        )  # fmt: skip
        if password is None:
            st.success(say("The account is made; its owner signs in through the directory."))
        else:
            one_time_password.keep(login.strip(), password)
            st.rerun()


def _first_administrators(page: Page) -> list[str]:
    """Let the system administrator name the other two, as long as there is none."""
    say = page.say
    held = {role for roles in page.office.accounts.all(page.actor)["roles"] for role in roles}
    missing = [role for role in ADMINISTRATORS if role not in held]
    st.caption(say("The security administrator gives the account its roles and scope."))
    if not missing:
        return []
    chosen = st.selectbox(
        say("Role"),
        ["", *missing],
        format_func=lambda role: say.name("role", role) if role else say("given later"),
        key=frame.translated("new_first_role"),
    )
    return [chosen] if chosen else []
