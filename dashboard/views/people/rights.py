"""Roles, scope and person of one account, stored together."""

import re
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui import change, frame, pick
from dashboard.ui.frame import Page
from governance.access.permissions import ROLES, Scope

_BETWEEN = re.compile(r"[\s,;，；、]+")


class Rights(NamedTuple):
    """What an account may do, where, and who its owner is: a number of the table of staff."""

    roles: list[str]
    scope: Scope
    person: str


_NONE = Rights([], Scope.nothing(), "")


def show(page: Page, row: pd.Series) -> None:
    """Offer roles, scope and person of an account, stored together or not at all."""
    say, login = page.say, str(row["login"])
    page.subheader("Roles and scope of {login}", login=login)
    person = row["person_id"] if isinstance(row["person_id"], str) else ""
    held = Rights(list(row["roles"]), Scope.of_mapping(row["scope"]), person)
    with st.form(f"rights_{login}"):
        roles, scope, person = ask(page, held, key=login, roles_key=f"roles_{login}")
        if not st.form_submit_button(say("Store roles and scope"), type="primary"):
            return
    change.make(
        page,
        lambda: page.office.grants.set_rights(
            page.actor, login, roles=roles, scope=scope, person=person
        ),
        done=say("Rights of {login} are stored.", login=login),
    )


def ask(page: Page, held: Rights = _NONE, *, key: str, roles_key: str) -> Rights:
    """Ask for roles, scope and person, beginning with those that an account has."""
    say = page.say
    grantable = page.office.accounts.grantable_roles()
    roles = pick.some(
        say("Roles"), say.names("role", grantable), default=held.roles, none=say("none yet"),
        key=frame.translated(roles_key),
    )  # fmt: skip
    with st.expander(say("What each role is for")):
        st.markdown("\n".join(f"- {_reason(say, role)}" for role in grantable))
    scope = _ask_scope(page, held.scope, key=key)
    label = say("Person, by number in the staff table")
    return Rights(roles, scope, st.text_input(label, held.person, key=f"person_{key}").strip())


def _ask_scope(page: Page, held: Scope, *, key: str) -> Scope:
    """Ask which part of the street an account sees, on top of what its person answers for."""
    say = page.say
    street = st.checkbox(say("The whole street"), value=held.street, key=f"street_{key}")
    labels = {
        "communities": say("Communities, by code"),
        "grids": say("Grids, by code"),
        "buildings": say("Buildings, by code"),
    }
    codes = {
        part: codes_of(
            st.text_input(label, " ".join(sorted(getattr(held, part))), key=f"{part}_{key}")
        )
        for part, label in labels.items()
    }
    page.caption("What the person answers for comes on top, from the duties of the day.")
    return Scope.of_mapping({"street": street, **codes})


def codes_of(text: str) -> list[str]:
    """Return the codes in a text, however they are parted."""
    return [code for code in _BETWEEN.split(text) if code]


def _reason(say: Translator, role: str) -> str:
    alone = say(" (goes with no other role)") if ROLES[role].exclusive else ""
    return f"**{say.name('role', role)}** — {say.name('role_work', role)}{alone}"
