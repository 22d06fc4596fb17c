"""The accounts, and what can be done with one of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column
from dashboard.i18n import Translator
from dashboard.ui import change, pick, table
from dashboard.ui.frame import Page
from dashboard.views.people import one_time_password, rights
from governance.access.permissions import ROLES, Action, Scope, may

_SEARCHED = ("login", "name", "person_id")
COLUMNS = (
    Column("login", header="Login"),
    Column("name", header="Name"),
    Column("roles", header="Roles"),
    Column("scope", header="Scope"),
    Column("person_id", header="Person"),
    Column("state", kind="account_state", header="State"),
    Column("kind", kind="account_kind", header="Kind"),
    Column("last_seen_at", header="Last here", format=MINUTE),
    Column("sessions", header="Signed in now"),
)


def show(page: Page) -> None:
    """List accounts, narrowed by a search, and offer what this person may change of one."""
    say = page.say
    accounts = page.office.accounts.all(page.actor)
    hint = say("login, name, person, role")
    wanted = st.text_input(say("Search"), key="accounts_search", placeholder=hint)
    matches = searched(accounts, wanted, say=say)
    if matches.empty:
        page.info("No account is like that.")
        return
    grants = may(page.actor, Action.GRANT_ROLES)
    choices = page.office.grants.choices(page.actor) if grants else None
    names = {**choices.communities, **choices.grids, **choices.buildings} if choices else {}
    written = in_sentences(matches, say=say, names=names)
    logins = matches["login"].tolist()

    def choose(place: int) -> None:
        st.session_state["account_chosen"] = str(logins[place])

    waiting = accounts.loc[sees_nothing(accounts), "login"].tolist()
    _say_next(page, waiting, alone=len(accounts) == 1)
    changes = grants or may(page.actor, Action.MANAGE_ACCOUNTS)
    table.table(
        page, written, COLUMNS, key="accounts_table", search=False, pick=choose if changes else None
    )
    if changes:
        page.caption("Choose a row, or the account below.")
        _show_one(page, matches, first=waiting if grants else ())


def sees_nothing(accounts: pd.DataFrame) -> pd.Series:
    """Say which accounts show their owner nothing: no role, or one that needs a scope and none."""
    lacking = [not held or _lacks_scope(held, codes, who) for held, codes, who in _rights(accounts)]
    return pd.Series(lacking, index=accounts.index, dtype=bool)


def _rights(accounts: pd.DataFrame) -> Iterator[tuple[Sequence[str], Mapping[str, Any], object]]:
    """Yield roles, scope and person of each account, the person no text where there is none."""
    yield from zip(accounts["roles"], accounts["scope"], accounts["person_id"], strict=True)


def _needs_no_scope(roles: Sequence[str]) -> bool:
    return bool(roles) and all(ROLES[role].exclusive for role in roles)


def _lacks_scope(roles: Sequence[str], codes: Mapping[str, Any], person: object) -> bool:
    has_scope = isinstance(person, str) or bool(Scope.of_mapping(codes))
    return not (has_scope or _needs_no_scope(roles))


def _say_next(page: Page, waiting: Sequence[str], *, alone: bool) -> None:
    if alone:
        page.info(
            "Only your account is there. Next: make one for each person in the part New account, "
            "which says in which order."
        )
    elif waiting:
        page.warning(
            "Without a role or a scope, so that their owners see nothing yet: {logins}. The "
            "security administrator gives both.",
            logins=page.say(", ").join(waiting),
        )


def searched(accounts: pd.DataFrame, wanted: str, *, say: Translator) -> pd.DataFrame:
    """Return the accounts that hold a text in their login, name, person or a role's name."""
    parts = [accounts[name].fillna("").astype(str) for name in _SEARCHED]
    parts.append(accounts["roles"].map(lambda held: roles_in_words(held, say=say)))
    hit = pd.Series(data=False, index=accounts.index)
    for part in parts:
        hit |= part.str.casefold().str.contains(wanted.strip().casefold(), regex=False)
    return accounts[hit]


def in_sentences(
    accounts: pd.DataFrame, *, say: Translator, names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return accounts with their roles and their scope in words.

    ``names``: of communities, grids and buildings by code, as far as the reader may know them.
    """
    scopes = [
        say("no buildings")
        if _needs_no_scope(held)
        else say("nothing yet")
        if _lacks_scope(held, codes, person)
        else scope_in_words(Scope.of_mapping(codes), say=say, names=names)
        for held, codes, person in _rights(accounts)
    ]
    roles = [roles_in_words(held, say=say) for held in accounts["roles"]]
    return accounts.assign(roles=roles, scope=scopes)


def roles_in_words(roles: tuple[str, ...], *, say: Translator) -> str:
    """Return the names of roles, as one text."""
    return say(", ").join(say.name("role", role) for role in roles) or say("no role")


def scope_in_words(scope: Scope, *, say: Translator, names: Mapping[str, str] | None = None) -> str:
    """Return a scope as a sentence names it; a place without a name by its code."""
    if scope.street:
        return say("the whole street")
    parts = [
        (say("communities"), scope.communities),
        (say("grids"), scope.grids),
        (say("buildings"), scope.buildings),
    ]
    known = names or {}
    named = [
        f"{name} {say(', ').join(known.get(code) or code for code in sorted(codes))}"
        for name, codes in parts
        if codes
    ]
    return say("; ").join(named) or say("what the person answers for")


def _show_one(page: Page, accounts: pd.DataFrame, *, first: Sequence[str] = ()) -> None:
    say = page.say
    rows = {str(row["login"]): row for _, row in accounts.iterrows()}
    if st.session_state.get("account_chosen") not in rows:  # or the browser shows the one before
        st.session_state["account_chosen"] = next(
            (each for each in first if each in rows), next(iter(rows))
        )
    names = {
        login: say("{name} ({more})", name=row["name"], more=login) for login, row in rows.items()
    }
    login = pick.one(say("Account"), names, key="account_chosen")
    if login == page.actor.id:
        page.info("This is your own account: somebody else changes it.")
        return
    if may(page.actor, Action.MANAGE_ACCOUNTS):
        _manage(page, rows[login])
    if may(page.actor, Action.GRANT_ROLES):
        rights.show(page, rows[login])


def _manage(page: Page, row: pd.Series) -> None:
    """Offer to lock, unlock and reset an account."""
    say, accounts, login = page.say, page.office.accounts, str(row["login"])
    locked = row["state"] in {"locked", "blocked"}
    with st.container(horizontal=True):
        if locked and st.button(say("Unlock"), key="account_unlock"):
            done = say("{login} is unlocked.", login=login)
            change.make(page, lambda: accounts.unlock(page.actor, login), done=done)
        if not locked and st.button(say("Lock"), key="account_lock"):
            done = say("{login} is locked; all sessions ended.", login=login)
            change.make(page, lambda: accounts.lock(page.actor, login), done=done)
        if row["kind"] == "local" and st.button(say("Reset the password"), key="account_reset"):
            change.make(
                page,
                lambda: one_time_password.keep(login, accounts.reset_password(page.actor, login)),
            )
