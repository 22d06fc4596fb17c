"""The accounts, and what can be done with one of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.i18n import Translator
from dashboard.ui import frame, table
from dashboard.ui.frame import Page
from dashboard.views.people import account_change, one_time_password
from dashboard.views.people import rights as people_rights
from governance.access.permissions import (
    ROLES,
    Action,
    Scope,
    may,
)

_SEARCHED = ("login", "name", "person_id")


def show(page: Page) -> None:
    """List accounts, narrowed by a search, and offer what this person may change of one."""
    say = page.say
    account_change.show_last()
    accounts = page.office.accounts.all(page.actor)
    wanted = st.text_input(
        say("Search"), key="accounts_search", placeholder=say("login, name, person, role")
    )
    found = searched(accounts, wanted, say=say)
    if found.empty:
        st.info(say("No account is like that."))
        return
    table.table(
        page, in_sentences(found, say=say), _columns(say), key="accounts_table", search=False
    )
    if may(page.actor, Action.MANAGE_ACCOUNTS) or may(page.actor, Action.GRANT_ROLES):
        _one_of_them(page, found)


def searched(accounts: pd.DataFrame, wanted: str, *, say: Translator) -> pd.DataFrame:
    """Return the accounts that hold a text in their login, name, person or a role's name."""
    text = wanted.strip().casefold()
    roles = accounts["roles"].map(lambda held: roles_in_words(held, say=say))
    parts = [accounts[name].fillna("").astype(str) for name in _SEARCHED]
    hit = pd.Series(data=False, index=accounts.index)
    for part in [*parts, roles]:
        hit |= part.str.casefold().str.contains(text, regex=False)
    return accounts[hit]


def in_sentences(accounts: pd.DataFrame, *, say: Translator) -> pd.DataFrame:
    """Return accounts with their roles and their scope in words."""
    scopes = [
        say("no buildings")
        if held and all(ROLES[role].exclusive for role in held)
        else scope_in_words(Scope.of_mapping(codes), say=say)
        for held, codes in zip(accounts["roles"], accounts["scope"], strict=True)
    ]
    roles = [roles_in_words(held, say=say) for held in accounts["roles"]]
    return accounts.assign(roles=roles, scope=scopes)


def _columns(say: Translator) -> tuple[Column, ...]:
    return (
        Column("login", header=say("Login")),
        Column("name", header=say("Name")),
        Column("roles", header=say("Roles")),
        Column("scope", header=say("Scope")),
        Column("person_id", header=say("Person")),
        Column("state", kind="account_state", header=say("State")),
        Column("kind", kind="account_kind", header=say("Kind")),
        Column("last_seen_at", header=say("Last here"), format=MINUTE),
        Column("sessions", header=say("Signed in now")),
    )


def roles_in_words(roles: tuple[str, ...], *, say: Translator) -> str:
    """Return the names of roles, as one text."""
    return "、".join(say.name("role", role) for role in roles) or say("no role")


def scope_in_words(scope: Scope, *, say: Translator) -> str:
    """Return a scope as a sentence names it."""
    if scope.street:
        return say("the whole street")
    parts = [
        (say("communities"), scope.communities),
        (say("grids"), scope.grids),
        (say("buildings"), scope.buildings),
    ]
    named = [f"{name} {'、'.join(sorted(codes))}" for name, codes in parts if codes]
    return "；".join(named) or say("what the person answers for")


def _one_of_them(page: Page, accounts: pd.DataFrame) -> None:
    say = page.say
    rows = {str(row["login"]): row for _, row in accounts.iterrows()}
    if st.session_state.get("account_chosen") not in rows:
        st.session_state.pop("account_chosen", None)
    login = str(
        st.selectbox(
            say("Account"),
            list(rows),
            format_func=lambda each: f"{rows[each]['name']} ({each})",
            key="account_chosen",
        )
    )
    if login == page.actor.id:
        st.info(say("This is your own account: somebody else changes it."))
        return
    if may(page.actor, Action.MANAGE_ACCOUNTS):
        _manage(page, rows[login])
    if may(page.actor, Action.GRANT_ROLES):
        people_rights.show(page, rows[login])


def _manage(page: Page, row: pd.Series) -> None:
    """Offer to lock, unlock and reset an account."""
    say, office, login = page.say, page.office, str(row["login"])
    locked = row["state"] in {"locked", "blocked"}
    with st.container(horizontal=True):
        if locked and st.button(say("Unlock"), key="account_unlock"):
            with frame.telling_failures(say):
                office.accounts.unlock(page.actor, login)
                account_change.announce(say("{login} is unlocked.", login=login))
        if not locked and st.button(say("Lock"), key="account_lock"):
            with frame.telling_failures(say):
                office.accounts.lock(page.actor, login)
                account_change.announce(say("{login} is locked; all sessions ended.", login=login))
        if row["kind"] == "local" and st.button(say("Reset the password"), key="account_reset"):
            with frame.telling_failures(say):
                one_time_password.keep(login, office.accounts.reset_password(page.actor, login))
                st.rerun()
