"""A new account."""

import streamlit as st

from dashboard.ui import frame, pick
from dashboard.ui.frame import Page
from dashboard.views.people import one_time_password, rights
from governance.access.permissions import Action, Scope, may
from governance.access.roles import ADMINISTRATORS
from governance.security.accounts.rules import may_name_first

_MADE = "account_was_made"


def show(page: Page) -> None:
    """Ask for what an account needs, and show its one-time password once it is made."""
    say = page.say
    if st.session_state.pop(_MADE, False):
        st.session_state.update(new_login="", new_name="", new_directory=False)
    with st.form("account_new", clear_on_submit=False):
        hint = say("Letters, digits and . - _ @; never changes.")
        login = st.text_input(say("Login"), key="new_login", placeholder=hint)
        name = st.text_input(say("Name"), key="new_name")
        directory = st.checkbox(say("Signs in through the office's directory"), key="new_directory")
        if may(page.actor, Action.GRANT_ROLES):
            wanted = rights.ask(page, key="new", roles_key="new_roles")
        else:
            wanted = rights.Rights(_first_administrators(page), Scope.nothing(), "")
        if not st.form_submit_button(say("Make the account"), type="primary"):
            return
    password = page.office.accounts.add(
        page.actor, login, name=name, roles=wanted.roles, scope=wanted.whole_scope(page),
        person_id=wanted.person or None, directory=directory,
    )  # fmt: skip
    if password is None:
        page.success("The account is made; its owner signs in through the directory.")
    else:
        one_time_password.keep(login.strip(), password)
        st.session_state[_MADE] = True
        st.rerun()


def _first_administrators(page: Page) -> list[str]:
    """Let the system administrator name the other two, as long as there is none."""
    say = page.say
    held = {role for roles in page.office.accounts.all(page.actor)["roles"] for role in roles}
    missing = [role for role in ADMINISTRATORS if may_name_first([role], held=held)]
    if not missing:
        page.caption("The security administrator gives the account its roles and scope.")
        return []
    names = {"": say("given later")} | say.names("role", missing)
    page.info(
        "Not there yet: {missing}. Make these accounts first and choose the role here, the "
        "security administrator last: from then on nobody else gives roles and scope.",
        missing=say(", ").join(names[role] for role in missing),
    )
    chosen = pick.one(say("Role"), names, key=frame.translated("new_first_role"))
    return [chosen] if chosen else []
